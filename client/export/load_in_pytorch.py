"""Loads the network in this folder into PyTorch, with the weights in model.safetensors. Needs only torch.

    python load_in_pytorch.py IMAGE...     # classifies images; also needs Pillow

    from load_in_pytorch import load, normalise
    model, classes = load("this-folder")
    probabilities = model(normalise(images)).softmax(1)     # images: uint8, [n, channels, height, width]

Of a table, `images` are its rows: float32, [n, features].
"""

import json
import math
import sys
from pathlib import Path

import torch
from torch import nn

ACTIVATIONS = {
    "relu": nn.functional.relu,
    "leakyRelu": nn.functional.leaky_relu,
    "sigmoid": torch.sigmoid,
    "elu": nn.functional.elu,
    "silu": nn.functional.silu,
}


class Head(nn.ModuleList):
    """Dense layers with an activation function between them."""

    def __init__(self, sizes, activation):
        super().__init__(nn.Linear(*pair) for pair in zip(sizes, sizes[1:]))
        self.activation = activation

    def forward(self, x):
        *hidden, last = self
        for layer in hidden:
            x = self.activation(layer(x))
        return last(x)


class Dense(nn.Module):
    def __init__(self, shape, hidden, classes, activation):
        super().__init__()
        self.layers = Head([math.prod(shape), *hidden, classes], activation)

    def forward(self, x):
        return self.layers(x.flatten(1))


class Conv(nn.Module):
    """Convolutions with ReLU, batch normalisation and pools, then dense layers."""

    def __init__(self, shape, convolutions, hidden, classes, activation, globalPool=False):
        super().__init__()
        self.conv, self.bn, self.pools, self.global_pool = nn.ModuleList(), nn.ModuleList(), [], globalPool
        height, width, channels = shape
        for convolution in convolutions:
            filters, kernel, padding = convolution["filters"], convolution["kernel"], convolution["padding"]
            stride, norm = convolution.get("stride", 1), convolution.get("batchNorm", False)
            pool = 2 if convolution.get("pool", True) else 1
            self.conv.append(nn.Conv2d(channels, filters, kernel, stride, padding, bias=not norm))
            self.bn.append(nn.BatchNorm2d(filters) if norm else nn.Identity())
            self.pools.append(pool)
            height, width = (((size + 2 * padding - kernel) // stride + 1) // pool for size in (height, width))
            channels = filters
        self.layers = Head([channels if globalPool else height * width * channels, *hidden, classes], activation)

    def forward(self, x):
        for convolution, norm, pool in zip(self.conv, self.bn, self.pools):
            x = nn.functional.max_pool2d(norm(convolution(x)).relu(), pool)
        return self.layers(x.mean((2, 3)) if self.global_pool else x.flatten(1))


class Basic(nn.Module):
    """As in torchvision: the first convolution has the stride."""

    expansion = 1

    def __init__(self, inputs, width, stride, projected):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        self.downsample = projection(inputs, width, stride) if projected else None

    def forward(self, x):
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn2(self.conv2(y))
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


class Bottleneck(nn.Module):
    """As in torchvision: the 3×3 convolution has the stride."""

    expansion = 4

    def __init__(self, inputs, width, stride, projected):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width)
        self.downsample = projection(inputs, 4 * width, stride) if projected else None

    def forward(self, x):
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn2(self.conv2(y)).relu()
        y = self.bn3(self.conv3(y))
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


def projection(inputs, outputs, stride):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs))


class ResNet(nn.Module):
    """torchvision's ResNet v1.5 with its tensor names. Hidden dense layers are in place of its `fc`."""

    def __init__(self, shape, blocks, width, hidden, classes, activation, block="bottleneck", stem="large"):
        super().__init__()
        create = {"basic": Basic, "bottleneck": Bottleneck}[block]
        self.pool = stem == "large"
        kernel, step = (7, 2) if self.pool else (3, 1)
        self.conv1 = nn.Conv2d(shape[-1], width, kernel, stride=step, padding=kernel // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        channels = width
        for group, count in enumerate(blocks):
            inner = width * 2**group
            layer = nn.Sequential()
            for index in range(count):
                stride = 2 if group > 0 and index == 0 else 1
                outputs = create.expansion * inner
                layer.append(create(channels, inner, stride, projected=stride > 1 or channels != outputs))
                channels = outputs
            setattr(self, f"layer{group + 1}", layer)
        self.fc = Head([channels, *hidden, classes], activation) if hidden else nn.Linear(channels, classes)

    def forward(self, x):
        x = self.bn1(self.conv1(x)).relu()
        if self.pool:
            x = nn.functional.max_pool2d(x, 3, stride=2, padding=1)
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = layer(x)
        return self.fc(x.mean((2, 3)))


NETWORKS = {"dense": Dense, "conv": Conv, "resnet": ResNet}


def load(folder=Path(__file__).parent):
    """Returns the network with its weights, in evaluation mode, and the names of its classes."""
    about = read_about(folder)
    network = dict(about["network"])
    kind = network.pop("kind")
    activation = ACTIVATIONS[about["activation"]]
    classes = len(about["classes"])
    model = NETWORKS[kind](**network, shape=about["input"], classes=classes, activation=activation)
    model.load_state_dict(read_safetensors(Path(folder) / "model.safetensors"))
    return model.eval(), about["classes"]


def read_about(folder=Path(__file__).parent):
    """What export.json says about the network."""
    return json.loads((Path(folder) / "export.json").read_text())


def read_safetensors(path):
    """Reads float32 tensors as `safetensors.torch.load_file` does."""
    content = bytearray(Path(path).read_bytes())
    begin = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:begin])
    header.pop("__metadata__", None)
    tensors = {}
    for name, about in header.items():
        assert about["dtype"] == "F32", f"{name}: expected F32, got {about['dtype']}"
        start, end = about["data_offsets"]
        values = torch.frombuffer(content, dtype=torch.float32, count=(end - start) // 4, offset=begin + start)
        tensors[name] = values.reshape(about["shape"]).clone()
    return tensors


def normalise(images, folder=Path(__file__).parent):
    """Subtracts the mean and divides by the deviation, as in training; of pixels, after scaling them to 0…1."""
    about = read_about(folder)
    mean, deviation = (torch.tensor(about["normalisation"][name]) for name in ("mean", "deviation"))
    if images.dim() == 2:
        return ((images - mean) / deviation).nan_to_num(0)
    return (images.float() / 255 - mean[:, None, None]) / deviation[:, None, None]


def read_image(path, folder=Path(__file__).parent):
    """Reads an image nearly as `staged-study predict` does: upright, on white, resized. uint8 [channels, height, width]."""
    from PIL import Image, ImageOps

    about = read_about(folder)
    height, width, channels = about["input"]
    resampling = Image.Resampling[about["resize"]["resampling"].upper()]

    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    fits = {"crop": ImageOps.fit, "pad": ImageOps.pad, "squash": Image.Image.resize}
    image = fits[about["resize"]["fit"]](image, (width, height), resampling)
    image = image.convert("L" if channels == 1 else "RGB")
    pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
    return pixels.reshape(height, width, channels).permute(2, 0, 1)


if __name__ == "__main__":
    model, classes = load()
    for path in sys.argv[1:]:
        with torch.no_grad():
            probabilities = model(normalise(read_image(path)[None])).softmax(1)[0]
        best = probabilities.topk(3)
        print(path, *(f"{classes[label]} {100 * p:.2f} %" for p, label in zip(*(part.tolist() for part in best))))
