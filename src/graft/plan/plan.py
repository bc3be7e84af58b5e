"""The plan: try frozen candidates, move weights where that may pay, score what is kept, and record all of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graft.align.test_time.contrast import contrast_of, drawn_photos
from graft.data.dataset import Dataset
from graft.evaluation.balance import class_weights
from graft.model.adapted_views import groups_of
from graft.model.evidence import Evidence
from graft.model.model import Model
from graft.plan.adapting import adapted, told
from graft.plan.ahead import beside
from graft.plan.assembling import assembled
from graft.plan.budget import Clock
from graft.plan.candidates import propose
from graft.plan.decide import Decision, settle, shown_views, untried
from graft.plan.evidence import EARLY, evidence_of
from graft.plan.focus import apart_by_domain, focus_notes
from graft.plan.material import Material
from graft.plan.moving import Moved, move, strategies_for
from graft.plan.notes import plan_notes
from graft.plan.operating import NOT_MOVED, pointed, positive_of, scored_at
from graft.plan.record import record_of
from graft.plan.scoring import answered
from graft.plan.splitting import FOLDS
from graft.plan.together import together_notes
from graft.plan.trials import Ground
from graft.plan.unseen_domain import domain_count, without_each_domain
from graft.plan.verdict import verdict
from graft.progress import is_watched, progress

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
    sensitivity: float | None = None
    positive: str | None = None

    def would_race(self, dataset: Dataset) -> tuple[str, ...]:
        """Give the strategies to race where no threshold is to be chosen."""
        return strategies_for(dataset) if self.strategies is None else self.strategies

    def raced(self, dataset: Dataset) -> tuple[str, ...]:
        """Give the strategies to race; none where a threshold is to be chosen."""
        return self.would_race(dataset) if self.sensitivity is None else ()


def plan(material: Material, wishes: Wishes, clock: Clock, keep: Keep | None = None) -> Model:
    """Try, choose, move weights and score; `keep` is handed a model as soon as there is one, and each better one."""
    dataset, seed = material.dataset, wishes.seed
    assert dataset.targets is not None
    positive = positive_of(dataset.classes, wishes.sensitivity, wishes.positive)
    candidates = propose(material.learn, dataset.classes, wishes.heads)
    ground = Ground(
        shown=shown_views(candidates, material.learn),
        targets=dataset.targets,
        n_classes=len(dataset.classes),
        tied=material.tied(),
        folds=material.folds(seed),
        weight=class_weights(dataset.targets, len(dataset.classes), apart_by_domain(dataset)),
        focus=material.focus(),
    )
    if keep:
        keep(early(assembled(material, untried(candidates[0], ground), Moved(), ground, wishes.reading)))
    start, contrast = clock.spent(), beside(contrast_of, drawn_photos(dataset))
    with progress("trying candidates", len(candidates)) as step:
        decision, tried, left_out = settle(candidates, ground, clock.share(CHOOSING_SHARE[bool(material.test)]), step)
    choosing = clock.spent() - start
    frozen = assembled(material, decision, Moved(), ground, wishes.reading)
    if wishes.sensitivity is not None:
        frozen, said = pointed(frozen, decision, ground, positive, wishes.sensitivity)
        material.notes += [*([NOT_MOVED] if wishes.would_race(dataset) else []), said]
    if keep:
        seen = evidence_of(material, decision, frozen, seed=seed, most=EARLY) if is_watched() else None
        keep(early(frozen, seen, decision))
    moved = move(
        material,
        decision,
        ground,
        clock,
        tried,
        strategies=wishes.raced(dataset),
        seed=seed,
        device=wishes.device,
        reserve=choosing * (domain_count(dataset.domains) + (0 if material.test else FOLDS)),
    )
    alone = assembled(material, decision, moved, ground, wishes.reading) if moved.tuned else frozen
    model, adaptation = adapted(alone, material, ground, clock, seed)
    domains = without_each_domain(tried, ground, dataset.domains, dataset.classes, clock, seed)
    answers = answered(model if material.test else alone, frozen, material, tried, moved, ground, clock, seed)
    scores = answers.scores(model.classes, seed)
    if frozen.operating is not None:
        scores = scored_at(answers, ground, frozen.operating, model.classes, seed)
    material.notes += focus_notes(ground.folds, ground.focus, material.parts.focus)
    material.notes += [*plan_notes(material, ground, left_out, clock), *moved.notes]
    material.notes += [] if moved.tuned else together_notes(material, frozen, decision, ground)
    record = record_of(material, decision, moved, scores, clock, choosing)
    scores, of_target = told(adaptation, alone, model, scores, material, seed)
    record |= of_target | {"domains": domains, "groups": groups_of(material.learn), "contrast": contrast.result()}
    raced = any(trial["epochs"] for trial in moved.record.get("trials", ()))
    if wishes.verdict or (wishes.verdict is None and raced and clock.left() > VERDICT_SHARE * clock.budget):
        record["transfer"] = verdict(answers, ground, clock, seed, wishes.device)
        record["seconds"] = round(clock.spent(), 3)
    evidence = evidence_of(material, decision, model, answers, moved, alone, seed)
    return dataclasses.replace(model, scores=scores, record=record, evidence=evidence)


def early(model: Model, evidence: Evidence | None = None, decision: Decision | None = None) -> Model:
    """Give a model that is handed over before the plan is done, which its record says."""
    record = {"unfinished": True, "trials": [] if decision is None else list(decision.verdicts)}
    return dataclasses.replace(model, record=record, evidence=evidence)
