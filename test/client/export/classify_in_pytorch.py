"""Prints the probabilities that the loaders of exports give for the examples beside them, as JSON: for each FOLDER, a list for each
example.

    python classify_in_pytorch.py FOLDER...
"""

import importlib.util
import json
import sys
from pathlib import Path

import torch


def classify(folder):
    spec = importlib.util.spec_from_file_location("load_in_pytorch", folder / "load_in_pytorch.py")
    loader = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loader)
    model, classes = loader.load(folder)
    shape = loader.read_about(folder)["input"]
    content = bytearray((folder / "examples.bin").read_bytes())
    if len(shape) == 1:
        examples = torch.frombuffer(content, dtype=torch.float32).reshape(-1, *shape)
    else:
        height, width, channels = shape
        examples = torch.frombuffer(content, dtype=torch.uint8).reshape(-1, channels, height, width)
    with torch.no_grad():
        probabilities = model(loader.normalise(examples, folder)).softmax(1)
    assert probabilities.shape[1] == len(classes)
    return probabilities.tolist()


print(json.dumps([classify(Path(folder)) for folder in sys.argv[1:]]))
