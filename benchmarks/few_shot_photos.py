"""Photos with few labels: 5-way 1-shot and 5-shot over 12 classes of photos, frozen packaged backbones, 600 episodes.

The classes are those of Office-Caltech (its three domains together) and hymenoptera. Heads see the support alone; the
calibrated ones also the spread of the seven classes that an episode leaves out. Transductive functions see the support
and all queries together: 15 of each class, or with --uneven as many of each as a Dirichlet(2) draw says.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from common import need, say
from numpy.typing import NDArray
from scipy.stats import t

import graft
from graft import backbones, extract
from graft.extract.views import View
from graft.heads import make
from graft.heads.base_statistics import BaseStatistics
from graft.heads.power import is_skewed, power
from graft.heads.transductive import TRANSDUCTIVE

FOLDERS = ("office_caltech/amazon", "office_caltech/webcam", "office_caltech/dslr", "hymenoptera")
WAYS, QUERIES = 5, 15
PLAIN = "prototypes"
ALONE = ("prototypes", "nearest-mean", "ridge", "lda", "logistic")
Episode = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def photos(name: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Give the (N, D) features of all photos and the (N,) numbers of their classes."""
    backbone, features, labels = backbones.load(name), [], []
    for folder in FOLDERS:
        dataset = graft.read(need(f"images/{folder}"))
        embedded = extract.embed(dataset, backbone, cache=extract.Cache())
        features.append(np.asarray(View().of(embedded)))
        assert embedded.dataset.targets is not None
        labels.append(np.array(dataset.classes)[embedded.dataset.targets])
    return np.concatenate(features), np.unique(np.concatenate(labels), return_inverse=True)[1]


def episodes(y: NDArray[np.int64], shots: int, count: int, uneven: bool) -> Iterator[Episode]:
    """Give rows of support and queries, their labels from 0, and the rows of the classes left out."""
    for number in range(count):
        random = np.random.default_rng([number, shots])
        classes = random.permutation(int(y.max()) + 1)[:WAYS]
        share = random.dirichlet(np.full(WAYS, 2.0)) if uneven else np.full(WAYS, 1 / WAYS)
        wanted = random.multinomial(QUERIES * WAYS, share) if uneven else np.full(WAYS, QUERIES)
        support, queries = [], []
        for label, most in zip(classes, wanted, strict=True):
            rows = random.permutation(np.flatnonzero(y == label))
            support.append(rows[:shots])
            queries.append(rows[shots : shots + most])
        own, other = (np.repeat(np.arange(WAYS), [len(rows) for rows in part]) for part in (support, queries))
        left_out = np.flatnonzero(~np.isin(y, classes))
        yield np.concatenate(support), own, np.concatenate(queries), other, left_out


def answers(
    X: NDArray[np.float32], y: NDArray[np.int64], episode: Episode, calibrated: bool
) -> Iterator[tuple[str, NDArray[np.float64], float]]:
    """Give each way's name, its (m, K) probabilities of the queries, and its seconds."""
    support, own, queries, _, left_out = episode
    for name in ALONE:
        start = time.perf_counter()
        head: Any = make(name).fit(X[support], own)
        yield name, head.predict_proba(X[queries]), time.perf_counter() - start
    raised = power(X) if calibrated and is_skewed(X) else X
    for name in ("ridge", "logistic") if calibrated else ():
        base = BaseStatistics.of(raised[left_out], y[left_out])
        start = time.perf_counter()
        head = make(name).fit(*base.calibrated(raised[support], own))
        yield f"calibrated {name}", head.predict_proba(raised[queries]), time.perf_counter() - start
    for name, answer in TRANSDUCTIVE.items():
        start = time.perf_counter()
        if name != PLAIN:
            yield f"transductive {name}", answer(X[support], own, X[queries]), time.perf_counter() - start


def interval(values: NDArray[np.float64]) -> dict[str, float]:
    """Give the mean over episodes with the half width of its 95 % interval."""
    half = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return {"mean": round(float(values.mean()), 4), "half": round(half, 4)}


def main() -> None:
    """Print one line a backbone and number of shots: accuracies, and paired gains over plain prototypes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backbones", nargs="+", default=["efficientnet-lite0"])
    parser.add_argument("--shots", type=int, nargs="+", default=[1, 5])
    parser.add_argument("--episodes", type=int, default=600)
    parser.add_argument("--calibrated", type=int, default=60, help="episodes in which the slow heads run")
    parser.add_argument("--uneven", action="store_true")
    options = parser.parse_args()
    for name in options.backbones:
        X, y = photos(name)
        for shots in options.shots:
            found: dict[str, list[float]] = {}
            spent: dict[str, float] = {}
            for number, episode in enumerate(episodes(y, shots, options.episodes, options.uneven)):
                for way, p, seconds in answers(X, y, episode, number < options.calibrated):
                    found.setdefault(way, []).append(float(np.mean(p.argmax(axis=1) == episode[3])))
                    spent[way] = spent.get(way, 0.0) + seconds
            accuracy = {way: interval(np.array(values)) for way, values in found.items()}
            gain = {way: interval(np.subtract(values, found[PLAIN][: len(values)])) for way, values in found.items()}
            times = {way: round(1000 * seconds / len(found[way]), 1) for way, seconds in spent.items()}
            say(benchmark="few_shot_photos", backbone=name, ways=WAYS, shots=shots, episodes=options.episodes,
                uneven=options.uneven, accuracy=accuracy, over_prototypes=gain, milliseconds=times)  # fmt: skip


if __name__ == "__main__":
    main()
