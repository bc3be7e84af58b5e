"""PneumoniaMNIST: LP-FT, LoRA and layer-wise decay beside the frozen head, three seeds, the test images used once each.

The strategies run as the table has them; a head is also fitted anew on the embedding and stages of each moved backbone,
and half of each stands with half of the frozen head. What each says is corrected by a slope and biases fitted on the
validation images (`plain` is the accuracy without). Which one is reported as chosen, by each seed for itself and for
all seeds at once, is decided by their class-weighted log loss when the correction is fitted on the other validation
images, in five folds; images that are also in training are left out of training.
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
from graft.evaluation.balance import class_weights
from graft.evaluation.bias_correction import BiasCorrection
from graft.evaluation.ranking import auroc
from graft.finetune import STRATEGIES, Tuning
from graft.heads.folds import stratified_folds

NAMES = ("lp-ft", "wise-ft", "lora", "layer-decay", "last-blocks")


def log_loss(probabilities: NDArray[np.float64], dataset: Dataset) -> float:
    """Give the mean negative log-likelihood with every class counting as much."""
    assert dataset.targets is not None
    own = probabilities[np.arange(len(dataset)), dataset.targets]
    return float(-np.average(np.log(np.maximum(own, 1e-12)), weights=class_weights(dataset.targets, 2)))


def cross_corrected(probabilities: NDArray[np.float64], dataset: Dataset) -> NDArray[np.float64]:
    """Give the probabilities of held-out samples, each corrected by what the others show."""
    assert dataset.targets is not None
    logs, y = np.log(np.maximum(probabilities, 1e-12)), dataset.targets
    fold, weight = stratified_folds(y, 5), class_weights(y, 2)
    found = logs.copy()
    for number in range(5):
        held = fold == number
        found[held] = BiasCorrection.fit(logs[~held], y[~held], weight[~held]).transform(logs[held])
    return np.exp(found)


def corrected(at: NDArray[np.float64], validation: Dataset, on: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the probabilities of other samples, corrected by what the validation images show."""
    assert validation.targets is not None
    known, others = (np.log(np.maximum(each, 1e-12)) for each in (at, on))
    correction = BiasCorrection.fit(known, validation.targets, class_weights(validation.targets, 2))
    return np.exp(correction.transform(others))


def halved(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the geometric mean of two sets of probabilities, normalized."""
    mean = np.sqrt(np.maximum(a * b, 1e-24))
    found: NDArray[np.float64] = mean / mean.sum(axis=1, keepdims=True)
    return found


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
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--strategies", nargs="+", default=list(NAMES), choices=sorted(STRATEGIES))
    parser.add_argument("--samples", type=int, default=0, help="train on some of the images only")
    options = parser.parse_args()
    train, validation, test = parts()
    positive = np.asarray(test.targets == 1)
    backbone = load(options.backbone)
    found: dict[str, list[dict[str, float]]] = {}

    def note(name: str, seed: int, at: NDArray[np.float64], on: NDArray[np.float64], seconds: float) -> None:
        row = {"accuracy": accuracy(corrected(at, validation, on), test), "auroc": float(auroc(positive, on[:, 1])),
               "plain": accuracy(on, test), "validation": log_loss(cross_corrected(at, validation), validation),
               "seconds": round(seconds, 1)}  # fmt: skip
        found.setdefault(name, []).append(row)
        say(benchmark="pneumonia_finetune", backbone=options.backbone, strategy=name, seed=seed, **row)

    for seed in options.seeds:
        order = np.random.default_rng(seed).permutation(len(train))
        learn = train.take(order[: options.samples or len(train)])
        assert learn.targets is not None
        weight = class_weights(learn.targets, 2)
        begun = time.perf_counter()
        before = frozen(backbone, learn, [validation, test], weight)
        note("frozen", seed, before[0], before[1], time.perf_counter() - begun)
        for name in options.strategies:
            begun = time.perf_counter()
            tuning = Tuning(backbone, learn, validation, STRATEGIES[name], weight=weight, seed=seed)
            at = np.exp(tuning.advance(STRATEGIES[name].recipe.epochs))
            tuned = tuning.finish()
            seconds = time.perf_counter() - begun
            ways = {name: [at, predicted(tuned, test)]}
            begun = time.perf_counter()
            ways[f"{name}, head anew"] = frozen(tuned.backbone, learn, [validation, test], weight)
            anew = time.perf_counter() - begun
            for way, (says, on) in ways.items():
                spent = seconds + (0 if way == name else anew)
                note(way, seed, says, on, spent)
                note(f"{way} + frozen", seed, halved(says, before[0]), halved(on, before[1]), spent)
    moved = {name: rows for name, rows in found.items() if name != "frozen"}
    chosen = min(moved, key=lambda name: np.mean([row["validation"] for row in moved[name]]))
    best = [
        min((rows[run] for rows in moved.values()), key=lambda row: row["validation"])
        for run in range(len(options.seeds))
    ]
    each = {what: interval([row[what] for row in best]) for what in best[0]}
    differences = {
        name: {what: interval([a[what] - b[what] for a, b in zip(rows, found["frozen"], strict=True)])
               for what in ("accuracy", "auroc")}
        for name, rows in moved.items()
    }  # fmt: skip
    means = {name: {what: interval([row[what] for row in rows]) for what in rows[0]} for name, rows in found.items()}
    say(benchmark="pneumonia_finetune", backbone=options.backbone, train=len(train), chosen=chosen,
        reached=means[chosen], reached_by_each_seed_choosing=each, over_frozen=differences, all=means)  # fmt: skip


if __name__ == "__main__":
    main()
