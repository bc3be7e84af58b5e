"""The target domain of a fit: read without its labels, and what is kept adapted to it where the evidence does."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graft.data import read
from graft.data.read import has_columns
from graft.data.rows import reading_of
from graft.errors import DataError
from graft.extract.embedding import embed
from graft.plan.honest import score
from graft.progress import progress

if TYPE_CHECKING:
    from graft.data.dataset import Dataset
    from graft.evaluation.scores import Scores
    from graft.model.model import Model
    from graft.plan.budget import Clock
    from graft.plan.material import Material
    from graft.plan.trials import Ground

TOLD = ("accuracy", "balanced_accuracy")


def read_target(source: Any, learn: Dataset, input: str | Sequence[str] | None) -> Dataset:
    """Read an unlabelled target domain; labels in it are never read. Raises DataError where it does not fit."""
    if learn.targets is not None and not learn.classes:
        raise DataError("Adapting to another domain is for classes, and the target column holds amounts.")
    named = reading_of(learn.inputs).get("input", input) if has_columns(source) else None
    found = read(source, input=named, modality=learn.modality, labelled=False)
    return dataclasses.replace(found, targets=None, classes=(), unlabelled=None)


def adapted(model: Model, material: Material, ground: Ground, clock: Clock, seed: int) -> tuple[Model, dict[str, Any]]:
    """Give the model, adapted to the target's inputs where there is evidence for it, and its record; {} without one."""
    if not material.target:
        return model, {}
    from graft.model.adapting import with_source

    with progress("adapting", 1) as step:
        dataset = next(iter(material.target.values())).dataset
        target = material.target | {
            name: embed(dataset, backbone, cache=material.cache, max_skipped=0.0)
            for name, backbone in model.backbones.items()
            if name not in material.target
        }
        found = with_source(model, material.backbones, material.learn, target, ground.weight, seed, clock.left)
        step()
    return found


def told(
    adaptation: dict[str, Any], before: Model, after: Model, scores: Scores, material: Material, seed: int
) -> tuple[Scores, dict[str, Any]]:
    """Give the scores, which say what they are of, and what the record of a fit has on its target domain."""
    if not adaptation:
        return scores, {"adaptation": {}}
    record: dict[str, Any] = {"adaptation": adaptation | {"test": beside_test(before, after, material, seed)}}
    if after is before:
        return scores, record
    record["chosen"] = "adapted to the target: " + " + ".join(adaptation["members"])
    if not material.test:
        source = f"{scores.source}, of the source-only model where its labels are"
        scores = dataclasses.replace(scores, source=source)
        record["scored_on"] = source
    return scores, record


def beside_test(before: Model, after: Model, material: Material, seed: int) -> dict[str, Any]:
    """Score both on the test set, for the record: nothing is chosen by it; {} where there is none, or one model."""
    if before is after or not material.test or set(before.backbones) - set(material.test):
        return {}
    dataset = next(iter(material.test.values())).dataset
    assert dataset.targets is not None
    found: dict[str, Any] = {"samples": len(dataset)}
    for name, model in (("source_only", before), ("adapted", after)):
        output = np.asarray(model.answer(material.test))
        values = score(dataset.targets, output, model.classes, dataset.groups, "test set", seed).values
        found[name] = {key: values[key].value for key in TOLD if key in values}
    return found
