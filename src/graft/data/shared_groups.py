"""Groups on both sides: test samples of a patient or a speaker that was learned from say nothing of new ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.data.assemble import ALONE
from graft.data.dataset import Dataset
from graft.errors import DataError

SHOWN = 3


def in_shared_groups(learn: Dataset, test: Dataset) -> NDArray[np.bool_]:
    """Mark the test samples (N_test,) whose group is also in the training set; samples without a group share none."""
    if learn.groups is None or test.groups is None:
        return np.zeros(len(test), bool)
    shared = np.isin(test.groups, learn.groups) & ~np.char.startswith(test.groups, ALONE)
    return np.asarray(shared)


def shared_group_notes(test: Dataset, marked: NDArray[np.bool_]) -> tuple[str, ...]:
    """Say how many test samples were left out, and of which groups; raises DataError where that is all of them."""
    if not marked.any() or test.groups is None:
        return ()
    names = np.unique(test.groups[marked])
    told = ", ".join(names[:SHOWN].tolist()) + (", …" if len(names) > SHOWN else "")
    if marked.all():
        raise DataError(
            f"Every test sample of {test.source or 'the test set'} is of a group that is also in the training set "
            f"({told}), so no score would say anything of new groups: give other samples, or name no group."
        )
    samples = "test sample is" if marked.sum() == 1 else "test samples are"
    groups = "a group that was" if len(names) == 1 else f"{len(names)} groups that were"
    return (f"{int(marked.sum())} of {len(test)} {samples} of {groups} learned from ({told}) and left out.",)
