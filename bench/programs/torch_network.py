"""The study's networks in PyTorch."""

from torch import nn
from torchvision.models.resnet import Bottleneck, ResNet

from network_spec import CLASSES, IMAGE_SIZE, Network


def torch_network(spec: Network) -> nn.Module:
    if spec["kind"] == "resnet":
        network = ResNet(Bottleneck, spec["blocks"])
        network.fc = nn.Sequential(*head(network.fc.in_features, spec["hidden"]))
        return network
    layers: list[nn.Module] = []
    size, channels = IMAGE_SIZE, 3
    for convolution in spec.get("convolutions", []):
        filters, kernel, padding = convolution["filters"], convolution["kernel"], convolution["padding"]
        layers += [nn.Conv2d(channels, filters, kernel, padding=padding), nn.ReLU(), nn.MaxPool2d(2)]
        size, channels = (size + 2 * padding - kernel + 1) // 2, filters
    return nn.Sequential(*layers, nn.Flatten(), *head(size * size * channels, spec["hidden"]))


def head(features: int, hidden: list[int]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for units in hidden:
        layers += [nn.Linear(features, units), nn.ReLU()]
        features = units
    return [*layers, nn.Linear(features, CLASSES)]
