"""What the domain benchmarks share: every method on every pair, what validators say of each, and what auto reaches."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from common import say
from numpy.typing import NDArray
from scipy.stats import spearmanr

import graft
from graft.align import METHODS, VALIDATORS, Adaptation, Source, Target, adapt_features
from graft.align.aligned import Aligned
from graft.align.even import steady
from graft.data.dataset import Dataset
from graft.evaluation.ranking import auroc
from graft.heads.logistic import Logistic

Domain = tuple[Mapping[str, NDArray[Any]], NDArray[np.int64]]
Pairs = Sequence[tuple[str, str]]
DRAWS = 1000


def ordered(domains: Mapping[str, Domain]) -> Iterator[tuple[str, str]]:
    """Give all ordered pairs of different domains."""
    return itertools.permutations(domains, 2)


def quality(logs: NDArray[np.float64], y: NDArray[np.int64], area: bool) -> float:
    """Give the accuracy, or the area under the ROC curve of two classes."""
    if area:
        return float(auroc(y == 1, logs[:, 1] - logs[:, 0]))
    return float((logs.argmax(axis=1) == y).mean())


def intervals(before: NDArray[Any], after: NDArray[Any], y: NDArray[Any], area: bool) -> dict[str, list[float]]:
    """Give 95 % intervals of the quality before and after, and of the gain: bootstraps of target rows, paired."""
    rng, found = np.random.default_rng(0), []
    while len(found) < DRAWS:
        rows = rng.integers(0, len(y), len(y))
        if not area or len(np.unique(y[rows])) > 1:
            found.append([quality(logs[rows], y[rows], area) for logs in (before, after)])
    reached = np.column_stack([found, np.diff(found, axis=1)])
    low, high = np.percentile(reached, [2.5, 97.5], axis=0).round(4).tolist()
    return {name: [a, b] for name, a, b in zip(("source_only_95", "auto_95", "gain_95"), low, high, strict=True)}


def every_answer(source: Source, target: Target) -> dict[str, Aligned]:
    """Give what every method answers, all with one setting."""
    maker = steady(source, target)
    return {name: fit(source, target, Logistic if name == "source-only" else maker, 0) for name, fit in METHODS.items()}


def judged(answers: Mapping[str, Aligned], source: Source, target: Target) -> dict[str, list[float]]:
    """Give what every validator says of each answer, the larger the better, without a label of the target."""
    return {key: [validator(a, source, target, 0) for a in answers.values()] for key, validator in VALIDATORS.items()}


def every_method(
    data: str, domains: Mapping[str, Domain], view: str, area: bool = False, only: Pairs | None = None
) -> None:
    """Print, per pair, what every method reaches on one view, and how each validator orders the methods."""
    correlation: dict[str, list[float]] = {name: [] for name in VALIDATORS}
    regret: dict[str, list[float]] = {name: [] for name in VALIDATORS}
    for s, t in only or ordered(domains):
        source, target, y = Source(domains[s][0][view], domains[s][1]), Target(domains[t][0][view]), domains[t][1]
        answers = every_answer(source, target)
        reached = {name: quality(found.target, y, area) for name, found in answers.items()}
        for key, order in judged(answers, source, target).items():
            correlation[key].append(float(spearmanr(order, list(reached.values())).statistic))
            regret[key].append(max(reached.values()) - list(reached.values())[int(np.argmax(order))])
        say(data=f"{data}/{view}", source=s, target=t, methods={n: round(v, 4) for n, v in reached.items()})
    say(
        data=f"{data}/{view}",
        rank_correlation={key: round(float(np.nanmean(v)), 2) for key, v in correlation.items()},
        regret={key: round(float(np.mean(v)), 4) for key, v in regret.items()},
    )


def front_door(data: str, domains: Mapping[str, Dataset], budget: str = "2m", only: Pairs | None = None) -> None:
    """Print, per pair, what `fit` with `adapt_to` says of itself on the target: source-only and adapted, and the means.

    Target labels are used for the final score alone; weights are not moved.
    """
    rows = []
    for s, t in only or itertools.permutations(domains, 2):
        model = graft.fit(domains[s], adapt_to=domains[t], test=domains[t], budget=budget, finetune="never")
        told = model.record["adaptation"]
        assert model.scores is not None
        after = model.scores.accuracy.value
        before = told["test"]["source_only"]["accuracy"] if told["adapted"] else after
        rows.append((before, after))
        say(
            data=f"{data}, through fit", source=s, target=t, source_only=round(before, 4), fit=round(after, 4),
            adapted=told["adapted"], seconds=model.record["seconds"],
        )  # fmt: skip
    mean, gains = np.mean(rows, axis=0), [after - before for before, after in rows]
    figures = {"source_only": mean[0], "fit": mean[1], "least_gain": min(gains)}
    say(data=f"{data}, through fit", **{name: round(float(value), 4) for name, value in figures.items()})


def auto(data: str, domains: Mapping[str, Domain], area: bool = False, only: Pairs | None = None) -> None:
    """Print, per pair, the source-only heads and what `adapt_features` reaches with all views, and the means."""
    rows = []
    for s, t in only or ordered(domains):
        start = time.perf_counter()
        found: Adaptation = adapt_features(domains[s][0], domains[s][1], domains[t][0])
        seconds, y = time.perf_counter() - start, domains[t][1]
        rows.append((quality(found.before, y, area), quality(found.target, y, area)))
        say(
            data=data, source=s, target=t, source_only=round(rows[-1][0], 4), auto=round(rows[-1][1], 4),
            **intervals(found.before, found.target, y, area), adapted=found.adapted, seconds=round(seconds, 1),
            evidence=found.notes[1:],
        )  # fmt: skip
    mean = np.mean(rows, axis=0)
    worst = min(after - before for before, after in rows)
    say(data=data, source_only=round(mean[0], 4), auto=round(mean[1], 4), least_gain=round(worst, 4))
