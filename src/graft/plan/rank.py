"""rank: which backbone suits labelled data, judged from a few hundred samples without training any."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graft import backbones as catalogue
from graft import extract
from graft.data import read
from graft.data.checks import check_skipped
from graft.errors import BackboneError, DataError, GraftError, did_you_mean
from graft.evaluation.transferability.table import SCORES
from graft.extract.cache import Cache
from graft.extract.views import View
from graft.heads.columns.encoding import dense
from graft.plan.opening import opened
from graft.plan.parts import divide
from graft.plan.ranking import Ranked, Ranking
from graft.plan.subsets import stratified_order

if TYPE_CHECKING:
    from graft.data.dataset import Dataset
    from graft.extract.features import Features

AUTO, AUTO_AMOUNTS = "left-out-accuracy", "probe"
LEAST, A_CLASS, COUNTED = 10, 3, 2000


def rank(
    source: Any,
    *,
    input: str | None = None,
    target: str | None = None,
    task: str | None = None,
    group: str | None = None,
    backbones: str | Sequence[str] | None = None,
    score: str = "auto",
    samples: int = 300,
    seed: int = 0,
    device: str = "auto",
    exact: bool = False,
    max_skipped: float = 0.05,
    cache: Cache | None = None,
) -> Ranking:
    """Rank backbones (by name; else all packaged ones) for labelled data, best first.

    At most `samples` stratified samples of the training part (three a class at least) are embedded with each. Scores
    are those of `graft.evaluation.transferability`; `auto` is left-out accuracy, whose ranking was right most often
    where it was measured (for amounts, `probe`). By it word counts, which cost nothing, are judged on up to 2,000
    samples: on a few hundred they are far below what they become.
    Backbones on a hub out of reach are noted, and the packaged ones take their place. Raises DataError, BackboneError
    or GraftError with a sentence when something is wrong with what was given.

    >>> texts = ["good film", "good plot", "good cast", "bad film", "bad plot", "bad cast"] * 2
    >>> ranking = rank((texts, (["yes"] * 3 + ["no"] * 3) * 2), backbones="word-counts")
    >>> ranking.best, ranking.score
    ('word-counts', 'left-out-accuracy')
    """
    check_words(score, samples, seed)
    learn = divide(read(source, input=input, target=target, task=task, group=group), None).learn
    check_skipped(learn.skipped, len(learn) + len(learn.skipped), max_skipped)
    chosen = (AUTO if learn.classes else AUTO_AMOUNTS) if score == "auto" else score
    check_task(learn, chosen)
    assert learn.targets is not None
    order = stratified_order(learn.targets, seed)
    few = max(samples, A_CLASS * len(learn.classes))
    some, many = (learn.take(np.sort(order[:count])) for count in (few, max(few, COUNTED)))
    names = names_of(backbones, learn.modality)
    cache = cache or Cache()
    notes, rows = list(learn.notes), []
    candidates = opened(names, learn.modality, notes, device, exact)
    start = time.perf_counter()
    for name, backbone in candidates:
        free = backbone.cheap and chosen == AUTO
        features = distinct(extract.embed(many if free else some, backbone, cache=cache, max_skipped=max_skipped))
        some = some if free else features.dataset
        value, note = rated(features, chosen)
        note = note or f"judged on {len(features)} samples" * (len(features) > few)
        card, spent = backbone.card, time.perf_counter() - start
        size = card.parameters * 4 / 1e6
        rows.append(Ranked(name, value, spent, features.embedded, size, card.parameters, card.licence, note))
        start = time.perf_counter()
    rows.sort(key=lambda row: (row.score is None, -(row.score or 0.0), row.parameters))
    return Ranking(tuple(rows), chosen, len(some), tuple(notes))


def names_of(backbones: str | Sequence[str] | None, modality: str) -> list[str]:
    """Give the names asked for, or those of all packaged ones of the modality; raises BackboneError without any."""
    names = [backbones] if isinstance(backbones, str) else list(backbones or catalogue.available(modality))
    if not names:
        raise BackboneError(f"No backbone for {modality} is here. To get some: pip install 'graftlearn[packaged]'")
    return names


def check_words(score: str, samples: int, seed: int) -> None:
    """Raise GraftError for a score that does not exist, too few samples, or a seed below zero."""
    if score != "auto" and score not in SCORES:
        raise GraftError(f"There is no score {score!r}. {did_you_mean(score, ['auto', *SCORES])}")
    if samples < LEAST:
        raise GraftError(f"{samples} samples are too few to rank by: give {LEAST} or more, such as 300.")
    if seed < 0:
        raise GraftError(f"The seed is {seed}: give a whole number from 0 up.")


def check_task(learn: Dataset, score: str) -> None:
    """Raise DataError where the targets are amounts and the score takes none."""
    if learn.task == "regression" and not SCORES[score].amounts:
        able = ", ".join(name for name, rating in SCORES.items() if rating.amounts)
        raise DataError(f"The score {score!r} needs classes and the targets are amounts. Scores for amounts: {able}.")


def distinct(features: Features) -> Features:
    """Give the features of samples whose content is met for the first time: a copy is no sample of its own."""
    _, first = np.unique(features.keys, axis=0, return_index=True)
    return features if len(first) == len(features) else features.take(np.sort(first))


def rated(features: Features, score: str) -> tuple[float | None, str]:
    """Give the score of features and "", or None and the reason why they have none."""
    rating, sparse, targets = SCORES[score], hasattr(features.values, "tocsr"), features.dataset.targets
    assert targets is not None
    if sparse and not (rating.sparse and features.dataset.classes):
        return None, f"{score} cannot score word counts"
    if rating.own_classes:
        if not features.backbone.class_names:
            return None, f"{score} needs a backbone with classes of its own"
        return rating.of(np.exp(np.asarray(View("class-scores").of(features))), targets), ""
    shown = View().of(features)
    return rating.of(dense(np.asarray(shown)) if features.dataset.modality == "table" else shown, targets), ""
