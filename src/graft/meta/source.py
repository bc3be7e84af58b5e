"""What tasks are drawn from: a labelled Dataset whose classes are the innermost folders, and classes held apart."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.dataset import Dataset
from graft.data.modalities import MODALITIES
from graft.data.read import read
from graft.errors import DataError, did_you_mean


def read_classes(source: Any) -> Dataset:
    """Read a labelled source; in folders within folders (alphabets of characters) every innermost one is a class.

    Such classes are named by their path, `Greek/character01`. Raises DataError when there are no classes.
    """
    dataset = source if isinstance(source, Dataset) else read(source)
    if isinstance(source, str | os.PathLike) and Path(source).is_dir():
        dataset = _innermost(dataset, Path(source))
    if dataset.task != "classification":
        raise DataError("Tasks are drawn from classes; give a source with a label for every sample.")
    return dataset


def check_kind(dataset: Dataset, modality: str, reader: str) -> None:
    """Raise DataError where a dataset holds inputs of another kind than `reader` reads."""
    if dataset.modality != modality:
        held, read_by = MODALITIES[dataset.modality].nouns, MODALITIES[modality].nouns
        raise DataError(f"{dataset.source or 'The source'} holds {held}, but {reader} reads {read_by}.")


def _innermost(dataset: Dataset, root: Path) -> Dataset:
    if not all(isinstance(item, Path) for item in dataset.inputs):
        return dataset
    labels = np.array([_label(item, root) for item in dataset.inputs])
    names, codes = np.unique(labels, return_inverse=True)
    if len(names) <= len(dataset.classes) or not all("/" in name for name in names):
        return dataset
    return dataclasses.replace(dataset, targets=codes.astype(np.int64), classes=tuple(names.tolist()))


def _label(item: Path, root: Path) -> str:
    return item.parent.relative_to(root).as_posix() if item.is_relative_to(root) else item.parent.as_posix()


def hold_out(dataset: Dataset, held: float | Sequence[str], seed: int = 0, least: int = 2) -> tuple[Dataset, Dataset]:
    """Give two Datasets without a class in common: those to learn on, and those held out.

    `held` is a share of the classes, `least` or more, drawn with the seed, or names of classes or of the folders they
    lie in. Raises DataError for a name that is none and where either side would have fewer than two classes.
    """
    out = _drawn(dataset, held, seed, least) if isinstance(held, float) else named(dataset, held)
    for count, side in ((int((~out).sum()), "to learn on"), (int(out.sum()), "held out")):
        if count < 2:
            raise DataError(f"Tasks need two classes or more, and {count} would be {side} of {len(out)}.")
    return only(dataset, ~out), only(dataset, out)


def _drawn(dataset: Dataset, share: float, seed: int, least: int) -> NDArray[np.bool_]:
    if not 0 < share < 1:
        raise DataError(f"A share of {share} of the classes cannot be held out: it lies between 0 and 1.")
    order = np.random.default_rng(seed).permutation(len(dataset.classes))
    return np.isin(np.arange(len(order)), order[: max(round(share * len(order)), least)])


def named(dataset: Dataset, held: Sequence[str]) -> NDArray[np.bool_]:
    """Mark (K,) the classes of these names and those in folders of these names; raises DataError for others."""
    folders = [name.rsplit("/", 1)[0] for name in dataset.classes]
    for name in held:
        if name not in dataset.classes and name not in folders:
            hint = did_you_mean(name, [*dict.fromkeys(folders), *dataset.classes])
            raise DataError(f"There is no class or folder of classes {name!r}. {hint}")
    return np.isin(dataset.classes, list(held)) | np.isin(folders, list(held))


def only(dataset: Dataset, classes: NDArray[np.bool_]) -> Dataset:
    """Give the samples of the classes that a mask (K,) names, counted anew from 0."""
    kept = np.asarray(dataset.targets, dtype=np.int64)
    part = dataset.where(classes[kept])
    number = np.cumsum(classes) - 1
    names = tuple(np.asarray(dataset.classes)[classes].tolist())
    return dataclasses.replace(part, targets=number[np.asarray(part.targets, np.int64)], classes=names)
