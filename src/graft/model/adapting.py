"""A Model adapted to an unlabelled target: with the source's features at hand, or without any."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.align.adapt import OUT_OF_TIME, adapt_features
from graft.align.distance.columns import said_of_columns, shifts_of_tables
from graft.evaluation.balance import class_weights
from graft.extract.features import Features
from graft.model.adapted_members import adapted_model
from graft.model.adapted_record import kept, record_of
from graft.model.adapted_views import rows_of, shown_to_adapt, witnesses_of
from graft.model.answering import AnyModel
from graft.model.member import FLOOR
from graft.model.source_free import by_shares, checked, learned_there, reason_to_stay, without_source

if TYPE_CHECKING:
    from graft.backbones.base import Backbone
    from graft.extract.cache import Cache


def adapt(
    model: AnyModel,
    unlabelled: Any,
    *,
    source: Any = None,
    seed: int = 0,
    max_skipped: float = 0.05,
    cache: Cache | None = None,
) -> AnyModel:
    """Give the model adapted to unlabelled inputs of another domain; see `Model.adapt`."""
    target = model.features(unlabelled, max_skipped=max_skipped, cache=cache)
    if source is None:
        made, told = without_source(model, target, seed)
    else:
        learn = model.features(source, labelled=True, max_skipped=max_skipped, cache=cache)
        dataset = next(iter(learn.values())).dataset
        weight = class_weights(np.asarray(dataset.targets), len(model.classes), dataset.domains)
        made, told = with_source(model, model.backbones, learn, target, weight, seed)
    scores = model.scores if made is model else None
    record = model.record | {"adaptation": told}
    if told["adapted"]:
        record |= {
            "chosen": f"adapted to the target: {' + '.join(told['members'])}",
            "scored_on": "",
        }
    return dataclasses.replace(made, scores=scores, record=record)


def with_source(
    model: AnyModel,
    backbones: Mapping[str, Backbone],
    learn: Mapping[str, Features],
    target: Mapping[str, Features],
    weight: NDArray[np.float64] | None = None,
    seed: int = 0,
    left: Callable[[], float] = lambda: math.inf,
) -> tuple[AnyModel, dict[str, Any]]:
    """Adapt with labelled source features; give the model, changed or not, and what the record says of it.

    `learn` and `target` are features by backbone, the target's of the model's own backbones too; `left` gives the
    seconds there are. Raises DataError for
    a model of amounts and for fewer than three target inputs.
    """
    first = checked(model, target)
    dataset = next(iter(learn.values())).dataset
    y = np.asarray(dataset.targets)
    missing = [name for name, count in dataset.counts().items() if not count]
    if missing:
        why = f"the source has no sample of the class {missing[0]!r}, so domains cannot be compared."
        return model, kept(first, False, why)
    shown = shown_to_adapt(learn)
    if why := reason_to_stay(model, shown):
        name = next(iter(learn))
        return model, kept(first, False, why) | {"notes": said_of_columns(shifts_of_tables(learn[name], target[name]))}
    witnesses = witnesses_of(shown, learn)
    shown |= witnesses
    S, T = rows_of(shown, learn), rows_of(shown, target)
    before = np.log(np.maximum(model.answer(target), FLOOR))
    found = adapt_features(
        S, y, T, weight=weight, domain=dataset.domains, before=before, witnesses=witnesses, left=left, seed=seed
    )
    if OUT_OF_TIME in found.notes:
        return model, kept(first, False, OUT_OF_TIME)
    grouped = found.evidence is not None and found.evidence.enough
    if not grouped and set(model.backbones) - set(learn):  # moved weights, which frozen views cannot stand in for
        made, record = by_shares(model, target, dataset.counts(), first, found, source_free=False)
        if found.evidence is not None:
            return made, record
        own = shown_to_adapt({name: target[name] for name in model.backbones})
        return learned_there(model, made, target, own, record, seed)
    return adapted_model(model, backbones, found, shown), record_of(first, found, source_free=False)
