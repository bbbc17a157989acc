"""Seconds per training epoch of 40,000 images in PyTorch: torch_epoch.py NETWORK BATCH STEPS THREADS LOOP

LOOP is `original report`, whose images go through torchvision's transforms in two loader workers, and which reads loss and
accuracy at every step; or `in memory`, which keeps the images as bytes, and gathers, mirrors and normalises a batch at
once. STEPS is how many steps to measure, or `epoch`.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor, nn

from measured import begin, end
from network_spec import CLASSES, IMAGES, LEARNING_RATE, MOMENTUM
from torch_network import torch_network

EPOCH_IMAGES, FIRST_STEPS = 40_000, 20
# An epoch that would take longer is projected from some of its steps.
LONGEST_SECONDS, PROJECTED_FROM = 60, 50

spec, batch, steps = json.loads(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
threads, loop = int(sys.argv[4]), sys.argv[5]
torch.set_num_threads(threads)
torch.manual_seed(0)
network = torch_network(spec)
optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM, fused=True)
cross_entropy = nn.CrossEntropyLoss()
pixels = np.random.default_rng(0).integers(0, 256, (IMAGES, 32, 32, 3), dtype=np.uint8)


def report_step() -> Callable[[], None]:
    from torch_dataset import report_loader

    loader = iter(report_loader(pixels, batch))
    loss_sum, correct = 0.0, 0

    def step() -> None:
        nonlocal loss_sum, correct
        images, labels = next(loader)
        optimizer.zero_grad()
        logits = network(images)
        loss = cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        loss_sum += loss.item()
        correct += int((logits.argmax(1) == labels).sum().item())

    return step


def batches(images: Tensor, labels: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches with channels first or last, as the images are."""
    width = 2 if images.shape[-1] == 3 else 3
    while True:
        for indices in torch.randperm(len(images)).split(batch):
            chosen = images[indices]
            mirrored = torch.rand(len(indices)) < 0.5
            chosen[mirrored] = chosen[mirrored].flip(width)
            normalised = chosen.float().mul_(2 / 255).sub_(1)
            yield normalised.permute(0, 3, 1, 2) if width == 2 else normalised, labels[indices]


def memory_step(channels_last: bool) -> Callable[[], None]:
    network.to(memory_format=torch.channels_last if channels_last else torch.contiguous_format)
    images = torch.from_numpy(pixels)
    if not channels_last:
        images = images.permute(0, 3, 1, 2).contiguous()
    source = batches(images, torch.arange(IMAGES) % CLASSES)
    loss_sum = torch.zeros(())

    def step() -> None:
        images, labels = next(source)
        optimizer.zero_grad()
        loss = cross_entropy(network(images), labels)
        loss.backward()
        optimizer.step()
        loss_sum.add_(loss.detach())

    return step


def seconds_of(step: Callable[[], None], count: int) -> float:
    started = time.perf_counter()
    for _ in range(count):
        step()
    return time.perf_counter() - started


def first_steps(step: Callable[[], None]) -> float:
    """Seconds per step, once they are as fast as later ones."""
    seconds_of(step, FIRST_STEPS)
    return seconds_of(step, FIRST_STEPS) / FIRST_STEPS


if loop == "original report":
    step = report_step()
    step_seconds = first_steps(step)
else:
    # Dense networks have no channels.
    layouts = [False] if spec["kind"] == "dense" else [False, True]
    step_seconds, channels_last = min((first_steps(memory_step(layout)), layout) for layout in layouts)
    step = memory_step(channels_last)
    seconds_of(step, FIRST_STEPS)

whole = EPOCH_IMAGES // batch
count = int(steps) if steps != "epoch" else whole if whole * step_seconds <= LONGEST_SECONDS else PROJECTED_FROM
begin()
seconds = seconds_of(step, count) * whole / count
end(seconds=seconds, **({} if count == whole else {"projectedFrom": count}))
