"""Trains a network with PyTorch: train.py JOB [float64]. Prints its results as lines of JSON; see job.ts.

Initial weights, the order of the images and their flips come from files that our engine has written. The loop validates in
evaluation mode, averages losses over images, and keeps the images in memory. In double precision, it trains epoch 1 only,
to show what rounding does.
"""

import json
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from torch_networks import torch_network

PACKED_IMAGE_BYTES = 1 + 3 * 32 * 32
TENTHS = 10
EVALUATED_TOGETHER = 256


def load_images(file: str) -> tuple[Tensor, Tensor]:
    """All images as bytes, [n, 3, 32, 32], and their labels."""
    packed = read(Path(file), torch.uint8).reshape(-1, PACKED_IMAGE_BYTES)
    return packed[:, 1:].reshape(-1, 3, 32, 32), packed[:, 0].long()


def load_weights(file: Path) -> dict[str, Tensor]:
    """A safetensors file: the size of a JSON header, the header, the values."""
    data = file.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, tensor in json.loads(data[8:start]).items():
        if name == "__metadata__":
            continue
        first, end = tensor["data_offsets"]
        values = torch.frombuffer(bytearray(data[start + first : start + end]), dtype=torch.float32)
        tensors[name] = values.reshape(tensor["shape"])
    return tensors


def read(file: Path, dtype: torch.dtype) -> Tensor:
    return torch.frombuffer(bytearray(file.read_bytes()), dtype=dtype)


def create_optimizer(network: nn.Module, config: dict) -> torch.optim.Optimizer:
    kind, rate = config["optimizer"]["kind"], config["learningRate"]
    if kind == "sgd":
        return torch.optim.SGD(network.parameters(), lr=rate, momentum=config["optimizer"]["momentum"])
    return {"adagrad": torch.optim.Adagrad, "adadelta": torch.optim.Adadelta}[kind](network.parameters(), lr=rate)


def normalised(pixels: Tensor) -> Tensor:
    pixels = pixels.to(torch.get_default_dtype(), memory_format=torch.channels_last)
    return (pixels / 255 - 0.5) / 0.5


def train_epoch(network, optimizer, images, labels, order: Tensor, flips: Tensor, batch_size: int):
    """Returns the sum of the losses and the number of images, of each part of the epoch."""
    network.train()
    steps = -(-len(order) // batch_size)
    ends = [1, *((tenth + 1) * steps // TENTHS for tenth in range(TENTHS))]
    losses, loss_sum, seen = [], 0.0, 0
    for step, (batch, flipped) in enumerate(zip(order.split(batch_size), flips.split(batch_size)), 1):
        pixels = images[batch]
        pixels[flipped] = pixels[flipped].flip(-1)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(normalised(pixels)), labels[batch])
        loss.backward()
        optimizer.step()
        loss_sum += loss.item() * len(batch)
        seen += len(batch)
        if step == ends[len(losses)]:
            losses.append((loss_sum, seen))
            loss_sum, seen = 0.0, 0
    return losses


@torch.no_grad()
def evaluate(network, images, labels, indices: Tensor) -> dict:
    network.eval()
    loss = correct = 0
    for batch in indices.split(EVALUATED_TOGETHER):
        logits = network(normalised(images[batch]))
        loss += nn.functional.cross_entropy(logits, labels[batch], reduction="sum").item()
        correct += (logits.argmax(1) == labels[batch]).sum().item()
    return {"loss": loss / len(indices), "accuracy": 100 * correct / len(indices)}


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    config, start = job["config"], Path(job["start"])
    double = sys.argv[2:] == ["float64"]
    torch.set_default_dtype(torch.float64 if double else torch.float32)
    torch.set_num_threads(1)
    images, labels = load_images(job["images"])
    network = torch_network(config).to(memory_format=torch.channels_last)
    # Only the counters of batch normalisation, which nothing uses, are not in the file.
    missing, unexpected = network.load_state_dict(load_weights(start / "weights.safetensors"), strict=False)
    if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
        raise ValueError(f"weights.safetensors: missing {missing}, unexpected {unexpected}")
    optimizer = create_optimizer(network, config)
    schedule = config["schedule"]
    gamma = schedule["gamma"] if schedule["kind"] == "exponential" else 1
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma)
    orders = read(start / "order.bin", torch.int32).long().reshape(config["epochs"], -1)
    flips = read(start / "flips.bin", torch.bool).reshape(config["epochs"], -1)
    validation = torch.tensor(job["validation"])
    for epoch, (order, flip) in enumerate(zip(orders, flips)):
        parts = train_epoch(network, optimizer, images, labels, order, flip, config["batchSize"])
        if epoch == 0:
            print(json.dumps({"firstEpoch": [loss / count for loss, count in parts]}))
        if double:
            return
        train_loss = sum(loss for loss, _ in parts) / len(order)
        print(json.dumps({"epoch": {"trainLoss": train_loss, **evaluate(network, images, labels, validation)}}), flush=True)
        scheduler.step()
    print(json.dumps({"ranOn": f"PyTorch {torch.__version__}"}))


main()
