"""The door without a source: what a model says of target rows in, the safest good predictions out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.align.adaptation import Adaptation
from graft.align.algebra import Floats, log_softmax
from graft.align.domains import Target
from graft.align.evidence import LoneEvidence, called_differently, spread_of
from graft.align.members import Part, answer
from graft.align.narrow import Narrowed, alone, present
from graft.align.source_free.shot import shot_alone
from graft.align.validators.neighbours import agreement
from graft.errors import DataError
from graft.heads.check import is_sparse

FEWEST = 3


def adapt_alone(target: Mapping[str, NDArray[Any]], before: Floats, grouped: float | None = None) -> Adaptation:
    """Adapt to (M, D_v) target features by view without a source, or keep the model where the evidence does not do.

    `before` (M, K) are the model's log-probabilities of the same rows, `grouped` is what `LoneEvidence` says it is.
    `shot_alone` is fitted on every dense view among the classes that the model finds in the target. Where nothing is
    kept `members` is empty: the model itself answers. Raises DataError for rows that disagree or too few of them.
    """
    dense = {name: Target(X) for name, X in target.items() if not is_sparse(X)}
    rows = {X.shape[0] for X in target.values()} | {len(before)}
    if len(rows) != 1 or min(rows) < FEWEST:
        raise DataError(f"There are {' and '.join(map(str, sorted(rows)))} target rows: give {FEWEST} or more a view.")
    before = log_softmax(before)
    if not dense:
        return _kept(before, None, "No view of the target has dense features to find groups in.")
    classes, count = present(before), before.shape[1]
    if why := alone(classes):
        return _kept(before, None, why[0].upper() + why[1:] + ".")
    start = log_softmax(before[:, classes])
    parts: list[Part] = []
    for name, T in dense.items():
        fitted = shot_alone(T, start)
        parts.append((name, fitted if len(classes) == count else Narrowed(fitted, classes, count)))
    after = answer(parts)
    near = np.mean([[agreement(T.X, logs.argmax(axis=1)) for logs in (before, after)] for T in dense.values()], axis=0)
    changed = called_differently(before, after)
    found = LoneEvidence(float(near[0]), float(near[1]), changed, grouped, spread_of(before, after))
    if not found.enough:
        return _kept(before, found, found.sentence())
    said = f"Adapted by shot without the source: {changed} of {len(before)} target rows are called differently."
    return Adaptation(tuple(parts), after, before, True, found, (said, found.sentence()))


def _kept(before: Floats, found: LoneEvidence | None, why: str) -> Adaptation:
    return Adaptation((), before, before, False, found, ("The model stays as it is: the evidence does not do.", why))
