"""Loads exported models in TensorFlow and in PyTorch, and compares their results for the same images.

    python scripts/load_in_python.py EXPORT... [--images PNG...] [--predictions JSON]
                                     [--torch PYTHON] [--tensorflow PYTHON]

EXPORT: folders that `staged-study export-model` wrote.
--images: PNG files of 32×32 pixels. By default, 256 images of noise and of flat colour.
--predictions: the output of `staged-study predict --json` for these images, for one EXPORT.
--torch, --tensorflow: Python interpreters with torch (and torchvision, for a ResNet of width 64) and with tensorflow. The
two packages may conflict in one process. Both interpreters need NumPy. This one needs NumPy, and Pillow for --images.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

LOGITS, PROBABILITIES = 1e-4, 1e-5


def made_images():
    random = np.random.default_rng(1)
    noise = random.integers(0, 256, (128, 32, 32, 3), dtype=np.uint8)
    flat = np.broadcast_to(random.integers(0, 256, (128, 1, 1, 3), dtype=np.uint8), noise.shape)
    return np.concatenate([noise, flat])


def read_images(paths):
    from PIL import Image

    return np.stack([np.asarray(Image.open(path).convert("RGB")) for path in paths])


def by_tensorflow(export, images):
    import tensorflow as tf

    serve = tf.saved_model.load(str(export / "saved_model")).signatures["serving_default"]
    operations = {operation.type for operation in serve.graph.get_operations()}
    training = {name for name in operations if "Grad" in name or "Backprop" in name or name.startswith("Resource")}
    assert not training, f"expected no operations of training, got {training}"
    print(f"  TensorFlow {tf.__version__}: {serve.structured_input_signature[1]} -> {sorted(serve.structured_outputs)}")
    result = serve(images=tf.constant(images))
    return result["logits"].numpy(), result["probabilities"].numpy()


def by_torch(export, images):
    import torch

    sys.path.insert(0, str(export))
    import load_in_pytorch

    model, classes = load_in_pytorch.load(export)
    x = load_in_pytorch.normalise(torch.from_numpy(images.transpose(0, 3, 1, 2).copy()))
    with torch.no_grad():
        logits = model(x)
        print(f"  PyTorch {torch.__version__}: {sum(p.numel() for p in model.parameters())} parameters, {classes}")
        compare_with_torchvision(json.loads((export / "export.json").read_text()), load_in_pytorch, export, x, logits)
        return logits.numpy(), logits.softmax(1).numpy()


def compare_with_torchvision(about, loader, export, x, logits):
    """Compares with torchvision's own network with the same weights, its `fc` replaced by the head."""
    network = about["network"]
    if network["kind"] != "resnet" or network["width"] != 64 or "stem" in network:
        return
    import torchvision
    from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

    block = BasicBlock if network.get("block") == "basic" else Bottleneck
    theirs = ResNet(block, network["blocks"], num_classes=len(about["classes"]))
    if network["hidden"]:
        sizes = [theirs.fc.in_features, *network["hidden"], len(about["classes"])]
        theirs.fc = loader.Head(sizes, loader.ACTIVATIONS[about["activation"]])
    theirs.load_state_dict(loader.read_safetensors(export / "model.safetensors"))
    difference = (theirs.eval()(x) - logits).abs().max().item()
    print(f"  torchvision {torchvision.__version__}: its own ResNet differs by {difference:.1e}")
    assert difference < LOGITS


def compare(export, images, options):
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/images.npy", images)
        results = {}
        for name, python in (("tensorflow", options.tensorflow), ("torch", options.torch)):
            command = [python, __file__, str(export), "--only", name, "--work", folder]
            subprocess.run(command, check=True, stderr=None if options.verbose else subprocess.DEVNULL)
            results[name] = np.load(f"{folder}/{name}.npz")
    differences = {
        key: float(np.abs(results["tensorflow"][key] - results["torch"][key]).max())
        for key in ("logits", "probabilities")
    }
    largest = float(np.abs(results["torch"]["logits"]).max())
    print(f"  TensorFlow and PyTorch differ: {differences} (largest logit {largest:.2f}, {len(images)} images)")
    assert differences["logits"] < LOGITS
    if options.predictions:
        said = json.loads(options.predictions.read_text())["images"]
        ours = np.array([list(image["probabilities"].values()) for image in said])
        for name, result in results.items():
            difference = float(np.abs(ours - result["probabilities"]).max())
            print(f"  `predict` and {name} differ: {difference:.1e} of a probability")
            assert difference < PROBABILITIES


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exports", nargs="+", type=Path)
    parser.add_argument("--images", nargs="+", type=Path)
    parser.add_argument("--predictions", type=Path)
    parser.add_argument("--torch", default=sys.executable)
    parser.add_argument("--tensorflow", default=sys.executable)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--only", choices=["torch", "tensorflow"], help=argparse.SUPPRESS)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    options = arguments()
    if options.only:
        run = {"torch": by_torch, "tensorflow": by_tensorflow}[options.only]
        logits, probabilities = run(options.exports[0].resolve(), np.load(f"{options.work}/images.npy"))
        np.savez(f"{options.work}/{options.only}.npz", logits=logits, probabilities=probabilities)
    else:
        for export in options.exports:
            print(export.name)
            compare(export, read_images(options.images) if options.images else made_images(), options)
