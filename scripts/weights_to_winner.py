"""Goes all the way from weights made with PyTorch to a winner that PyTorch and TensorFlow load and agree on.

    pip install torch torchvision safetensors tensorflow-cpu pillow
    python scripts/weights_to_winner.py ARCHIVE DIR

1. Writes files with ResNet-50's names and shapes in all formats of weights.
2. Compares a training step from each file with torchvision's.
3. Runs a study of two stages and a final test that starts from one of the files. ARCHIVE is CIFAR-10's archive or a part
   of it.
4. Exports the winner into DIR, and compares the logits of test images in PyTorch and TensorFlow.
"""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "scripts"
TEST_IMAGES = 100
NETWORK = {"kind": "resnet", "blocks": [3, 4, 6, 3], "width": 64, "hidden": [1024, 256, 64, 16], "pretrained": True}
STUDY = {
    "name": "weights-to-winner",
    "title": "ResNet-50 from a file of weights",
    "base": {"epochs": 2},
    "stages": [
        {
            "kind": "compare",
            "name": "batch",
            "question": "Which batch size?",
            "candidates": [
                {"name": "rn50", "change": {"network": NETWORK}},
                {"name": "rn50_64", "change": {"network": NETWORK, "batchSize": 64}},
            ],
        },
        {
            "kind": "compare",
            "name": "activation",
            "question": "ReLU or ELU between the dense layers?",
            "from": "batch",
            "ranksStart": True,
            "candidates": [{"name": "_elu", "change": {"activation": "elu"}}],
        },
        {"kind": "test", "name": "test", "question": "How good is it?", "from": "activation"},
    ],
    "profiles": {"small": {"description": "1,000 images.", "trainImages": 1000, "testImages": 200, "epochDivisor": 1}},
}


def run(*command, **options):
    line = " ".join(str(part).replace(f"{ROOT}/", "") for part in command)
    print("$", line if len(line) < 200 else f"{line[:200]}…", flush=True)
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True, **options)


def write_test_images(archive, folder):
    """The first images of the test set, as PNG files."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        member = next(name for name in tar.getnames() if name.endswith("test_batch.bin"))
        packed = np.frombuffer(tar.extractfile(member).read(), np.uint8).reshape(-1, 3073)[:TEST_IMAGES]
    paths = []
    for index, image in enumerate(packed):
        paths.append(folder / f"{index:03}.png")
        Image.fromarray(image[1:].reshape(3, 32, 32).transpose(1, 2, 0)).save(paths[-1])
    return paths


def main():
    archive, folder = (Path(argument).resolve() for argument in sys.argv[1:])
    python, staged_study = sys.executable, ["npx", "staged-study"]
    weights, study, winner = folder / "weights", folder / "study.json", folder / "winner"
    predictions = folder / "predictions.json"
    images = write_test_images(archive, folder / "images")
    study.write_text(json.dumps(STUDY))

    run(python, ROOT / "test/training/weights/make-weights.py", "--to", weights)
    onednn = os.environ | {"TF_ENABLE_ONEDNN_OPTS": "1"}
    run("npx", "tsx", SCRIPTS / "compare-with-torch.ts", weights, env=onednn)
    start_from = ["--weights", weights / "imagenet.legacy.pth", "--dataset", archive]
    run(*staged_study, "run", study, *start_from, "--id", STUDY["name"])
    run(*staged_study, "export-model", STUDY["name"], "--to", winner)
    with predictions.open("w") as file:
        run(*staged_study, "predict", STUDY["name"], "--json", *images, stdout=file)
    run(python, SCRIPTS / "load_in_python.py", winner, "--images", *images, "--predictions", predictions)


main()
