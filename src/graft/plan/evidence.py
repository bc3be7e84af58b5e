"""The evidence of a fit, gathered from what the plan has at hand: nothing is embedded or fitted for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.calibration import log_softmax
from graft.evaluation.landscape import nearest, principal
from graft.heads.columns.encoding import dense
from graft.model.evidence import Evidence, Joined
from graft.model.member import FLOOR
from graft.plan.decide import Decision
from graft.plan.evidence_map import adapted_map, mapped_rows
from graft.plan.material import Material
from graft.plan.moving import Moved

if TYPE_CHECKING:
    from graft.data.dataset import Dataset
    from graft.extract.features import Features
    from graft.model.model import Model
    from graft.plan.scoring import Answers

MOST, EARLY = 2000, 300


def evidence_of(
    material: Material,
    decision: Decision,
    model: Model,
    answers: Answers | None = None,
    moved: Moved | None = None,
    alone: Model | None = None,
    seed: int = 0,
    most: int = MOST,
) -> Evidence:
    """Give what is known of every sample; without `answers` the choice's own out-of-fold output stands for them.

    Samples that the scores are of have the answers scored; the others of those learned from have the output of the
    frozen choice, out of fold; a target's those of the model, and of the model `alone`, before it was adapted. At most
    `most` samples, drawn by the seed, are on the map.
    """
    parts = _features(material, decision)
    sets = [features.dataset for features in parts.values()]
    said = {name: np.full((len(f), *decision.output.shape[1:]), np.nan) for name, f in parts.items()}
    said["train"] = decision.output
    raw = np.concatenate(list(said.values()))
    output = _calibrated(raw, decision.temperature, model)
    scored = np.zeros(len(raw), bool)
    if answers is not None:
        place = _places(answers, material, moved)
        known = np.isfinite(answers.output.reshape(len(place), -1)).all(axis=1)
        place, logs = place[known], _logs(answers.output[known], model)
        if answers.held is not material.dataset:
            raw[place] = logs * model.temperature
        output[place] = logs
        scored[place] = True
    before = _of_target(output, model, alone, material)
    mapped, values = mapped_rows(list(parts.values()), seed, most)
    values = dense(values) if material.dataset.modality == "table" else values
    near = nearest(values)
    return Evidence(
        names=Joined(*(dataset.names for dataset in sets)),
        parts=np.concatenate([_parts(features.dataset, name) for name, features in parts.items()]),
        keys=np.concatenate([features.keys for features in parts.values()]),
        targets=np.concatenate([_targets(dataset, model) for dataset in sets]),
        output=output,
        raw=raw,
        scored=scored,
        mapped=mapped,
        maps={"features": principal(values, seed=seed)} | adapted_map(model, parts, mapped, seed),
        near=near.places,
        apart=near.distance,
        backbone=parts["train"].backbone.card.name,
        domains=_domains(sets),
        before=before,
        inputs=Joined(*(dataset.inputs for dataset in sets)),
    )


def _features(material: Material, decision: Decision) -> dict[str, Features]:
    """Give each part's features of the backbone with the largest share in the frozen choice: the map is of these."""
    name = max(decision.kept, key=lambda pair: pair[1])[0].backbone
    found = {"train": material.learn[name]}
    for part, features in (("test", material.test), ("target", material.target)):
        if name in features:
            found[part] = features[name]
    return found


def _of_target(
    output: NDArray[np.float64], model: Model, alone: Model | None, material: Material
) -> NDArray[np.float64] | None:
    """Put what the model says of the target, the last of the samples, into `output`; give what was said before."""
    if alone is None or not material.target or set(model.backbones) - set(material.target):
        return None
    answer = _logs(model.answer(material.target), model)
    output[-len(answer) :] = answer
    if model is alone or set(alone.backbones) - set(material.target):
        return None
    before = np.full_like(output, np.nan)
    before[-len(answer) :] = _logs(alone.answer(material.target), alone)
    return before


def _places(answers: Answers, material: Material, moved: Moved | None) -> NDArray[np.int64]:
    """Give the place of each answered sample among those learned from, then tested."""
    if material.test:
        return len(material.dataset) + np.arange(len(answers.held))
    if moved is not None and moved.divided is not None and answers.held is not material.dataset:
        return moved.divided.score
    return np.arange(len(material.dataset))


def _logs(output: NDArray[np.float64], model: Model) -> NDArray[np.float64]:
    return np.log(np.maximum(output, FLOOR)) if model.classes else output


def _calibrated(raw: NDArray[np.float64], temperature: float, model: Model) -> NDArray[np.float64]:
    return log_softmax(raw / temperature) if model.classes else raw.copy()


def _parts(dataset: Dataset, name: str) -> NDArray[np.str_]:
    if name == "train" and dataset.parts is not None:
        return np.asarray(dataset.parts).astype("<U10")
    return np.full(len(dataset), name, dtype="<U10")


def _targets(dataset: Dataset, model: Model) -> NDArray[Any]:
    """Give the targets; of a target domain, whose labels are never read, -1 or NaN."""
    if dataset.targets is not None:
        return dataset.targets
    return np.full(len(dataset), -1) if model.classes else np.full(len(dataset), np.nan)


def _domains(sets: list[Dataset]) -> NDArray[np.str_] | None:
    if all(dataset.domains is None for dataset in sets):
        return None
    return np.concatenate([np.full(len(d), "") if d.domains is None else d.domains.astype(np.str_) for d in sets])
