"""How often each transferability score ranks backbones as their true final accuracies do; see ranking_cost for costs.

Truth is the accuracy of logistic regression on the frozen features of all samples, in 5-fold cross-validation; scores
see 300 stratified samples (two draws, averaged). Agreement is SciPy's weighted Kendall tau, in which the top counts
most. A list ordered by size is the control. `--cache FOLDER` keeps features for the next run.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from common import say
from ranking_data import Candidate, candidates, data_sets, embedding, features_of
from scipy.stats import weightedtau

from graft import backbones
from graft.backbones.base import Backbone
from graft.data.dataset import Dataset
from graft.evaluation.crossval import cross_predict
from graft.evaluation.transferability.table import SCORES
from graft.extract import Cache
from graft.heads import make
from graft.heads.folds import stratified_folds
from graft.plan.rank import AUTO, COUNTED
from graft.plan.subsets import stratified_order

SAMPLES, DRAWS = 300, 2
RANKING = [name for name in SCORES if not SCORES[name].own_classes]
CONTROL = "size"


def measured(dataset: Dataset, candidate: Candidate, backbone: Backbone, cache: Cache) -> dict[str, Any]:
    """Give one candidate's true accuracy, its scores, and the seconds each score takes."""
    targets = np.asarray(dataset.targets)
    draws = [np.sort(stratified_order(targets, seed)[:SAMPLES]) for seed in range(DRAWS)]
    free = backbone.card.parameters == 0
    features = features_of(dataset, backbone, cache)
    shown, targets = candidate.show(features), np.asarray(features.dataset.targets)
    scores, seconds = {}, dict.fromkeys(RANKING, 0.0)
    for name in RANKING:
        found = []
        for rows in draws:
            start = time.perf_counter()
            seen = np.sort(stratified_order(targets, 0)[:COUNTED]) if free and name == AUTO else rows
            if SCORES[name].sparse or not free:
                found.append(SCORES[name].of(shown[seen], targets[seen]))
            seconds[name] += (time.perf_counter() - start) / DRAWS
        scores[name] = found
    said = cross_predict(
        lambda: make("tfidf-logistic" if free else "logistic"),
        shown,
        targets,
        stratified_folds(targets, 5),
        len(dataset.classes),
    )
    return {
        "name": candidate.name,
        "own": candidate.own,
        "accuracy": float(np.mean(said.argmax(axis=1) == targets)),
        "size": backbone.card.parameters,
        "scores": scores,
        "seconds": seconds,
    }


def tau(rows: Sequence[dict[str, Any]], score: str) -> float:
    """Give the mean weighted tau over the draws, over the rows that the score can score (not word counts, mostly)."""
    if score == CONTROL:
        return agreement([row["accuracy"] for row in rows], [row["size"] for row in rows])
    able = [row for row in rows if row["scores"][score]]
    truth = [row["accuracy"] for row in able]
    return float(np.mean([agreement(truth, [row["scores"][score][draw] for row in able]) for draw in range(DRAWS)]))


def agreement(truth: Sequence[float], values: Sequence[float]) -> float:
    """Give the weighted tau of two orders, 0 where one of them has no order."""
    found = float(weightedtau(truth, values).statistic) if len(set(values)) > 1 else 0.0
    return found if np.isfinite(found) else 0.0


def regret(rows: Sequence[dict[str, Any]]) -> float:
    """Give how much accuracy is lost by taking the backbone that the automatic score puts first."""
    lost = []
    for draw in range(DRAWS):
        first = max(rows, key=lambda row: row["scores"][AUTO][draw])
        lost.append(max(row["accuracy"] for row in rows) - first["accuracy"])
    return float(np.mean(lost))


def left_out(table: dict[str, dict[str, float]]) -> tuple[float, list[str]]:
    """Choose a score on all data sets but one and look at its tau there, for each; give the mean and the choices.

    Only scores that can score everything, word counts too, are chosen among.
    """
    found, chosen = [], []
    able = [name for name in RANKING if SCORES[name].sparse]
    for name in table:
        others = [taus for other, taus in table.items() if other != name]
        best = max(able, key=lambda score: float(np.mean([taus[score] for taus in others])))
        found.append(table[name][best])
        chosen.append(best)
    return float(np.mean(found)), sorted(set(chosen))


def report(found: dict[str, list[dict[str, Any]]], own: bool) -> dict[str, Any]:
    """Print the table of taus, over backbones only or with their relatives, and give its means."""
    columns = [*RANKING, CONTROL]
    print(f"\nWeighted tau, {'backbones only' if own else 'backbones and their smaller and shallower relatives'}")
    print(f"{'':14}", *(f"{name[:10]:>10}" for name in columns), f"{'of':>4} {'lost':>6}")
    table, lost = {}, []
    for data, every in found.items():
        rows = [row for row in every if row["own"] or not own]
        table[data] = {score: tau(rows, score) for score in columns}
        lost.append(regret(rows))
        print(f"{data:14}", *(f"{table[data][c]:10.2f}" for c in columns), f"{len(rows):4} {lost[-1]:6.3f}")
    means = {score: round(float(np.mean([taus[score] for taus in table.values()])), 3) for score in columns}
    print(f"{'mean':14}", *(f"{means[c]:10.2f}" for c in columns), f"{'':4} {np.mean(lost):6.3f}")
    held, chosen = left_out(table)
    return {"mean_tau": means, "lost": round(float(np.mean(lost)), 4), "left_out": round(held, 3), "chosen": chosen}


def seconds_of(found: dict[str, list[dict[str, Any]]]) -> dict[str, float]:
    """Give the mean seconds that each score takes on the samples of one candidate."""
    rows = [row for every in found.values() for row in every]
    return {name: round(float(np.mean([row["seconds"][name] for row in rows])), 3) for name in RANKING}


def main() -> None:
    """Measure, print the two tables and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, help="where features are kept; else nowhere")
    parser.add_argument("--only", nargs="*", default=[], help="names of data sets")
    parser.add_argument("--backbone", nargs="*", default=[], help="further image backbones, by name or folder")
    args = parser.parse_args()
    found: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder, Cache(args.cache or Path(folder)) as cache:
        for name, dataset in data_sets():
            if args.only and name not in args.only:
                continue
            every = list(candidates(dataset.modality))
            if dataset.modality == "image":
                every += [
                    (Candidate(b, True, partial(backbones.load, b), embedding), backbones.load(b))
                    for b in args.backbone
                ]
            found[name] = [measured(dataset, candidate, backbone, cache) for candidate, backbone in every]
            shown = {row["name"]: round(row["accuracy"], 4) for row in found[name]}
            print(f"{name}: {len(dataset)} samples, {len(dataset.classes)} classes; {shown}", flush=True)
    tables = {part: report(found, part == "backbones") for part in ("backbones", "with_relatives")}
    say(data=list(found), auto=AUTO, **tables, seconds=seconds_of(found))


if __name__ == "__main__":
    main()
