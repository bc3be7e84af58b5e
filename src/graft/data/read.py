"""The one door for data: whatever people have, read into a Dataset."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from graft.data.arrays import draft_memory, is_pair
from graft.data.assemble import Draft, assemble
from graft.data.class_folders import read_folder
from graft.data.classes import match_classes
from graft.data.dataset import Dataset
from graft.data.delimited import read_delimited
from graft.data.files import are_files, draft_lines, draft_single, joined
from graft.data.libraries import from_frame, from_hugging_face, from_splits
from graft.data.modalities import by_path
from graft.data.npz import flat_labels, read_npz
from graft.data.patients import with_patients
from graft.data.records import beside, from_records, is_records
from graft.data.references import exists
from graft.data.table import Table
from graft.data.table_files import read_jsonl, read_parquet
from graft.data.table_reader import draft_table
from graft.data.wanted import Wanted
from graft.errors import DataError

TABLES: dict[str, Callable[[Path], Table]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".tab": read_delimited,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_jsonl,
    ".parquet": read_parquet,
}


def read(
    source: Any,
    *,
    input: str | Sequence[str] | None = None,
    target: str | None = None,
    task: str | None = None,
    group: str | Sequence[Any] | None = None,
    domain: str | Sequence[Any] | None = None,
    modality: str | None = None,
    labelled: bool = True,
    exact_labels: bool = False,
    known: tuple[str, ...] | None = None,
    target_domain: str | None = None,
) -> Dataset:
    """Read labelled or unlabelled inputs into a Dataset; nothing is decoded.

    `source` is a folder of images or recordings (`class/…` or `train|val|test/class/…`), a CSV, TSV, JSON Lines,
    Parquet or NPZ file, a pandas data frame, a Hugging Face data set, `(inputs, targets)`, or a Dataset, which is
    returned as it is. With `labelled=False` it may also be a folder of any images or recordings, one of them, a text
    file with one text per line, a list of these, or inputs alone; labels are then ignored. A recording in memory is
    `(samples, rate)`. `input`, `target`, `group` and `domain` name columns of a table
    (`group` and `domain` may be a value per sample instead); `task` is `classification` or `regression`;
    `exact_labels` keeps labels apart that differ only by space, letter case or Unicode form. `known` are the classes of
    a model (empty when it predicts amounts) that the source is to be scored against; `target_domain` is the domain
    that a model of rows is for, whose offset is the one of rows of no known domain. What was taken is told in `notes`,
    what could not be used in `skipped`. Raises DataError in a sentence.

    >>> dataset = read((["a fine film", "a dull one", "a fine plot"], ["yes", "no", "yes"]))
    >>> dataset.modality, dataset.task, dataset.counts()
    ('text', 'classification', {'no': 1, 'yes': 2})
    """
    if isinstance(source, Dataset):
        return source if known is None or not labelled else match_classes(source, known)
    wanted = Wanted(input, target, task, group, domain, modality, labelled, exact_labels, known, target_domain)
    draft = _draft(source, wanted)
    return assemble(with_patients(draft) if labelled else draft, wanted)


def has_columns(source: Any) -> bool:
    """Say whether a source is a table, of which columns can be named."""
    if isinstance(source, str | os.PathLike):
        return Path(source).suffix.lower() in TABLES
    return is_records(source) or hasattr(source, "columns") or type(source).__module__.partition(".")[0] == "datasets"


def _draft(source: Any, wanted: Wanted) -> Draft:
    library = type(source).__module__.partition(".")[0]
    if isinstance(source, str) and not source.strip():
        raise DataError("The path is empty: give a folder or a file.")
    if isinstance(source, str | os.PathLike):
        return _from_path(Path(source).expanduser(), wanted)
    if library == "pandas" and hasattr(source, "columns"):
        return draft_table(from_frame(source), wanted)
    if library == "datasets":
        splits = isinstance(source, dict)
        return draft_table(from_splits(source, wanted.labelled) if splits else from_hugging_face(source), wanted)
    if is_records(source):
        return draft_table(from_records(source), wanted)
    if is_pair(source) and len(getattr(source[0], "columns", ())) > 1:
        table, target = beside(from_frame(source[0]), source[1])
        return draft_table(table, replace(wanted, target=target))
    if is_pair(source):
        inputs, targets = map(_plain, source)
        labels = flat_labels(targets, "The array of targets") if isinstance(targets, np.ndarray) else targets
        return draft_memory(inputs, labels if wanted.labelled else None, wanted)
    items = _plain(source)
    if isinstance(items, list) and items and not wanted.labelled and are_files(items):
        return joined([_from_path(Path(item).expanduser(), wanted) for item in items])
    return draft_memory(items, None, wanted)


def _plain(source: Any) -> Any:
    """Give the array or list that a source in memory is or holds; one image or recording alone is a list of one."""
    if isinstance(source, np.ndarray):
        return source
    one = isinstance(source, tuple | dict) and any(modality.holds(source) for modality in by_path())
    if one or isinstance(source, bytes | bytearray) or hasattr(source, "getexif"):
        return [source]
    if hasattr(source, "columns"):
        if len(source.columns) != 1:
            raise DataError(
                "Inputs given as a data frame beside their targets must be one column: give the frame alone."
            )
        source = source.iloc[:, 0]
    if hasattr(source, "tolist") and type(source).__module__.startswith("pandas"):
        return source.tolist()
    if hasattr(source, "__array__"):
        return np.asarray(source)
    if isinstance(source, dict | str) or not hasattr(source, "__iter__"):
        raise DataError(f"A {type(source).__name__} cannot be read: give a path, a table, or (inputs, targets).")
    return list(source)


def _from_path(path: Path, wanted: Wanted) -> Draft:
    if not exists(path):
        raise missing(path)
    if path.is_dir():
        return read_folder(path, wanted)
    ending = path.suffix.lower()
    if ending in TABLES:
        return draft_table(TABLES[ending](path), wanted)
    if ending == ".npz":
        return read_npz(path, wanted)
    for modality in by_path():
        if modality.may_be(path):
            return draft_single(path, modality, wanted)
    if ending == ".txt":
        return draft_lines(path, wanted)
    known = ", ".join(
        [*TABLES, ".npz"] + ([] if wanted.labelled else [".txt", *(modality.nouns for modality in by_path())])
    )
    raise DataError(
        f"{path} cannot be read: its ending {ending!r} is none of {known}. A folder of images or recordings works too."
    )


def missing(path: Path) -> DataError:
    """Say that a path does not exist, and which name beside it is nearest."""
    shown = str(path) if len(str(path)) < 200 else f"{str(path)[:200]}…"
    above = path.parent
    if not exists(above):
        while not exists(above) and above != above.parent:
            path, above = above, above.parent
        where = "the working folder" if above == Path() else above
        return DataError(f"{shown} does not exist: there is no folder {path.name!r} in {where}.")
    beside = sorted(entry.name for entry in _entries(above) if not entry.name.startswith("."))
    near = difflib.get_close_matches(path.name, beside, n=1, cutoff=0.5)
    if near:
        return DataError(f"{shown} does not exist. Did you mean {above / near[0]}?")
    held = ", ".join(beside[:5]) + (", …" if len(beside) > 5 else "") or "nothing"
    return DataError(f"{shown} does not exist; {'the working folder' if above == Path() else above} holds {held}.")


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
