"""A domain that the model is for, a few of whose samples are labelled: choices and scores are made on those alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.dataset import Dataset
from graft.errors import DataError, did_you_mean
from graft.plan.splitting import choice_folds


def check_focus(dataset: Dataset, focus: str | None) -> None:
    """Raise DataError where the domain the model is for is none of the labelled ones."""
    if focus is None:
        return
    if dataset.modality != "table":
        raise DataError("target_domain is for rows of a table; for other inputs give the target domain as adapt_to.")
    if dataset.domains is None:
        raise DataError("target_domain names one value of a column: say which column with domain (--domain-column).")
    known = np.unique(dataset.domains).tolist()
    if focus not in known:
        raise DataError(f"No row is of the domain {focus!r}. {did_you_mean(focus, known)}")


def apart_by_domain(dataset: Dataset) -> NDArray[np.str_] | None:
    """Give the domains within which classes are evened out: none for rows, where each domain has its own offset."""
    return None if dataset.modality == "table" else dataset.domains


def in_focus(dataset: Dataset, focus: str | None) -> NDArray[np.bool_] | None:
    """Mark the samples of the domain the model is for, or None where it is for all."""
    if focus is None or dataset.domains is None:
        return None
    marked: NDArray[np.bool_] = dataset.domains == focus
    return marked


def focused_folds(
    targets: NDArray[Any], ties: NDArray[np.int64], n_classes: int, seed: int, focus: NDArray[np.bool_] | None
) -> NDArray[np.int64] | None:
    """Give the folds of a choice as `choice_folds` does, of the samples in focus alone: the others are always learned.

    A sample in focus that is tied to one that is not judges nothing. Where too few are in focus to hold any out, all
    samples have their folds.
    """
    if focus is not None:
        own = np.flatnonzero(focus & ~np.isin(ties, ties[~focus]))
        found = choice_folds(targets[own], ties[own], n_classes, seed) if len(own) else None
        if found is not None:
            folds = np.full(len(targets), -1)
            folds[own] = found
            return folds
    return choice_folds(targets, ties, n_classes, seed)


def focus_notes(folds: NDArray[np.int64], focus: NDArray[np.bool_] | None, name: str | None) -> list[str]:
    """Say how many samples of the domain in focus judge, or that they are too few to."""
    if focus is None:
        return []
    judging, count = int(np.sum(focus & (folds >= 0))), int(focus.sum())
    if np.any(folds[~focus] >= 0):
        return [f"The {count} rows of {name} are too few to choose or score by: rows of all domains judge."]
    return [f"Rows of all domains are learned from; choices and scores are made on {judging} of the {count} of {name}."]
