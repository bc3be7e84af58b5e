"""The scores of what is kept: on the test set, by nested cross-validation, or on samples no weights had seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.dataset import Dataset
from graft.evaluation.blend import blend
from graft.evaluation.scores import Scores
from graft.extract.embedding import embed
from graft.extract.features import Features
from graft.model.member import softmax
from graft.model.model import Model
from graft.plan.budget import Clock
from graft.plan.candidates import Candidate
from graft.plan.honest import nested_output, score
from graft.plan.material import Material
from graft.plan.moving import Moved
from graft.plan.trials import Ground
from graft.progress import progress


@dataclass(frozen=True, eq=False)
class Answers:
    """What the final procedure says of samples it had no part of: probabilities (N, K), or numbers (N,).

    `train` are the samples learned from, `held` those answered, with `frozen` the answers of the frozen choice alone.
    """

    train: Dataset
    held: Dataset
    output: NDArray[np.float64]
    frozen: NDArray[np.float64] | None
    source: str

    def scores(self, classes: tuple[str, ...], seed: int) -> Scores:
        """Score them, every figure with its interval."""
        assert self.held.targets is not None
        return score(self.held.targets, self.output, classes, self.held.groups, self.source, seed)


def answered(
    model: Model,
    frozen: Model,
    material: Material,
    tried: Sequence[Candidate],
    moved: Moved,
    ground: Ground,
    clock: Clock,
    seed: int,
) -> Answers:
    """Answer samples that had no part in fitting or choosing the model; `frozen` is the model without moved weights."""
    dataset = material.dataset
    if material.test:
        features = tested(model, material)
        held = next(iter(features.values())).dataset
        alone = frozen.answer(material.test) if moved.tuned else None
        return Answers(dataset, held, model.answer(features), alone, "test set")
    if moved.scored is not None and moved.frozen is not None and moved.divided is not None:
        index = moved.divided.score
        both = blend([moved.frozen, moved.scored], np.array([1 - moved.share, moved.share]))
        source = f"{len(index)} samples held out, by weights that never saw them"
        said, alone = _plain(both, model), _plain(moved.frozen, frozen)
        return Answers(dataset.take(moved.divided.train), dataset.take(index), said, alone, source)
    with progress("nested cross-validation", len(np.unique(ground.folds[ground.folds >= 0]))) as step:
        output = nested_output(tried, ground, clock, seed, step)
    return Answers(dataset, dataset, output, None, "nested cross-validation")


def tested(model: Model, material: Material) -> dict[str, Features]:
    """Give the features of the test set under every backbone of the model; moved weights embed it now."""
    dataset = next(iter(material.test.values())).dataset
    return {
        name: material.test[name]
        if name in material.test
        else embed(dataset, backbone, cache=material.cache, max_skipped=0.0)
        for name, backbone in model.backbones.items()
    }


def _plain(output: NDArray[Any], model: Model) -> NDArray[np.float64]:
    return softmax(output, model.temperature) if model.classes else output
