"""What a curve is measured on: samples to learn from and samples to be scored on, kept apart before all else."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graft.data.content import KEY_BYTES, content_key, digest
from graft.data.dataset import Dataset
from graft.data.duplicates import overlap, overlap_notes
from graft.data.shared_groups import in_shared_groups, shared_group_notes
from graft.data.splits import holdout, tied
from graft.errors import DataError
from graft.plan.parts import Parts

SHARE = 0.3
LEAST = 10


class Apart(NamedTuple):
    """The dataset to learn from, the one to be scored on, and what was noted."""

    learn: Dataset
    held: Dataset
    notes: list[str]


def set_apart(parts: Parts, seed: int) -> Apart:
    """Give the parts as they are, test samples that are copies of others left out; or else hold three tenths out.

    Copies and groups stay on one side. Raises DataError when there are too few samples on either side.
    """
    notes = list(parts.learn.notes) + list(parts.notes)
    keys = keys_of(parts.learn)
    if parts.test is None:
        held = holdout(parts.learn.targets, tied(parts.learn.groups, keys), SHARE, seed)
        notes.append(f"{int(held.sum())} of {len(held)} samples are held out to score on; the rest is learned from.")
        return checked(Apart(parts.learn.where(~held), parts.learn.where(held), notes))
    copies = overlap(keys, keys_of(parts.test))
    notes += [f"{note} They are left out." for note in overlap_notes(parts.test, copies)]
    grouped = in_shared_groups(parts.learn, parts.test)
    notes += shared_group_notes(parts.test, grouped)
    return checked(Apart(parts.learn, parts.test.where(~(copies | grouped)), notes))


def checked(apart: Apart) -> Apart:
    """Give it back; raises DataError when a side has fewer than ten samples, or there is one class to learn from."""
    for side, use in ((apart.learn, "learn from"), (apart.held, "be scored on")):
        if len(side) < LEAST:
            raise DataError(f"There are {len(side)} samples to {use}, too few for a curve: give {LEAST} or more.")
    if apart.learn.classes and len(np.unique(np.asarray(apart.learn.targets))) < 2:
        raise DataError("All samples to learn from are of one class; a curve needs two classes or more.")
    return apart


def keys_of(dataset: Dataset) -> NDArray[np.uint8]:
    """Give the (N, 16) content keys; an input that cannot be read, which embedding will tell, gets one of its own."""
    keys = []
    for number, item in enumerate(dataset.inputs):
        try:
            keys.append(content_key(item))
        except (DataError, OSError):
            keys.append(digest(b"unreadable", str(number).encode("ascii")))
    return np.frombuffer(b"".join(keys), np.uint8).reshape(-1, KEY_BYTES)
