"""Seconds per training epoch in PyTorch, trained as the original report's notebook does: torch_epoch.py NETWORK BATCH STEPS

Images come from memory through torchvision's transforms and two loader workers. Loss and accuracy are read at every step.
The time of an epoch of 40,000 images is projected from STEPS steps, once the workers run.
"""

import json
import sys
import time

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from measured import begin, end
from network_spec import CLASSES, LEARNING_RATE, MOMENTUM
from torch_network import torch_network

IMAGES, EPOCH_IMAGES = 50_000, 40_000
FIRST_STEPS = 20


class Images(Dataset[tuple[Tensor, int]]):
    """Random pixels, held and read as torchvision's CIFAR10 does."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.pixels = random.integers(0, 256, (IMAGES, 32, 32, 3), dtype=np.uint8)
        self.transform = transforms.Compose(
            [
                transforms.RandomHorizontalFlip(p=0.5),
                transforms.ToTensor(),
                transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
            ]
        )

    def __len__(self) -> int:
        return IMAGES

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(Image.fromarray(self.pixels[index])), index % CLASSES


spec, batch, measured_steps = json.loads(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
torch.manual_seed(0)
network = torch_network(spec)
optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
cross_entropy = nn.CrossEntropyLoss()
loader = iter(DataLoader(Images(), batch_size=batch, shuffle=True, num_workers=2))
loss_sum, correct, seen = 0.0, 0, 0


def step() -> None:
    global loss_sum, correct, seen
    images, labels = next(loader)
    optimizer.zero_grad()
    logits = network(images)
    loss = cross_entropy(logits, labels)
    loss.backward()
    optimizer.step()
    loss_sum += loss.item()
    correct += int((logits.argmax(1) == labels).sum().item())
    seen += len(labels)


for _ in range(FIRST_STEPS):
    step()
begin()
started = time.perf_counter()
for _ in range(measured_steps):
    step()
seconds = time.perf_counter() - started
end(seconds=seconds * EPOCH_IMAGES / (measured_steps * batch))
