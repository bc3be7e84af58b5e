"""Inputs with the same bytes: inside a data set, and between training and test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.dataset import Dataset

SHOWN = 3


def key_codes(*keys: NDArray[np.uint8]) -> list[NDArray[np.int64]]:
    """Number the content keys (N, 16) of one or more sets: equal keys get equal numbers across all of them."""
    rows = np.ascontiguousarray(np.concatenate([np.asarray(key, dtype=np.uint8).reshape(-1, 16) for key in keys]))
    halves = rows.view(np.uint64)
    order = np.lexsort((halves[:, 1], halves[:, 0]))
    fresh = np.any(halves[order][1:] != halves[order][:-1], axis=1)
    codes = np.empty(len(rows), dtype=np.int64)
    codes[order] = np.concatenate([np.zeros(min(len(rows), 1), dtype=np.int64), np.cumsum(fresh)])
    return np.split(codes, np.cumsum([len(key) for key in keys])[:-1])


def overlap(train_keys: NDArray[np.uint8], test_keys: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Mark the test samples (N_test,) whose content is also in the training set."""
    train, test = key_codes(train_keys, test_keys)
    return np.isin(test, train)


def overlap_notes(test: Dataset, marked: NDArray[np.bool_]) -> tuple[str, ...]:
    """Say how many test samples are also in the training set, and which."""
    shared = np.flatnonzero(marked)
    if not len(shared):
        return ()
    are = "is" if len(shared) == 1 else "are"
    return (
        f"{len(shared)} of {len(test)} test samples {are} byte for byte also in the training set "
        f"({_some(test.names, shared)}): scores on them say nothing about new data.",
    )


def duplicate_notes(dataset: Dataset, keys: NDArray[np.uint8]) -> tuple[str, ...]:
    """Say how many inputs are byte-identical copies of another, and name those whose labels contradict each other.

    `keys` (N, 16) are the content keys of the dataset's samples.
    """
    (codes,) = key_codes(keys)
    counts = np.bincount(codes)
    copies = int(np.sum(counts[counts > 1] - 1))
    if not copies:
        return ()
    inputs = "input is a byte-identical copy" if copies == 1 else "inputs are byte-identical copies"
    example = np.flatnonzero(codes == int(np.argmax(counts > 1)))
    told = (
        f"{copies} {inputs} of another ({_some(dataset.names, example)}); copies are kept on one side of every split."
    )
    return (told, *_contradictions(dataset, codes, counts))


def _contradictions(dataset: Dataset, codes: NDArray[np.int64], counts: NDArray[np.int64]) -> tuple[str, ...]:
    if dataset.targets is None:
        return ()
    order = np.lexsort((dataset.targets, codes))
    same = codes[order][1:] == codes[order][:-1]
    differ = same & (dataset.targets[order][1:] != dataset.targets[order][:-1])
    torn = np.unique(codes[order][1:][differ])
    if not len(torn):
        return ()
    groups = [np.flatnonzero(codes == code) for code in torn[:SHOWN]]
    told = "; ".join(", ".join(f"{dataset.names[i]} ({_label(dataset, i)})" for i in group[:SHOWN]) for group in groups)
    inputs = "input has" if len(torn) == 1 else "inputs have"
    more = f"; and {len(torn) - SHOWN} more" if len(torn) > SHOWN else ""
    return (f"{len(torn)} identical {inputs} different labels: {told}{more}. At most one of the labels can be right.",)


def _label(dataset: Dataset, index: Any) -> str:
    value = dataset.targets[index] if dataset.targets is not None else ""
    return dataset.classes[int(value)] if dataset.classes else f"{value:g}"


def _some(names: Sequence[str], indices: NDArray[np.int64]) -> str:
    told = ", ".join(names[int(i)] for i in indices[:SHOWN])
    return f"{told}, …" if len(indices) > SHOWN else told
