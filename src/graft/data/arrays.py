"""Inputs held in memory: arrays, lists of texts, images or paths, with or without targets."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.assemble import Draft
from graft.data.cells import is_missing
from graft.data.modalities import IMAGE, MODALITIES, TEXT, by_path, modality_named
from graft.data.references import References, exists
from graft.data.wanted import Wanted
from graft.errors import DataError


def is_pair(source: Any) -> bool:
    """Say whether a source is `(inputs, targets)`: a tuple of two sequences that are no paths."""
    if not isinstance(source, tuple) or len(source) != 2:
        return False
    if getattr(source[1], "ndim", 1) > 2:
        return False
    return all(hasattr(half, "__len__") and not isinstance(half, str | bytes | os.PathLike) for half in source)


def draft_memory(inputs: Any, labels: Sequence[Any] | None, wanted: Wanted) -> Draft:
    """Take an array or list of inputs, with labels of the same length or none."""
    wanted.refuse_columns("a source in memory")
    if labels is None and wanted.labelled:
        raise DataError("There are inputs but no targets: give (inputs, targets).")
    if not len(inputs):
        raise DataError("There are no inputs: the source is empty.")
    if labels is not None and len(labels) != len(inputs):
        raise DataError(f"There are {len(inputs)} inputs but {len(labels)} targets.")
    is_array = isinstance(inputs, np.ndarray)
    modality = array_modality(inputs, wanted) if is_array else list_modality(inputs, wanted)
    names = [f"item {i}" for i in range(len(inputs))]
    unusable: dict[int, str] = {}
    items: Any = inputs
    if not is_array or inputs.ndim == 1:
        items = list(inputs.tolist()) if is_array else list(inputs)
        unusable = {i: "The input is empty." for i, item in enumerate(items) if is_missing(item)}
        if modality_named(modality).by_path:
            _look_for(items, names, unusable)
            items = References(items, Path())
    return Draft(
        inputs=items,
        names=names,
        modality=modality,
        labels=labels,
        groups=_beside(wanted.group, "group", len(inputs)),
        domains=_beside(wanted.domain, "domain", len(inputs)),
        unusable=unusable,
    )


def _look_for(items: list[Any], names: list[str], unusable: dict[int, str]) -> None:
    """Name the inputs that are paths by their path, and say which of them do not exist."""
    for i, item in enumerate(items):
        if i not in unusable and isinstance(item, str | os.PathLike):
            names[i] = str(item)
            if not exists(Path(item)):
                unusable[i] = f"There is no file {names[i]!r}."


def array_modality(array: NDArray[Any], wanted: Wanted) -> str:
    """Say what an array of N inputs holds: words, or images (N, H, W[, C]); raises DataError for other shapes."""
    if array.dtype.kind in "OUS" and array.ndim == 1:
        return list_modality(array.tolist(), wanted)
    numeric = array.dtype.kind in "biuf"
    fitting = [modality.name for modality in MODALITIES.values() if array.ndim - 1 in modality.dims]
    if not numeric or not fitting or (array.ndim == 4 and not {array.shape[1], array.shape[3]} & {1, 3, 4}):
        raise DataError(
            f"An array of shape {array.shape} and type {array.dtype} is not a set of inputs: images are "
            "(N, H, W) or (N, H, W, 3), texts are strings, recordings a list of (samples, rate)."
        )
    return fitting[0]


def list_modality(items: Sequence[Any], wanted: Wanted) -> str:
    """Say what a list holds: strings that end like files of a modality are its files, other strings are texts."""
    if wanted.modality is not None:
        return wanted.modality
    present = [item for item in items if not is_missing(item)]
    strings = [item for item in present if isinstance(item, str)]
    if not strings and present and isinstance(present[0], int | float | np.number):
        raise DataError(f"The inputs are numbers (first: {present[0]!r}), not images or texts.")
    for modality in by_path():
        if 2 * sum(map(modality.may_be, present)) > len(present):
            return modality.name
    return TEXT.name if 2 * len(strings) >= len(present) else IMAGE.name  # whose decoder says what is wrong


def _beside(values: Any, word: str, total: int) -> Sequence[Any] | None:
    if values is not None and len(values) != total:
        raise DataError(f"{word} has {len(values)} entries but there are {total} inputs.")
    return None if values is None else list(values)
