"""Arrays in an `.npz` file: `{train,val,test}_{images,labels}` as MedMNIST has it, `x_train, y_train`, or `X, y`."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.arrays import array_modality
from graft.data.assemble import Draft
from graft.data.parts import PARTS, part_named
from graft.data.references import Chained
from graft.data.wanted import Wanted
from graft.errors import DataError

INPUTS = ("images", "x", "inputs", "data", "texts")
TARGETS = ("labels", "y", "targets", "label", "target")


def read_npz(path: Path, wanted: Wanted) -> Draft:
    """Read inputs and targets from the arrays of an `.npz` file, by their names; nothing pickled is ever loaded.

    Raises DataError when no array has a known name, for pickled objects, and for targets with several values a row.
    """
    wanted.refuse_columns(f"the array file {path}")
    arrays = _arrays(path)
    known = {name.casefold(): name for name in arrays}
    blocks = [(part, *found) for part in (None, *PARTS) if (found := _pair(known, part))]
    if not blocks:
        raise DataError(
            f"{path} has the arrays {', '.join(arrays)}, none of which is known as inputs: name them train_images and "
            "train_labels (and val_, test_), x_train and y_train, or X and y."
        )
    if blocks[0][0] is None:
        blocks = blocks[:1]
    inputs, labels, parts, names = [], [], [], []
    for part, source, target in blocks:
        values = arrays[source]
        inputs.append(values)
        names += [f"{source}[{i}]" for i in range(len(values))]
        parts += [str(part_named(part))] * len(values)
        if wanted.labelled:
            labels += _labels(arrays, source, target, path)
    return Draft(
        inputs=Chained(inputs),
        names=names,
        modality=array_modality(inputs[0], wanted),
        labels=labels if wanted.labelled else None,
        parts=parts if wanted.labelled and blocks[0][0] is not None else None,
        notes=[f"Took the arrays {', '.join(source for _, source, _ in blocks)} of {path.name} as inputs."],
        source=str(path),
    )


def flat_labels(labels: NDArray[Any], what: str) -> list[Any]:
    """Give targets (N,) or (N, 1) as a list of N; raises DataError for (N, K), which is several labels an input."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise DataError(
            f"{what} has the shape {labels.shape}, which is several labels for one input: one label an input is needed "
            "(for one-hot rows, give their argmax)."
        )
    return list(labels.tolist())


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path} is no .npz file: numpy.savez writes one.")
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except ValueError as error:
        if "pickle" in str(error).lower():
            raise DataError(f"{path} holds pickled objects, which are never loaded: save plain arrays.") from error
        raise DataError(f"{path} is no readable .npz file ({error}).") from error
    except (OSError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        raise DataError(f"{path} is no readable .npz file ({error}).") from error


def _pair(known: dict[str, str], part: str | None) -> tuple[str, str | None] | None:
    """Give the names of the arrays of inputs and targets of a part, or None when it has no inputs."""
    source = _first(known, INPUTS, part)
    return None if source is None else (source, _first(known, TARGETS, part))


def _first(known: dict[str, str], words: tuple[str, ...], part: str | None) -> str | None:
    spelt = words if part is None else [name for word in words for name in (f"{part}_{word}", f"{word}_{part}")]
    return next((known[name] for name in spelt if name in known), None)


def _labels(arrays: dict[str, NDArray[Any]], source: str, target: str | None, path: Path) -> list[Any]:
    if target is None:
        raise DataError(
            f"{path} has inputs in {source} but no targets beside them: its arrays are {', '.join(arrays)}."
        )
    labels = flat_labels(arrays[target], target)
    if len(labels) != len(arrays[source]):
        raise DataError(f"{target} of {path} has {len(labels)} entries but {source} has {len(arrays[source])}.")
    return labels
