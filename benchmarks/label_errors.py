"""Planted wrong labels: 5 % are flipped, and the first ten suggestions of a fit are counted; hymenoptera and Blitzer.

Nothing is chosen by where the flips are. Use: python benchmarks/label_errors.py [SEEDS]
"""

import dataclasses
import sys
import tempfile
from pathlib import Path

import numpy as np
from blitzer import DOMAINS, write_csv
from common import need, say

import graft
from graft.data.dataset import Dataset
from graft.reporting.picks import wrong_labels
from graft.reporting.report import run_of

SHARE, FIRST = 0.05, 10


def flipped(dataset: Dataset, seed: int) -> tuple[Dataset, np.ndarray]:
    """Give the data with 5 % of its labels, drawn by the seed, turned into another class, and which they are."""
    assert dataset.targets is not None
    rng = np.random.default_rng(seed)
    which = rng.choice(len(dataset), round(SHARE * len(dataset)), replace=False)
    targets = dataset.targets.copy()
    targets[which] = (targets[which] + rng.integers(1, len(dataset.classes), len(which))) % len(dataset.classes)
    return dataclasses.replace(dataset, targets=targets), which


def found(dataset: Dataset, test: Dataset, seed: int) -> dict[str, float]:
    """Flip, fit, and give the share of planted ones among the first suggestions: ten, and as many as were flipped."""
    planted, which = flipped(dataset, seed)
    model = graft.fit(planted, test=test, budget="2m", finetune="never", verdict=False, seed=seed)
    run = run_of(model)
    errors, place = wrong_labels(run)
    assert errors is not None
    names = {planted.names[i] for i in which}
    suggested = [run.evidence.names[i] for i in place[errors.index] if run.evidence.parts[i] != "test"]
    hits = np.array([name in names for name in suggested[: len(which)]], dtype=float)
    return {
        "planted": len(which),
        "suggested": len(suggested),
        "first_ten": round(float(hits[:FIRST].mean()), 3),
        "first_as_many": round(float(hits.sum() / len(which)), 3),
        "rate": round(errors.rate, 4),
    }


def main() -> None:
    """Print a line a data set and seed, then the mean precision among the first ten of each."""
    seeds = range(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
    folder = need("images/hymenoptera")
    sets = {"hymenoptera": (graft.read(folder / "train"), graft.read(folder / "val"))}
    with tempfile.TemporaryDirectory() as place:
        table = Path(place) / "blitzer.csv"
        write_csv(table)
        every = graft.read(table, domain="domain")
    for domain in DOMAINS:
        own = every.where(every.domains == domain)
        held = np.random.default_rng(0).permutation(len(own)) < len(own) // 5
        sets[f"blitzer/{domain}"] = (own.where(~held), own.where(held))
    means = {}
    for name, (learn, test) in sets.items():
        rows = [found(learn, test, seed) for seed in seeds]
        for seed, row in zip(seeds, rows, strict=True):
            say(data=name, seed=seed, **row)
        means[name] = round(float(np.mean([row["first_ten"] for row in rows])), 3)
    say(first_ten=means)


if __name__ == "__main__":
    main()
