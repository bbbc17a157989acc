"""Writes test/study/statistics/scikit-learn.json: what scikit-learn says of predictions, for the tests of measures.

    python -m venv /tmp/measures && /tmp/measures/bin/pip install numpy==2.4.6 scikit-learn==1.9.1
    /tmp/measures/bin/python scripts/measure_fixtures.py
"""

import json
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    precision_recall_fscore_support,
    top_k_accuracy_score,
)

OUTPUT = Path(__file__).parent.parent / "test/study/statistics/scikit-learn.json"
RANDOM = np.random.default_rng(28)


def case(name, labels, probabilities):
    classes = probabilities.shape[1]
    predicted = probabilities.argmax(axis=1)
    with warnings.catch_warnings():
        # Classes that are predicted and never there: scikit-learn warns, and leaves them out.
        warnings.simplefilter("ignore")
        precision, recall, f1, _ = precision_recall_fscore_support(
            labels, predicted, labels=list(range(classes)), zero_division=np.nan
        )
        scores = {
            "accuracy": 100 * accuracy_score(labels, predicted),
            "balanced accuracy": 100 * balanced_accuracy_score(labels, predicted),
            "macro F1": 100 * f1_score(labels, predicted, average="macro", zero_division=0),
            "loss": log_loss(labels, probabilities.astype(np.float64), labels=list(range(classes))),
        }
        if classes > 5:
            scores["top-5"] = 100 * top_k_accuracy_score(labels, probabilities, k=5, labels=list(range(classes)))
    known = lambda values: [None if np.isnan(value) else 100 * value for value in values]
    return {
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        # Logits, which a network's last layer can have as its biases.
        "logits": np.log(probabilities).round(6).tolist(),
        "scores": {key: float(value) for key, value in scores.items()},
        "precision": known(precision),
        "recall": known(recall),
        "f1": known(f1),
    }


def probabilities(labels, classes, right):
    """Softmax of noise, with a lead for the label. Rounded, so that JSON has them exactly as they are scored."""
    logits = RANDOM.normal(size=(len(labels), classes))
    logits[np.arange(len(labels)), labels] += right
    logits = logits.round(4)
    odds = np.exp(logits)
    return odds / odds.sum(axis=1, keepdims=True)


def main():
    even = RANDOM.integers(0, 4, 60)
    rare = np.array([0] * 45 + [1] * 12 + [2] * 3)
    missing = RANDOM.choice([0, 2, 3, 6], 40)
    many = RANDOM.integers(0, 12, 90)
    cases = [
        case("even classes", even, probabilities(even, 4, 1.0)),
        case("a rare class", rare, probabilities(rare, 3, 0.6)),
        case("classes without images", missing, probabilities(missing, 7, 1.0)),
        case("a class that nothing is taken for", rare, np.array([[0.5, 0.3, 0.2], [0.2, 0.7, 0.1]])[np.arange(60) % 2]),
        case("twelve classes", many, probabilities(many, 12, 1.2)),
    ]
    made = f"by scripts/measure_fixtures.py with scikit-learn {version('scikit-learn')}"
    OUTPUT.write_text(json.dumps({"made": made, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
