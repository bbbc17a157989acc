"""Trains a network of the study with PyTorch, and prints a line of JSON for each epoch and one about the machine.

    python train.py JOB             # see `Job` in job.ts

The loop validates in evaluation mode, averages losses over images, and keeps the images in memory.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn

PACKED_IMAGE_BYTES = 1 + 3 * 32 * 32


def load(folder):
    """All images, normalised, as [n, 3, 32, 32], their labels, and the two sides of the split."""
    packed = torch.frombuffer(bytearray((folder / "train.bin").read_bytes()), dtype=torch.uint8)
    packed = packed.reshape(-1, PACKED_IMAGE_BYTES)
    images = (packed[:, 1:].float() / 255 - 0.5) / 0.5
    split = json.loads((folder / "split.json").read_text())
    sides = [torch.tensor(split[side]) for side in ("training", "validation")]
    return images.reshape(-1, 3, 32, 32), packed[:, 0].long(), *sides


def build(spec):
    layers, channels, size = [], 3, 32
    for conv in spec.get("convolutions", []):
        layers += [nn.Conv2d(channels, conv["filters"], conv["kernel"], padding=conv["padding"]), nn.ReLU(), nn.MaxPool2d(2)]
        channels, size = conv["filters"], (size + 2 * conv["padding"] - conv["kernel"] + 1) // 2
    layers.append(nn.Flatten())
    sizes = [channels * size * size, *spec["hidden"], 10]
    for pair in zip(sizes, sizes[1:]):
        layers += [nn.Linear(*pair), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def train_epoch(network, optimizer, images, labels, order, batch_size, flip):
    network.train()
    for batch in order[torch.randperm(len(order))].split(batch_size):
        x = images[batch]
        mirrored = torch.rand(len(batch)) < flip
        x[mirrored] = x[mirrored].flip(-1)
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(x), labels[batch]).backward()
        optimizer.step()


@torch.no_grad()
def evaluate(network, images, labels, indices):
    network.eval()
    loss = correct = 0
    for batch in indices.split(256):
        logits = network(images[batch])
        loss += nn.functional.cross_entropy(logits, labels[batch], reduction="sum").item()
        correct += (logits.argmax(1) == labels[batch]).sum().item()
    return {"loss": loss / len(indices), "accuracy": 100 * correct / len(indices)}


def main():
    job = json.loads(sys.argv[1])
    config = job["config"]
    torch.manual_seed(job["seed"])
    images, labels, training, validation = load(Path(job["folder"]))
    network = build(config["network"])
    optimizer = torch.optim.SGD(
        network.parameters(), lr=config["learningRate"], momentum=config["optimizer"]["momentum"]
    )
    for _ in range(config["epochs"]):
        train_epoch(network, optimizer, images, labels, training, config["batchSize"], config["horizontalFlip"])
        print(json.dumps({"epoch": evaluate(network, images, labels, validation)}), flush=True)
    print(json.dumps({"ranOn": f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads"}))


main()
