"""Heads fitted on growing subsets of features, all scored on the same samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graft import extract
from graft.data.splits import tied
from graft.evaluation.balance import class_weights
from graft.evaluation.crossval import class_columns
from graft.evaluation.weights import Floats
from graft.heads.base import Classifier
from graft.model.member import FLOOR
from graft.plan.curve_points import Point, root_point, share_point
from graft.plan.curve_recipe import Part, Recipe
from graft.plan.subsets import growing_sizes, stratified_order
from graft.progress import progress

if TYPE_CHECKING:
    from graft.data.dataset import Dataset
    from graft.extract.cache import Cache

LEAST = 8


class Ground(NamedTuple):
    """What each part is shown of the samples to learn from and of those held out, and what they are.

    `ties` and `unit` say which samples to learn from, and which held out, go together.
    """

    learn: list[Any]
    held: list[Any]
    targets: NDArray[Any]
    truth: NDArray[Any]
    ties: NDArray[np.int64]
    unit: NDArray[np.int64]
    n_classes: int


def laid_out(recipe: Recipe, learn: Dataset, held: Dataset, max_skipped: float, cache: Cache) -> Ground:
    """Embed both sides with each backbone; what one cannot read, none is shown."""
    found: list[dict[str, Any]] = [{}, {}]
    for name, backbone in recipe.backbones.items():
        known = [
            next(iter(done.values())).dataset if done else side for done, side in zip(found, (learn, held), strict=True)
        ]
        for done, dataset in zip(found, known, strict=True):
            done[name] = extract.embed(dataset, backbone, cache=cache, max_skipped=max_skipped)
    first, last = (next(iter(done.values())) for done in found)
    shown = [[part.view.of(done[part.backbone]) for part in recipe.parts] for done in found]
    ties, unit = (tied(side.dataset.groups, side.keys) for side in (first, last))
    targets, truth = np.asarray(first.dataset.targets), np.asarray(last.dataset.targets)
    return Ground(shown[0], shown[1], targets, truth, ties, unit, len(learn.classes))


def points_of(recipe: Recipe, ground: Ground, sizes: int, draws: int, seed: int) -> list[Point]:
    """Give the point of each size: from eight samples (two a class at least) to all, each about as many times more."""
    total, classes = len(ground.targets), ground.n_classes
    steps = growing_sizes(min(max(LEAST, 2 * classes), total), total, sizes)
    orders = [stratified_order(ground.targets, seed + draw) for draw in range(draws)]
    points: list[Point] = []
    with progress("fitting on subsets", len(steps) * draws) as step:
        for size in steps:
            outputs = []
            for order in orders[: 1 if size == total else draws]:
                outputs.append(output_of(recipe.parts, ground, np.sort(order[:size])))
                step()
            make_point, values = (share_point, rights) if classes else (root_point, squares)
            points.append(make_point(size, values(outputs, ground.truth), ground.unit, points))
    return points


def rights(outputs: Sequence[Floats], truth: NDArray[Any]) -> Floats:
    """Give the (R, T) ones where the highest score is the true class's, and zeros."""
    return np.array([output.argmax(axis=1) == truth for output in outputs], dtype=np.float64)


def squares(outputs: Sequence[Floats], truth: NDArray[Any]) -> Floats:
    """Give the (R, T) squared errors."""
    return np.array([(output - truth) ** 2 for output in outputs])


def output_of(parts: Sequence[Part], ground: Ground, rows: NDArray[np.int64]) -> Floats:
    """Fit each part's head anew on these samples; give (T, K) log-probabilities, or (T,) numbers, of those held out."""
    targets = ground.targets[rows]
    weight = class_weights(targets, ground.n_classes)
    ties = ground.ties[rows]
    groups = ties if len(np.unique(ties)) < len(ties) else None
    total: Any = 0.0
    for part, learn, held in zip(parts, ground.learn, ground.held, strict=True):
        head = type(part.head)(**part.head.get_params()).fit(learn[rows], targets, weight, groups)
        if isinstance(head, Classifier):
            output = np.log(np.maximum(class_columns(head, held, ground.n_classes), FLOOR))
        else:
            output = np.asarray(head.predict(held), dtype=np.float64)
        total = total + part.weight * output
    return np.asarray(total)
