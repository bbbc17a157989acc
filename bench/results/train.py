"""Trains a network with PyTorch: train.py JOB [float64]. Prints its results as lines of JSON; see job.ts.

Initial weights, the order of the images, their flips and what augmentations draw come from files that our engine has written. The loop validates in
evaluation mode, averages losses over images, and keeps the images in memory. In double precision, it trains epoch 1 only,
to show what rounding does.
"""

import json
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from torch_networks import torch_network
from torch_training import WarmUp, augment, create_optimizer, create_scheduler

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
    content = bytearray(file.read_bytes())
    return torch.frombuffer(content, dtype=dtype) if content else torch.empty(0, dtype=dtype)


def scaled(pixels: Tensor) -> Tensor:
    return pixels.to(torch.get_default_dtype(), memory_format=torch.channels_last) / 255


def normalised(values: Tensor) -> Tensor:
    return (values - 0.5) / 0.5


def train_epoch(network, optimizer, warm_up: WarmUp, config: dict, images, labels, order: Tensor, flips: Tensor, draws: Tensor):
    """Returns the sum of the losses and the number of images, of each part of the epoch."""
    network.train()
    warm_up.start_epoch()
    size, augmentations = config["batchSize"], config.get("augmentations", [])
    smoothing, clip_norm = config.get("labelSmoothing", 0), config.get("clipNorm", 0)
    steps = -(-len(order) // size)
    ends = [1, *((tenth + 1) * steps // TENTHS for tenth in range(TENTHS))]
    losses, loss_sum, seen = [], 0.0, 0
    for step, (batch, flipped, drawn) in enumerate(zip(order.split(size), flips.split(size), draws.split(size)), 1):
        pixels = images[batch]
        pixels[flipped] = pixels[flipped].flip(-1)
        x = normalised(augment(scaled(pixels), drawn, augmentations)).contiguous(memory_format=torch.channels_last)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(x), labels[batch], label_smoothing=smoothing)
        loss.backward()
        if clip_norm > 0:
            nn.utils.clip_grad_norm_(network.parameters(), clip_norm)
        warm_up.before_step()
        optimizer.step()
        loss_sum += loss.item() * len(batch)
        seen += len(batch)
        if step == ends[len(losses)]:
            losses.append((loss_sum, seen))
            loss_sum, seen = 0.0, 0
    warm_up.end_epoch()
    return losses


@torch.no_grad()
def evaluate(network, images, labels, indices: Tensor) -> dict:
    network.eval()
    loss = correct = 0
    for batch in indices.split(EVALUATED_TOGETHER):
        logits = network(normalised(scaled(images[batch])))
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
    scheduler = create_scheduler(optimizer, config)
    orders = read(start / "order.bin", torch.int32).long().reshape(config["epochs"], -1)
    flips = read(start / "flips.bin", torch.bool).reshape(config["epochs"], -1)
    draws = read(start / "draws.bin", torch.float32)
    draws = draws.reshape(*orders.shape, len(draws) // orders.numel())
    steps = -(-orders.shape[1] // config["batchSize"])
    warm_up = WarmUp(optimizer, round(config.get("warmUp", 0) * steps))
    validation = torch.tensor(job["validation"])
    for epoch, (order, flip, drawn) in enumerate(zip(orders, flips, draws)):
        parts = train_epoch(network, optimizer, warm_up, config, images, labels, order, flip, drawn)
        if epoch == 0:
            print(json.dumps({"firstEpoch": [loss / count for loss, count in parts]}))
        if double:
            return
        train_loss = sum(loss for loss, _ in parts) / len(order)
        print(json.dumps({"epoch": {"trainLoss": train_loss, **evaluate(network, images, labels, validation)}}), flush=True)
        scheduler.step()
    print(json.dumps({"ranOn": f"PyTorch {torch.__version__}"}))


main()
