"""PneumoniaMNIST: LP-FT, LoRA and layer-wise decay beside the frozen head, three seeds, the test images used once each.

The strategies run as the table has them. Which one is reported as chosen is decided on the validation images, by their
class-weighted log loss; images that are also in training are left out of training.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from common import need, say
from finetune_common import accuracy, frozen, interval, predicted
from numpy.typing import NDArray

from graft.backbones import load
from graft.data import read
from graft.data.content import content_key
from graft.data.dataset import Dataset
from graft.evaluation.ranking import auroc
from graft.finetune import STRATEGIES, Tuning
from graft.plan.balance import class_weights

NAMES = ("lp-ft", "wise-ft", "lora", "layer-decay", "last-blocks")


def log_loss(probabilities: NDArray[np.float64], dataset: Dataset) -> float:
    """Give the mean negative log-likelihood with every class counting as much."""
    assert dataset.targets is not None
    own = probabilities[np.arange(len(dataset)), dataset.targets]
    return float(-np.average(np.log(np.maximum(own, 1e-12)), weights=class_weights(dataset.targets, 2)))


def parts() -> tuple[Dataset, Dataset, Dataset]:
    """Give training, validation and test images; what is judged on is not trained on."""
    dataset = read(need("images/pneumonia/pneumoniamnist.npz"))
    train, validation, test = (dataset.part(name) for name in ("train", "validation", "test"))
    assert train is not None
    assert validation is not None
    assert test is not None
    judged = {content_key(item) for part in (validation, test) for item in part.inputs}
    return train.where(np.array([content_key(item) not in judged for item in train.inputs])), validation, test


def main() -> None:
    """Print one line a run, then means with intervals and differences to the frozen head."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--backbone", default="efficientnet-lite0")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--samples", type=int, default=0, help="train on some of the images only")
    options = parser.parse_args()
    train, validation, test = parts()
    positive = test.targets == 1
    backbone = load(options.backbone)
    found: dict[str, list[dict[str, float]]] = {}

    def note(name: str, seed: int, at: NDArray[np.float64], on: NDArray[np.float64], seconds: float) -> None:
        row = {"accuracy": accuracy(on, test), "auroc": float(auroc(positive, on[:, 1])),
               "validation": log_loss(at, validation), "seconds": round(seconds, 1)}  # fmt: skip
        found.setdefault(name, []).append(row)
        say(benchmark="pneumonia_finetune", backbone=options.backbone, strategy=name, seed=seed, **row)

    for seed in range(options.seeds):
        order = np.random.default_rng(seed).permutation(len(train))
        learn = train.take(order[: options.samples or len(train)])
        assert learn.targets is not None
        weight = class_weights(learn.targets, 2)
        begun = time.perf_counter()
        note("frozen", seed, *frozen(backbone, learn, [validation, test], weight), time.perf_counter() - begun)
        for name in NAMES:
            begun = time.perf_counter()
            tuning = Tuning(backbone, learn, validation, STRATEGIES[name], weight=weight, seed=seed)
            at = np.exp(tuning.advance(STRATEGIES[name].recipe.epochs))
            tuned = tuning.finish()
            seconds = time.perf_counter() - begun
            note(name, seed, at, predicted(tuned, test), seconds)
    chosen = min(NAMES, key=lambda name: np.mean([row["validation"] for row in found[name]]))
    differences = {
        name: {what: interval([a[what] - b[what] for a, b in zip(rows, found["frozen"], strict=True)])
               for what in ("accuracy", "auroc")}
        for name, rows in found.items() if name != "frozen"
    }  # fmt: skip
    means = {name: {what: interval([row[what] for row in rows]) for what in rows[0]} for name, rows in found.items()}
    say(benchmark="pneumonia_finetune", backbone=options.backbone, train=len(train), chosen=chosen,
        reached=means[chosen], over_frozen=differences, all=means)  # fmt: skip


if __name__ == "__main__":
    main()
