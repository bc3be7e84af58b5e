"""The plan: try frozen candidates, move weights where that may pay, score what is kept, and record all of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graft.model.model import Model
from graft.plan.assembling import assembled
from graft.plan.balance import class_weights
from graft.plan.budget import Clock
from graft.plan.candidates import propose
from graft.plan.decide import settle, shown_views, untried
from graft.plan.material import Material
from graft.plan.moving import RACED, Moved, move
from graft.plan.notes import plan_notes
from graft.plan.record import record_of
from graft.plan.scoring import answered
from graft.plan.splitting import FOLDS
from graft.plan.trials import Ground
from graft.plan.verdict import verdict
from graft.progress import progress

CHOOSING_SHARE = {True: 0.5, False: 0.3}  # of the time left, with a test set and without, where scoring tries all again
VERDICT_SHARE = 0.1
Keep = Callable[[Model], object]


@dataclass(frozen=True)
class Wishes:
    """What a person asked for beside the data; None: what is worth a try, a verdict where weights moved."""

    heads: tuple[str, ...] | None = None
    strategies: tuple[str, ...] | None = None
    verdict: bool | None = None
    seed: int = 0
    device: str = "auto"
    reading: dict[str, Any] = field(default_factory=dict)


def plan(material: Material, wishes: Wishes, clock: Clock, keep: Keep | None = None) -> Model:
    """Try, choose, move weights and score; `keep` is handed a model as soon as there is one, and each better one."""
    dataset, seed = material.dataset, wishes.seed
    assert dataset.targets is not None
    candidates = propose(material.learn, dataset.classes, wishes.heads)
    ground = Ground(
        shown=shown_views(candidates, material.learn),
        targets=dataset.targets,
        n_classes=len(dataset.classes),
        tied=material.tied(),
        folds=material.folds(seed),
        weight=class_weights(dataset.targets, len(dataset.classes)),
    )
    if keep:
        keep(early(assembled(material, untried(candidates[0], ground), Moved(), ground, wishes.reading)))
    start, share = clock.spent(), CHOOSING_SHARE[bool(material.test)]
    with progress("trying candidates", len(candidates)) as step:
        decision, tried, left_out = settle(candidates, ground, clock.share(share), step)
    choosing = clock.spent() - start
    frozen = assembled(material, decision, Moved(), ground, wishes.reading)
    if keep:
        keep(early(frozen))
    moved = move(
        material,
        decision,
        ground,
        clock,
        tried,
        strategies=RACED.get(dataset.modality, ()) if wishes.strategies is None else wishes.strategies,
        seed=seed,
        device=wishes.device,
        reserve=0.0 if material.test else FOLDS * choosing,
    )
    model = assembled(material, decision, moved, ground, wishes.reading) if moved.tuned else frozen
    answers = answered(model, frozen, material, tried, moved, ground, clock, seed)
    scores = answers.scores(model.classes, seed)
    material.notes += [*plan_notes(material, ground, left_out, clock), *moved.notes]
    record = record_of(material, decision, moved, scores, clock, choosing)
    raced = any(trial["epochs"] for trial in moved.record.get("trials", ()))
    if wishes.verdict or (wishes.verdict is None and raced and clock.left() > VERDICT_SHARE * clock.budget):
        record["transfer"] = verdict(answers, ground, clock, seed, wishes.device)
        record["seconds"] = round(clock.spent(), 3)
    return dataclasses.replace(model, scores=scores, record=record)


def early(model: Model) -> Model:
    """Give a model that is handed over before the plan is done, which its record says."""
    return dataclasses.replace(model, record={"unfinished": True})
