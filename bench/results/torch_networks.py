"""The study's networks in PyTorch, with the names that our engine gives their weights."""

import torch
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck

ACTIVATIONS = {
    "relu": nn.functional.relu,
    "leakyRelu": nn.functional.leaky_relu,
    "sigmoid": torch.sigmoid,
    "elu": nn.functional.elu,
    "silu": nn.functional.silu,
}
CLASSES = 10


def torch_network(config: dict) -> nn.Module:
    spec, activation = config["network"], ACTIVATIONS[config["activation"]]
    return ResNet(spec, activation) if spec["kind"] == "resnet" else Sequential(spec, activation)


class Sequential(nn.Module):
    """A dense or convolutional network."""

    def __init__(self, spec: dict, activation) -> None:
        super().__init__()
        channels, size = 3, 32
        self.conv, self.bn, self.pools, self.activation = nn.ModuleList(), nn.ModuleList(), [], activation
        self.global_pool = "globalPool" in spec
        for conv in spec.get("convolutions", []):
            filters, kernel, padding, stride = conv["filters"], conv["kernel"], conv["padding"], conv.get("stride", 1)
            norm = "batchNorm" in conv
            self.conv.append(nn.Conv2d(channels, filters, kernel, stride, padding, bias=not norm))
            self.bn.append(nn.BatchNorm2d(filters) if norm else nn.Identity())
            self.pools.append(2 if conv.get("pool", True) else 1)
            channels, size = filters, ((size + 2 * padding - kernel) // stride + 1) // self.pools[-1]
        self.layers = dense_layers(channels if self.global_pool else channels * size * size, spec["hidden"])

    def forward(self, x: Tensor) -> Tensor:
        for conv, norm, pool in zip(self.conv, self.bn, self.pools):
            x = nn.functional.max_pool2d(nn.functional.relu(norm(conv(x))), pool)
        return head(x.mean((2, 3)) if self.global_pool else x.flatten(1), self.layers, self.activation)


class ResNet(nn.Module):
    """torchvision's ResNet v1.5, which has no parameter for the width of its stem."""

    def __init__(self, spec: dict, activation) -> None:
        super().__init__()
        self.activation, channels = activation, spec["width"]
        block_of = BasicBlock if spec.get("block") == "basic" else Bottleneck
        self.pool = "stem" not in spec
        kernel, step = (7, 2) if self.pool else (3, 1)
        self.conv1 = nn.Conv2d(3, channels, kernel, stride=step, padding=kernel // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.groups = len(spec["blocks"])
        for group, count in enumerate(spec["blocks"]):
            width, blocks = spec["width"] * 2**group, []
            for block in range(count):
                stride = 2 if group > 0 and block == 0 else 1
                outputs = width * block_of.expansion
                shortcut = None
                if stride > 1 or channels != outputs:
                    shortcut = nn.Sequential(nn.Conv2d(channels, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
                blocks.append(block_of(channels, width, stride, shortcut))
                channels = outputs
            setattr(self, f"layer{group + 1}", nn.Sequential(*blocks))
        # Without hidden layers, the head has torchvision's own name.
        self.fc = dense_layers(channels, spec["hidden"]) if spec["hidden"] else nn.Linear(channels, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.relu(self.bn1(self.conv1(x)))
        if self.pool:
            x = nn.functional.max_pool2d(x, 3, stride=2, padding=1)
        for group in range(self.groups):
            x = getattr(self, f"layer{group + 1}")(x)
        features = x.mean((2, 3))
        return self.fc(features) if isinstance(self.fc, nn.Linear) else head(features, self.fc, self.activation)


def dense_layers(inputs: int, hidden: list[int]) -> nn.ModuleList:
    units = [inputs, *hidden, CLASSES]
    return nn.ModuleList(nn.Linear(*pair) for pair in zip(units, units[1:]))


def head(x: Tensor, layers: nn.ModuleList, activation) -> Tensor:
    for layer in layers[:-1]:
        x = activation(layer(x))
    return layers[-1](x)
