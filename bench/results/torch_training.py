"""Optimizers, schedules and augmentations in PyTorch, as a configuration names them."""

import torch
from torch import Tensor, nn
from torchvision.transforms.v2 import functional

OPTIMIZERS = {
    "sgd": torch.optim.SGD,
    "adagrad": torch.optim.Adagrad,
    "adadelta": torch.optim.Adadelta,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}


def create_optimizer(network: nn.Module, config: dict) -> torch.optim.Optimizer:
    settings = dict(config["optimizer"])
    create, decay = OPTIMIZERS[settings.pop("kind")], settings.pop("weightDecay", 0)
    return create(network.parameters(), lr=config["learningRate"], weight_decay=decay, **settings)


def create_scheduler(optimizer: torch.optim.Optimizer, config: dict) -> torch.optim.lr_scheduler.LRScheduler:
    """Takes a step after every epoch."""
    schedule = config["schedule"]
    if schedule["kind"] == "cosine":
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config["epochs"])
    if schedule["kind"] == "step":
        return torch.optim.lr_scheduler.StepLR(optimizer, schedule["every"], schedule["gamma"])
    return torch.optim.lr_scheduler.ExponentialLR(optimizer, schedule.get("gamma", 1))


class WarmUp:
    """Lowers the scheduled rate in the first steps, and gives it back before the scheduler's own step."""

    def __init__(self, optimizer: torch.optim.Optimizer, steps: int) -> None:
        self.group, self.steps, self.done = optimizer.param_groups[0], steps, 0
        self.scheduled = self.group["lr"]

    def start_epoch(self) -> None:
        self.scheduled = self.group["lr"]

    def before_step(self) -> None:
        self.done += 1
        if self.done <= self.steps:
            self.group["lr"] = self.scheduled * self.done / self.steps

    def end_epoch(self) -> None:
        self.group["lr"] = self.scheduled


def augment(pixels: Tensor, draws: Tensor, augmentations: list[dict]) -> Tensor:
    """Values from 0 to 1, [batch, 3, 32, 32], changed by what our engine has drawn for each image."""
    start = 0
    for augmentation in augmentations:
        apply, width = AUGMENTATIONS[augmentation["kind"]]
        pixels = torch.stack([apply(image, row, augmentation) for image, row in zip(pixels, draws[:, start : start + width])])
        start += width
    return pixels


def crop(image: Tensor, draws: Tensor, augmentation: dict) -> Tensor:
    (top, left), (height, width) = draws.int().tolist(), image.shape[-2:]
    padded = nn.functional.pad(image, [augmentation["padding"]] * 4)
    return padded[:, top : top + height, left : left + width]


def cutout(image: Tensor, draws: Tensor, augmentation: dict) -> Tensor:
    size = augmentation["size"]
    top, left = (centre - size // 2 for centre in draws.int().tolist())
    image = image.clone()
    image[:, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = 0.5
    return image


def brightness(image: Tensor, draws: Tensor, _augmentation: dict) -> Tensor:
    return functional.adjust_brightness(image, draws.item())


def contrast(image: Tensor, draws: Tensor, _augmentation: dict) -> Tensor:
    return functional.adjust_contrast(image, draws.item())


# With how many numbers each has for an image.
AUGMENTATIONS = {"crop": (crop, 2), "cutout": (cutout, 2), "brightness": (brightness, 1), "contrast": (contrast, 1)}
