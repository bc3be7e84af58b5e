"""Tables from pandas data frames and Hugging Face data sets."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graft.data.parts import part_named
from graft.data.references import Chained
from graft.data.table import Table
from graft.errors import DataError


def from_frame(frame: Any) -> Table:
    """Take a pandas data frame, rows named by its index; paths in it are relative to the working folder."""
    columns = {str(name): frame.iloc[:, k].tolist() for k, name in enumerate(frame.columns)}
    return Table(columns, [f"row {label}" for label in frame.index], Path(), "")


class MediaColumn(Sequence[Any]):
    """A column of a Hugging Face data set as it is stored, bytes or path, read row by row when asked for."""

    def __init__(self, dataset: Any, name: str) -> None:
        self.dataset = dataset
        self.name = name

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return self.dataset[int(index)][self.name]


def from_hugging_face(dataset: Any) -> Table:
    """Take a Hugging Face `datasets.Dataset`: class labels by their names, images not decoded."""
    if not hasattr(dataset, "column_names") or not hasattr(dataset, "__len__"):
        raise DataError("A streamed Hugging Face data set has no length: load it without streaming=True.")
    plain = dataset.with_format(None)
    columns: dict[str, Sequence[Any]] = {}
    for name, feature in dataset.features.items():
        if hasattr(feature, "decode") and hasattr(feature, "decode_example"):
            columns[name] = MediaColumn(plain.select_columns([name]).cast_column(name, _undecoded(feature)), name)
        elif hasattr(feature, "int2str"):
            columns[name] = [_class_name(feature, value) for value in plain[name]]
        else:
            columns[name] = list(plain[name])
    return Table(columns, [f"row {i}" for i in range(len(dataset))], Path(), "")


def _undecoded(feature: Any) -> Any:
    stored = copy.copy(feature)
    stored.decode = False
    return stored


def _class_name(feature: Any, value: int | None) -> str | None:
    return None if value is None or value < 0 else str(feature.int2str(value))


def from_splits(splits: Mapping[str, Any], labelled: bool) -> Table:
    """Take a Hugging Face `DatasetDict`: its splits become parts; those of other names are left out and noted.

    Raises DataError when no split has a name that says what it is for.
    """
    known = {name: part for name in splits if (part := part_named(name))}
    if labelled and not known:
        names = list(splits)
        raise DataError(
            f"The data set has the splits {', '.join(map(repr, names))}, none of them for training or testing. Did you "
            f"mean to select one of them with dataset[{names[0]!r}]?"
        )
    taken = list(known) if labelled else list(splits)
    tables = {name: from_hugging_face(splits[name]) for name in taken}
    shared = [
        column for column in tables[taken[0]].columns if all(column in table.columns for table in tables.values())
    ]
    columns = {column: _one_after_another([table.columns[column] for table in tables.values()]) for column in shared}
    rows = [f"{name} {row}" for name, table in tables.items() for row in table.rows]
    parts = [str(known[name]) for name, table in tables.items() for _ in table.rows] if labelled else None
    left = [name for name in splits if name not in taken]
    notes = [f"The splits {', '.join(map(repr, left))} were left out."] if left else []
    return Table(columns, rows, Path(), "", notes, parts=parts)


def _one_after_another(columns: Sequence[Sequence[Any]]) -> Sequence[Any]:
    if all(isinstance(column, list) for column in columns):
        return [cell for column in columns for cell in column]
    return Chained(columns)
