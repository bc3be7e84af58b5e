"""A Model adapted to a target from what it says of it alone: groups, class shares, and views that teach each other."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from graft.align.adaptation import Adaptation
from graft.align.co_training import co_trained
from graft.align.evidence import LoneEvidence
from graft.align.head import AlignedHead
from graft.align.members import answer
from graft.align.source_free.door import adapt_alone
from graft.align.source_free.shifted import METHOD
from graft.errors import DataError
from graft.extract.features import Features
from graft.model.adapted_members import adapted_model
from graft.model.adapted_record import changes, kept, record_of
from graft.model.adapted_views import FEWEST, Shown, rows_of, shown_to_adapt
from graft.model.answering import AnyModel
from graft.model.lineage import foremost
from graft.model.member import FLOOR
from graft.model.shifting import by_lineage, shifted

NO_VIEW = (
    "rows of tables have no distances to adapt by. To have its help label a few rows of the target, put them among the "
    "others with a column of domains, and name both with --domain-column and --target-domain."
)
THRESHOLD = "its threshold was chosen for the probabilities it gives, and would not hold for others."


def without_source(model: AnyModel, target: Mapping[str, Features], seed: int = 0) -> tuple[AnyModel, dict[str, Any]]:
    """Adapt from what the model says of target features alone; give the model, changed or not, and its record.

    Where classes are groups of the target these decide (`adapt_alone`); where they are not, the model's classes are
    shifted (`shifted`) and its views learn from each other (`co_trained`), each only with evidence. Raises DataError
    for a model of amounts and for fewer than three target inputs.
    """
    first = checked(model, target)
    shown = shown_to_adapt({name: target[name] for name in model.backbones})
    if why := reason_to_stay(model, shown):
        return model, kept(first, True, why)
    before = np.log(np.maximum(model.answer(target), FLOOR))
    known = [value for name, value in model.record.get("groups", {}).items() if name in shown]
    grouped = float(np.mean(known)) if known else None
    found = adapt_alone(rows_of(shown, target), before, grouped)
    if found.adapted:
        return adapted_model(model, model.backbones, found, shown), record_of(first, found, source_free=True)
    learned = model.record.get("data", {}).get("counts", {})
    made, record = by_shares(model, target, learned, first, found, source_free=True)
    if isinstance(found.evidence, LoneEvidence) and found.evidence.are_groups:
        return made, record
    return learned_there(model, made, target, shown, record, seed)


def reason_to_stay(model: AnyModel, shown: Shown) -> str:
    """Say why a model cannot be adapted, whatever its target is like; else nothing."""
    return THRESHOLD if model.operating is not None else "" if shown else NO_VIEW


def by_shares(
    model: AnyModel,
    target: Mapping[str, Features],
    learned: Mapping[str, int],
    first: Features,
    found: Adaptation,
    source_free: bool,
) -> tuple[AnyModel, dict[str, Any]]:
    """Shift the classes of the model's own members where `found` gave nothing to use."""
    stays = dataclasses.replace(found, target=found.before, adapted=False)
    made, notes = shifted(model, target, learned)
    record = record_of(first, stays, source_free) | {"notes": [*found.notes[1:], *notes]}
    if made is model:
        return model, record
    changed = int((found.before.argmax(axis=1) != made.answer(target).argmax(axis=1)).sum())
    methods = [f"{m.backbone} · {m.view} · {METHOD}" for m in made.members if isinstance(m.head, AlignedHead)]
    return made, record | changes(methods, changed, len(first))


def learned_there(
    model: AnyModel, kept: AnyModel, target: Mapping[str, Features], shown: Shown, record: dict[str, Any], seed: int
) -> tuple[AnyModel, dict[str, Any]]:
    """Let views of a kept model, one of each lineage, learn from each other on the target; see `co_trained`."""
    before, base = (np.log(np.maximum(m.answer(target), FLOOR)) for m in (model, kept))
    apart = {name: place for name, place in shown.items() if place[0] in foremost(model.backbones)}
    learned, notes = co_trained(rows_of(apart, target), base, by_lineage(kept, target), seed)
    record = record | {"notes": [*record["notes"], *notes]}
    if not learned:
        return kept, record
    found = Adaptation(learned, answer(learned), before, True, None, ())
    methods = sorted(f"{view} · {part.method}" for view, part in learned)
    changed = int((before.argmax(axis=1) != found.target.argmax(axis=1)).sum())
    return adapted_model(kept, kept.backbones, found, shown), record | changes(methods, changed, len(before))


def checked(model: AnyModel, target: Mapping[str, Features]) -> Features:
    """Give the features of the first backbone; raises DataError for a model of amounts and for too few inputs."""
    first = next(iter(target.values()))
    if model.task != "classification":
        raise DataError("Adapting to another domain is for classes, and this model predicts amounts.")
    if len(first) < FEWEST:
        raise DataError(
            f"{first.dataset.source or 'The target'} has {len(first)} inputs that can be read: give at least {FEWEST}; "
            "what a domain is like takes more than one of it to see."
        )
    return first
