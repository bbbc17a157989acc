"""Trains a list of networks with PyTorch in a pool of processes, as a good script would: torch_pool.py JOB

JOB is a file of JSON, see `PoolJob` in bench/studies/trainings.ts. The images stay in memory as uint8; every process trains
with one thread and is reused; the longest trainings start first. Prints each network's validation accuracies.
"""

import json
import multiprocessing
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from network_spec import LEARNING_RATE, MOMENTUM
from torch_network import torch_network

PACKED_IMAGE_BYTES = 1 + 3 * 32 * 32
EVALUATED_TOGETHER = 256

job = json.loads(Path(sys.argv[1]).read_text())
images: Tensor
labels: Tensor


def load() -> None:
    """The forked processes share this memory."""
    global images, labels
    packed = torch.frombuffer(bytearray(Path(job["images"]).read_bytes()), dtype=torch.uint8)
    packed = packed.reshape(-1, PACKED_IMAGE_BYTES)
    images, labels = packed[:, 1:].reshape(-1, 3, 32, 32).contiguous(), packed[:, 0].long()


def prepared(pixels: Tensor, memory_format: torch.memory_format) -> Tensor:
    return pixels.to(torch.float32, memory_format=memory_format).div_(127.5).sub_(1)


def train(trial: dict) -> tuple[str, list[float]]:
    torch.manual_seed(job["seed"])
    network = torch_network(trial["network"])
    plain = trial["network"]["kind"] == "dense"
    memory_format = torch.contiguous_format if plain else torch.channels_last
    network.to(memory_format=memory_format)
    optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM, fused=True)
    cross_entropy = nn.CrossEntropyLoss()
    training, validation = torch.tensor(job["training"]), torch.tensor(job["validation"])
    accuracies = []
    for _ in range(job["epochs"]):
        network.train()
        loss_sum, correct = torch.zeros(()), torch.zeros((), dtype=torch.long)
        order = training[torch.randperm(len(training))]
        flips = torch.rand(len(training)) < job["horizontalFlip"]
        for batch, flipped in zip(order.split(job["batchSize"]), flips.split(job["batchSize"])):
            pixels = images[batch]
            pixels[flipped] = pixels[flipped].flip(-1)
            optimizer.zero_grad()
            logits = network(prepared(pixels, memory_format))
            loss = cross_entropy(logits, labels[batch])
            loss.backward()
            optimizer.step()
            loss_sum += loss.detach() * len(batch)
            correct += (logits.detach().argmax(1) == labels[batch]).sum()
        if not torch.isfinite(loss_sum):
            break
        accuracies.append(validate(network, validation, memory_format))
    return trial["name"], accuracies


@torch.inference_mode()
def validate(network: nn.Module, validation: Tensor, memory_format: torch.memory_format) -> float:
    network.eval()
    loss_sum, correct = torch.zeros(()), torch.zeros((), dtype=torch.long)
    for batch in validation.split(EVALUATED_TOGETHER):
        logits = network(prepared(images[batch], memory_format))
        loss_sum += nn.functional.cross_entropy(logits, labels[batch], reduction="sum")
        correct += (logits.argmax(1) == labels[batch]).sum()
    return 100 * correct.item() / len(validation)


def operations(spec: dict) -> int:
    """Multiplications for an image, by which trainings are put in order."""
    size, channels, total = 32, 3, 0
    for convolution in spec.get("convolutions", []):
        size += 2 * convolution["padding"] - convolution["kernel"] + 1
        total += (size * convolution["kernel"]) ** 2 * channels * convolution["filters"]
        size, channels = size // 2, convolution["filters"]
    units = [channels * size * size, *spec["hidden"], 10]
    return total + sum(inputs * outputs for inputs, outputs in zip(units, units[1:]))


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    load()
    trials = sorted(job["trials"], key=lambda trial: operations(trial["network"]), reverse=True)
    with multiprocessing.get_context("fork").Pool(job["processes"]) as pool:
        for name, accuracies in pool.imap_unordered(train, trials):
            print(json.dumps({"name": name, "accuracies": accuracies}), flush=True)
