"""A network in the study's format, from JSON."""

from typing import Literal, TypedDict


class Convolution(TypedDict):
    filters: int
    kernel: int
    padding: int


class Network(TypedDict, total=False):
    kind: Literal["dense", "conv", "resnet"]
    hidden: list[int]
    convolutions: list[Convolution]
    blocks: list[int]
    width: int


CLASSES = 10
IMAGE_SIZE = 32
# The size of CIFAR-10's training set.
IMAGES = 50_000
LEARNING_RATE = 0.02
MOMENTUM = 0.9
