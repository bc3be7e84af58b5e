"""What `rank` costs beside trying all: the frozen head of every backbone on all data, and fine-tuning each.

Nothing is cached. Fine-tuning is one epoch of `lp-ft` on 64 samples, scaled to its six epochs on all of them.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from common import say
from ranking_data import data_sets

from graft import backbones, extract
from graft.data.dataset import Dataset
from graft.evaluation.crossval import cross_predict
from graft.extract import Cache
from graft.finetune.strategies import STRATEGIES
from graft.finetune.tuning import Tuning
from graft.heads import make
from graft.heads.folds import stratified_folds
from graft.plan.rank import rank
from graft.plan.subsets import stratified_order

FEW = 64


def frozen_seconds(dataset: Dataset, name: str) -> float:
    """Give the seconds of loading and embedding all, and of a linear head in 5-fold cross-validation."""
    start = time.perf_counter()
    features = extract.embed(dataset, backbones.load(name), show_progress=False)
    targets = np.asarray(features.dataset.targets)
    shown = features.values
    head = "tfidf-logistic" if hasattr(shown, "tocsr") else "logistic"
    cross_predict(lambda: make(head), shown, targets, stratified_folds(targets, 5), len(dataset.classes))
    return time.perf_counter() - start


def tuning_seconds(dataset: Dataset, name: str) -> float:
    """Give the seconds that fine-tuning on all would take; none where there are no weights to move."""
    backbone = backbones.load(name)
    if backbone.card.parameters == 0:
        return 0.0
    few = dataset.take(stratified_order(np.asarray(dataset.targets), 0)[:FEW])
    strategy = STRATEGIES["lp-ft"]
    tuning = Tuning(backbone, few, few.take([]), strategy, device="cpu")
    tuning.advance(1)
    return tuning.seconds_an_epoch * strategy.recipe.epochs * len(dataset) / len(few)


def main() -> None:
    """Print one JSON line a data set, and one for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=["webcam", "pneumonia", "kitchen"], help="names of data sets")
    only = parser.parse_args().only
    totals = np.zeros(3)
    for data, dataset in data_sets():
        if data not in only:
            continue
        names = backbones.available(dataset.modality)
        with tempfile.TemporaryDirectory() as folder, Cache(Path(folder)) as cache:
            start = time.perf_counter()
            rank(dataset, cache=cache)
            ranking = time.perf_counter() - start
        frozen = sum(frozen_seconds(dataset, name) for name in names)
        tuned = sum(tuning_seconds(dataset, name) for name in names)
        totals += ranking, frozen, tuned
        say(data=data, samples=len(dataset), **shares(ranking, frozen, tuned))
    say(data="all", **shares(*totals))


def shares(ranking: float, frozen: float, tuned: float) -> dict[str, float]:
    """Give the seconds, and those of ranking as a share of trying frozen heads, and of trying fine-tuning as well."""
    return {
        "ranking": round(ranking, 1),
        "frozen_heads": round(frozen, 1),
        "fine_tuning": round(tuned, 1),
        "of_frozen": round(ranking / frozen, 3),
        "of_all": round(ranking / (frozen + tuned), 4),
    }


if __name__ == "__main__":
    main()
