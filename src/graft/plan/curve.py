"""curve: how good a model gets with how many labels, and how many more a wished score would take."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graft.data import read
from graft.errors import DataError, GraftError
from graft.evaluation.power_law import PowerLaw
from graft.extract.cache import Cache
from graft.plan.curve_data import set_apart
from graft.plan.curve_fits import laid_out, points_of
from graft.plan.curve_points import Point
from graft.plan.curve_reach import Reach, check_wished, law_of, reach_of
from graft.plan.curve_recipe import Recipe, default_recipe, recipe_of
from graft.plan.parts import divide, read_test
from graft.plan.rank import rank

if TYPE_CHECKING:
    from graft.data.dataset import Dataset
    from graft.model.model import Model

FEWEST_SIZES, MOST_SIZES = 4, 20


@dataclass(frozen=True)
class Curve:
    """Points from few labels to all, and the law err(n) = scale n^-slope + floor through their errors.

    `score` is accuracy (error: 1 - accuracy) or rmse (which is the error). `law` and `reach` are None where too few
    sizes could be measured, or nothing was wished.
    """

    score: str
    points: tuple[Point, ...]
    law: PowerLaw | None
    reach: Reach | None
    model: str
    tested_on: int
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give plain types for JSON."""
        return dataclasses.asdict(self)


def curve(
    source: Any,
    *,
    test: Any = None,
    model: Model | str | Path | None = None,
    input: str | None = None,
    target: str | None = None,
    task: str | None = None,
    group: str | None = None,
    backbone: str | None = None,
    head: str | None = None,
    reach: float | None = None,
    sizes: int = 7,
    draws: int = 5,
    seed: int = 0,
    device: str = "auto",
    exact: bool = False,
    max_skipped: float = 0.05,
    cache: Cache | None = None,
) -> Curve:
    """Give accuracy (or RMSE) against the number of labels, with 95 % intervals, and a power law through it.

    Everything is embedded once; heads are fitted on nested stratified subsets of up to `sizes` sizes, `draws` times
    each, and scored on the same samples: the test set or part, or three tenths held out. The backbone is the best by
    `rank` and the head logistic regression (ridge regression for amounts), unless they are named, or a Model whose
    heads are fitted anew. `reach` is a wished accuracy (or RMSE); the labels it would take are an extrapolation.
    Raises DataError, BackboneError or GraftError with a sentence.

    >>> texts = [f"{word} film {i}" for i in range(30) for word in ("good", "bad")]
    >>> found = curve((texts, ["yes", "no"] * 30), backbone="word-counts")
    >>> found.score, found.points[-1].labels, found.points[-1].value
    ('accuracy', 42, 1.0)
    """
    check_numbers(sizes, draws, seed)
    dataset = read(source, input=input, target=target, task=task, group=group)
    columns = {"input": input, "target": target, "group": group}
    held = None if test is None else read_test(test, dataset, columns, exact_labels=False)
    apart = set_apart(divide(dataset, held), seed)
    check_wished(reach, bool(apart.learn.classes))
    cache = cache or Cache()
    if model is not None:
        recipe = recipe_of(model, apart.learn, device)
    else:
        settings: dict[str, Any] = {"seed": seed, "device": device, "exact": exact, "max_skipped": max_skipped}
        name = backbone or best_backbone(apart.learn, apart.notes, settings, cache)
        recipe = default_recipe(name, head, apart.learn, device, exact)
    return measured(recipe, *apart, sizes, draws, seed, reach, max_skipped, cache)


def measured(
    recipe: Recipe,
    learn: Dataset,
    held: Dataset,
    notes: list[str],
    sizes: int,
    draws: int,
    seed: int,
    wished: float | None,
    max_skipped: float,
    cache: Cache,
) -> Curve:
    """Embed both sides, fit on growing subsets, and fit the law."""
    ground = laid_out(recipe, learn, held, max_skipped, cache)
    points = points_of(recipe, ground, sizes, draws, seed)
    classes = bool(learn.classes)
    law = found = None
    try:
        law = law_of(points, classes)
        found = None if wished is None else reach_of(points, law, wished, classes, seed)
    except DataError as error:
        notes.append(f"No law was fitted through the points. {error}")
    score = "accuracy" if classes else "rmse"
    return Curve(score, tuple(points), law, found, recipe.name, len(ground.truth), tuple(notes + recipe.notes))


def best_backbone(learn: Dataset, notes: list[str], settings: dict[str, Any], cache: Cache) -> str:
    """Give the backbone that `rank` puts first, and note it."""
    ranking = rank(learn, cache=cache, **settings)
    others = len(ranking.rows) - 1
    if others:
        notes.append(f"The backbone is {ranking.best}, first of {others + 1} by {ranking.score} on a part of the data.")
    return ranking.best


def check_numbers(sizes: int, draws: int, seed: int) -> None:
    """Raise GraftError for too few sizes for a law, no draw, or a seed below zero."""
    if not FEWEST_SIZES <= sizes <= MOST_SIZES:
        raise GraftError(f"A curve of {sizes} sizes cannot be drawn: give {FEWEST_SIZES} to {MOST_SIZES}, such as 7.")
    if draws < 1:
        raise GraftError(f"{draws} draws give no point: give 1 or more, such as 5.")
    if seed < 0:
        raise GraftError(f"The seed is {seed}: give a whole number from 0 up.")
