"""Letting the target's groups decide: a committee of methods on every dense view, and the evidence for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats
from graft.align.aligned import Aligned, HeadMaker, Method
from graft.align.domains import Source, Target
from graft.align.evidence import GROUPED, Evidence, evidence
from graft.align.members import Member, Part, answer
from graft.align.narrow import Narrowed, alone, narrowed, present
from graft.align.validators.neighbours import agreement

Makers = Callable[[Source, Target], HeadMaker]


@dataclass(frozen=True, eq=False)
class Committee:
    """What was fitted, with its evidence; no parts and no evidence where there are no groups to ask."""

    parts: tuple[Part, ...]
    evidence: Evidence | None
    notes: tuple[str, ...]


def committee(
    views: dict[str, tuple[Source, Target]], before: Floats, methods: Sequence[Method], makers: Makers, seed: int
) -> Committee:
    """Fit every method on every view, among the classes that `before` (M, K) finds in the target.

    Nothing is fitted where near source rows do not agree in their true labels: groups of the target would be of
    something else (topics, say, where opinions are asked for). Nor is it for a target that seems to be of one class.
    """
    grouped = float(np.mean([agreement(S.X, S.y) for S, _ in views.values()])) if views else 0.0
    if grouped < GROUPED:
        said = f"neighbours agree in their labels by {grouped:.2f} and {GROUPED} is asked for"
        return Committee((), None, (f"The target's groups were not asked: in the source {said}.",))
    classes, count = present(before), before.shape[1]
    if why := alone(classes):
        return Committee((), None, (f"The target's groups were not asked: {why}.",))
    among = {name: (narrowed(S, classes), T) for name, (S, T) in views.items()}
    parts: list[Part] = []
    for name, (S, T) in among.items():
        maker = makers(S, T)
        parts += [(name, _widened(classes, count, fit(S, T, maker, seed))) for fit in methods]
    found = evidence(list(among.values()), before[:, classes], answer(parts)[:, classes])
    return Committee(tuple(parts), found, (*_of_classes(classes, count), *found.sentences()))


def _widened(classes: NDArray[np.int64], count: int, fitted: Aligned) -> Member:
    return fitted if len(classes) == count else Narrowed(fitted, classes, count)


def _of_classes(classes: NDArray[np.int64], count: int) -> tuple[str, ...]:
    if len(classes) == count:
        return ()
    gone = ", ".join(map(str, np.setdiff1d(np.arange(count), classes)))
    return (f"The target seems to hold no or hardly any row of class {gone}: adapting was tried among the others.",)
