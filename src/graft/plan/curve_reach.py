"""How many labels a wished score would take, as a sentence that says how far it can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graft.errors import GraftError
from graft.evaluation.power_law import PowerLaw, power_law, reach_interval
from graft.plan.curve_points import Point

FOREVER = 1e9
FAR = 10
CAUTION = "This is an extrapolation by a power law, and holds only if the curve goes on as it was."


@dataclass(frozen=True)
class Reach:
    """The labels at which the fitted law meets a wished score, with a 95 % interval; None stands for never."""

    wished: float
    labels: int | None
    low: int | None
    high: int | None
    extrapolated: bool
    sentence: str


def check_wished(wished: float | None, classes: bool) -> None:
    """Raise GraftError for a wished accuracy outside 0 to 1, or a wished RMSE that is not above 0."""
    if wished is None:
        return
    if classes and not 0 < wished <= 1:
        raise GraftError(f"An accuracy of {wished:g} cannot be wished: give a share above 0 up to 1, such as 0.95.")
    if not classes and not 0 < wished < float("inf"):
        raise GraftError(f"An RMSE of {wished:g} cannot be wished: give a number above 0, in the unit of the targets.")


def error_columns(points: Sequence[Point], classes: bool) -> tuple[list[float], list[float], list[float]]:
    """Give labels, errors (1 - accuracy, or RMSE) and their standard errors."""
    errors = [1 - point.value if classes else point.value for point in points]
    return [float(point.labels) for point in points], errors, [point.deviation for point in points]


def law_of(points: Sequence[Point], classes: bool) -> PowerLaw:
    """Fit the power law through the errors of the points; raises DataError when there are fewer than four sizes."""
    labels, errors, deviations = error_columns(points, classes)
    return power_law(np.array(labels), np.array(errors), np.array(deviations))


def reach_of(points: Sequence[Point], law: PowerLaw, wished: float, classes: bool, seed: int) -> Reach:
    """Say how many labels would bring the score to `wished`."""
    labels, errors, deviations = error_columns(points, classes)
    error = 1 - wished if classes else wished
    most = labels[-1]
    found = law.reach(error)
    ends = reach_interval(np.array(labels), np.array(errors), np.array(deviations), error, seed)
    needed, low, high = (None if value > FOREVER else max(1, round(value)) for value in (found, *ends))
    beyond = needed is None or needed > most
    return Reach(wished, needed, low, high, beyond, _sentence(wished, needed, low, high, most, law, classes))


def _sentence(
    wished: float, needed: int | None, low: int | None, high: int | None, most: float, law: PowerLaw, classes: bool
) -> str:
    name, end = ("accuracy", 1 - law.floor) if classes else ("RMSE", law.floor)
    between = f"between {low:,} and {f'{high:,}' if high is not None else 'more than can be said'}" if low else ""
    if needed is None:
        hope = f" Within the noise of these points it could be reached from {low:,} labels on." if low else ""
        told = f"By the fitted law {name} levels off at {end:.3f}, so {wished:g} is never reached with this model."
        return f"{told}{hope} {CAUTION} Another backbone, or fine-tuning, has another curve."
    told = f"{name[0].upper()}{name[1:]} {wished:g} takes about {needed:,} labels ({between})"
    if needed <= most:
        return f"{told}, within what was measured."
    far = f" That is {needed / most:.0f} times as many as there are: very far." if needed > FAR * most else ""
    return f"{told}.{far} {CAUTION}"
