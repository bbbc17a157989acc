"""Writes files of weights with PyTorch, and torchvision's results for them.

    pip install torch torchvision safetensors
    python make-weights.py            # the small files in fixtures/; then: npx biome check --write test
    python make-weights.py --to DIR   # files with ResNet-50's names and shapes, 100 MB each

For each of torch.save's formats and for safetensors it writes two files of the same random weights: `imagenet.*`, with
torchvision's head for 1000 classes, like its downloads; and `fine-tuned.*`, with another head. `step.json` has the logits
of a few images and one training step of the second file, in double precision. scripts/compare-with-torch.ts prints how much
ours differ.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))
from importlib import import_module  # noqa: E402

filling = import_module("filling")
resnet_step = import_module("resnet-step")

HERE = Path(__file__).parent / "fixtures"


def save(state, target, legacy_alone=False):
    torch.save(state, target.with_suffix(".legacy.pth"), _use_new_zipfile_serialization=False)
    if not legacy_alone:
        torch.save(state, target.with_suffix(".zip.pth"))
        save_file(state, target.with_suffix(".safetensors"), {"format": "pt"})
    for path in sorted(target.parent.glob(f"{target.name}.*")):
        print(path, path.stat().st_size, "bytes")


def resnet(folder, blocks, width, hidden, classes, images):
    torch.manual_seed(1)
    network = resnet_step.model(blocks, width, hidden).float()
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            # As after some training: no average at its start, no scale at one.
            if tensor.dim() == 1 and tensor.is_floating_point():
                tensor.add_(torch.rand(tensor.shape) * 0.5)
            if name.endswith("bn3.weight"):
                tensor.mul_(0.25)  # small branches keep the gradients of a deep network in bounds
            if name.endswith("num_batches_tracked"):
                tensor.fill_(1234)
    state = network.state_dict()
    head = {"fc.weight": torch.randn(classes, width * 32) / 10, "fc.bias": torch.zeros(classes)}
    body = {name: tensor for name, tensor in state.items() if not name.startswith("fc.")}
    save(body | head, folder / "imagenet", legacy_alone=folder == HERE)
    save(state, folder / "fine-tuned")

    x = torch.from_numpy(filling.values(images * 3 * 32 * 32, 0).astype(np.float32).astype(np.float64))
    labels = torch.arange(images) % 10
    step = resnet_step.step(network.double(), x.reshape(images, 3, 32, 32), labels)
    case = {"blocks": blocks, "width": width, "hidden": hidden, "images": images, **step}
    (folder / "step.json").write_text(json.dumps(case, separators=(",", ":")) + "\n")


def layouts(folder):
    """Tensors whose order in their storage differs from their order of axes, and every type of values."""
    base = torch.arange(24, dtype=torch.float32) / 8 - 1
    values = [0.5, -3e38, 1e-40, 0.1]
    state = {
        "transposed": base.reshape(4, 6).t(),
        "part": base[5:11].reshape(2, 3),
        "every_second": base[::2],
        "channels_last": base.reshape(1, 2, 3, 4).contiguous(memory_format=torch.channels_last),
        "parameter": nn.Parameter(base[:2].clone()),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "float16": torch.tensor([0.5, -65504, 6e-8, 0.1], dtype=torch.float16),
        "bfloat16": torch.tensor(values, dtype=torch.bfloat16),
        "float64": torch.tensor(values, dtype=torch.float64),
        "int64": torch.tensor([1, -2]),
    }
    torch.save(state, folder / "layouts.zip.pth")
    torch.save(state, folder / "layouts.legacy.pth", _use_new_zipfile_serialization=False)
    plain = {name: tensor.detach().contiguous().clone() for name, tensor in state.items()}
    save_file(plain, folder / "layouts.safetensors")
    expected = {
        name: {"shape": list(tensor.shape), "data": tensor.float().flatten().tolist()}
        for name, tensor in plain.items()
        if tensor.is_floating_point()
    }
    (folder / "layouts.json").write_text(json.dumps(expected) + "\n")


def sequential(folder):
    """Networks of convolutions and dense layers: PyTorch flattens channels first, and numbers activations too."""
    torch.manual_seed(2)
    part = lambda *sizes, **padding: [nn.Conv2d(*sizes, **padding), nn.ReLU(), nn.MaxPool2d(2)]  # noqa: E731
    conv = nn.Sequential(*part(3, 4, 3, padding=1), *part(4, 2, 5))
    layers = nn.Sequential(nn.Linear(2 * 6 * 6, 8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 10))
    dense = nn.Sequential(nn.Flatten(), nn.Linear(3072, 2), nn.ReLU(), nn.Linear(2, 10))
    torch.save(nn.ModuleDict({"conv": conv, "layers": layers}).state_dict(), folder / "conv.pth")
    save_file({f"layers.{name}": tensor for name, tensor in dense.state_dict().items()}, folder / "dense.safetensors")
    x = torch.from_numpy(filling.values(4 * 3 * 32 * 32, 0).astype(np.float32)).reshape(4, 3, 32, 32)
    layers.eval()
    with torch.no_grad():
        logits = {"conv": layers(conv(x).flatten(1)), "dense": dense(x)}
    expected = {name: resnet_step.numbers(value) for name, value in logits.items()}
    (folder / "sequential.json").write_text(json.dumps(expected) + "\n")


parser = argparse.ArgumentParser()
parser.add_argument("--to", type=Path, help="a folder for files of ResNet-50; without it, the small ones are made")
folder = parser.parse_args().to
if folder:
    folder.mkdir(parents=True, exist_ok=True)
    resnet(folder, [3, 4, 6, 3], 64, [1024, 256, 64, 16], classes=1000, images=16)
else:
    resnet(HERE, [1, 1, 1, 1], 1, [4], classes=20, images=16)
    layouts(HERE)
    sequential(HERE)
