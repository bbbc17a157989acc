"""Milliseconds per training step in PyTorch: torch_steps.py NETWORK BATCH THREADS VARIANT…

A variant names what it uses: `fused` (SGD's fused implementation), `channels last`, `compile` or `max-autotune` (of the
loss and of the optimizer's step), `bf16` (autocast).
"""

import json
import sys
from collections.abc import Callable

import torch
from torch import Tensor, nn

from measured import measure_steps
from network_spec import CLASSES, LEARNING_RATE, MOMENTUM
from torch_network import torch_network

spec, batch, threads, variants = json.loads(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
torch.set_num_threads(threads)
torch.set_num_interop_threads(1)


def prepare(variant: str) -> Callable[[], Tensor]:
    torch.manual_seed(0)
    torch.compiler.reset()
    memory_format = torch.channels_last if "channels last" in variant else torch.contiguous_format
    network = torch_network(spec).to(memory_format=memory_format)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM, fused=True if "fused" in variant else None
    )
    images = torch.randn(batch, 3, 32, 32).to(memory_format=memory_format)
    labels = torch.arange(batch) % CLASSES

    def loss_of(images: Tensor, labels: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16, enabled="bf16" in variant):
            return nn.functional.cross_entropy(network(images), labels)

    update = optimizer.step
    if "compile" in variant or "max-autotune" in variant:
        mode = "max-autotune" if "max-autotune" in variant else "default"
        loss_of = torch.compile(loss_of, mode=mode, dynamic=False)
        if "fused" not in variant:
            update = torch.compile(update, mode=mode, dynamic=False)

    def step() -> Tensor:
        optimizer.zero_grad()
        loss = loss_of(images, labels)
        loss.backward()
        update()
        return loss.detach()

    return step


measure_steps(prepare, variants, sum(weight.numel() for weight in torch_network(spec).parameters()))
