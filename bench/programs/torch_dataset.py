"""The images of the original report's loop."""

import numpy as np
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from network_spec import CLASSES


class Images(Dataset[tuple[Tensor, int]]):
    """Pixels that are held and read as torchvision's CIFAR10 does."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels
        self.transform = transforms.Compose(
            [
                transforms.RandomHorizontalFlip(p=0.5),
                transforms.ToTensor(),
                transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
            ]
        )

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(Image.fromarray(self.pixels[index])), index % CLASSES


def report_loader(pixels: np.ndarray, batch: int) -> DataLoader:
    return DataLoader(Images(pixels), batch_size=batch, shuffle=True, num_workers=2)
