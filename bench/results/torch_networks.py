"""The study's networks in PyTorch, with the names that our engine gives their weights."""

import torch
from torch import Tensor, nn
from torchvision.models.resnet import Bottleneck

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
    """A dense or convolutional network. ReLU and a pool follow each convolution."""

    def __init__(self, spec: dict, activation) -> None:
        super().__init__()
        channels, size = 3, 32
        self.conv, self.activation = nn.ModuleList(), activation
        for conv in spec.get("convolutions", []):
            self.conv.append(nn.Conv2d(channels, conv["filters"], conv["kernel"], padding=conv["padding"]))
            channels, size = conv["filters"], (size + 2 * conv["padding"] - conv["kernel"] + 1) // 2
        self.layers = dense_layers(channels * size * size, spec["hidden"])

    def forward(self, x: Tensor) -> Tensor:
        for conv in self.conv:
            x = nn.functional.max_pool2d(nn.functional.relu(conv(x)), 2)
        return head(x.flatten(1), self.layers, self.activation)


class ResNet(nn.Module):
    """torchvision's ResNet v1.5 of bottleneck blocks, which has no parameter for the width of its stem."""

    def __init__(self, spec: dict, activation) -> None:
        super().__init__()
        self.activation, channels = activation, spec["width"]
        self.conv1 = nn.Conv2d(3, channels, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.groups = len(spec["blocks"])
        for group, count in enumerate(spec["blocks"]):
            width, blocks = spec["width"] * 2**group, []
            for block in range(count):
                stride = 2 if group > 0 and block == 0 else 1
                outputs = width * Bottleneck.expansion
                shortcut = None
                if block == 0:
                    shortcut = nn.Sequential(nn.Conv2d(channels, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
                blocks.append(Bottleneck(channels, width, stride, shortcut))
                channels = outputs
            setattr(self, f"layer{group + 1}", nn.Sequential(*blocks))
        self.fc = dense_layers(channels, spec["hidden"])

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.max_pool2d(nn.functional.relu(self.bn1(self.conv1(x))), 3, stride=2, padding=1)
        for group in range(self.groups):
            x = getattr(self, f"layer{group + 1}")(x)
        return head(x.mean((2, 3)), self.fc, self.activation)


def dense_layers(inputs: int, hidden: list[int]) -> nn.ModuleList:
    units = [inputs, *hidden, CLASSES]
    return nn.ModuleList(nn.Linear(*pair) for pair in zip(units, units[1:]))


def head(x: Tensor, layers: nn.ModuleList, activation) -> Tensor:
    for layer in layers[:-1]:
        x = activation(layer(x))
    return layers[-1](x)
