"""Partial and open sets: classes the target seems to lack, and target rows that seem to be of no known class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats
from graft.evaluation.proportions import wilson

RARE = 0.1
UNSURE = 0.5
EXPECTED = 0.05


def absent(shares: Floats, held_error: float) -> NDArray[np.int64]:
    """Give the classes the target seems to lack: those called for fewer rows than a tenth of an equal share, M / 10 K.

    `shares` (M, K) are target probabilities. `held_error`, the share of source rows called wrong when held out, takes
    the tenth's place where it is larger: as many rows as that may be there by mistake alone.
    """
    called = np.bincount(shares.argmax(axis=1), minlength=shares.shape[1])
    return np.flatnonzero(called < max(RARE, min(held_error, 0.5)) * len(shares) / shares.shape[1])


def strangers(far: NDArray[np.bool_], shares: Floats) -> NDArray[np.bool_]:
    """Give the target rows that lie outside the source and whose best class has a probability under one half."""
    found: NDArray[np.bool_] = far & (shares.max(axis=1) < UNSURE)
    return found


def said_of_sets(shares: Floats, far: NDArray[np.bool_], held_error: float, classes: Sequence[str]) -> tuple[str, ...]:
    """Give sentences on classes that seem absent and on rows that seem to be of other classes."""
    told = []
    gone = absent(shares, held_error)
    if 0 < len(gone) < shares.shape[1]:
        names = ", ".join(classes[k] for k in gone)
        told.append(
            f"Partial set: the target seems to hold no or hardly any {names}; methods that expect every class in it "
            "would be misled."
        )
    odd = strangers(far, shares)
    low = wilson(odd.mean(keepdims=True), np.array([len(odd)]))[0]
    if low[0] > EXPECTED:
        told.append(
            f"Open set: {odd.mean():.0%} of the target rows lie outside the source and are sure of no class; "
            "they may be of classes the source does not have."
        )
    return tuple(told)
