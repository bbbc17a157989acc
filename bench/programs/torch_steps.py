"""Milliseconds per training step in PyTorch: torch_steps.py NETWORK BATCH eager|channels-last|compile"""

import json
import sys

import torch
from torch import nn

from measured import measure_steps
from network_spec import CLASSES, LEARNING_RATE, MOMENTUM
from torch_network import torch_network

spec, batch, variant = json.loads(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
torch.manual_seed(0)
memory_format = torch.channels_last if variant == "channels-last" else torch.contiguous_format
network = torch_network(spec).to(memory_format=memory_format)
model = torch.compile(network) if variant == "compile" else network
optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
cross_entropy = nn.CrossEntropyLoss()
images = torch.randn(batch, 3, 32, 32).to(memory_format=memory_format)
labels = torch.arange(batch) % CLASSES


def step() -> float:
    optimizer.zero_grad()
    loss = cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


measure_steps(step)
