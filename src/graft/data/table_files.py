"""Tables from JSON Lines and Parquet files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graft.data.dataset import Skipped
from graft.data.encodings import read_text
from graft.data.table import Table
from graft.errors import DataError


def read_jsonl(path: Path) -> Table:
    """Read one JSON object per line (or one list of objects); lines that are none are skipped with their number."""
    notes: list[str] = []
    text = read_text(path, notes)
    if not text.strip():
        raise DataError(f"{path} is empty: it should hold one JSON object per line.")
    objects, skipped = _whole(text) if text.lstrip().startswith("[") else _lines(text)
    names = list(dict.fromkeys(name for _, item in objects for name in item))
    columns = {name: [item.get(name) for _, item in objects] for name in names}
    if not objects:
        raise DataError(f"{path} holds no JSON object. {skipped[0].name}: {skipped[0].reason}")
    return Table(columns, [row for row, _ in objects], path.parent, str(path), notes, skipped)


def read_parquet(path: Path) -> Table:
    """Read a Parquet file, rows counted from 0."""
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(path)
        columns = {name: table.column(name).to_pylist() for name in dict.fromkeys(table.column_names)}
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as Parquet ({str(error).splitlines()[0]}).") from error
    return Table(columns, [f"row {i}" for i in range(table.num_rows)], path.parent, str(path))


def _lines(text: str) -> tuple[list[tuple[str, Mapping[str, Any]]], list[Skipped]]:
    objects: list[tuple[str, Mapping[str, Any]]] = []
    skipped: list[Skipped] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            skipped.append(Skipped(f"row {number}", f"The line is no JSON ({error.msg}, column {error.colno})."))
            continue
        if isinstance(item, dict):
            objects.append((f"row {number}", item))
        else:
            skipped.append(Skipped(f"row {number}", "The line is no JSON object {…}."))
    return objects, skipped


def _whole(text: str) -> tuple[list[tuple[str, Mapping[str, Any]]], list[Skipped]]:
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(f"The JSON list is broken in line {error.lineno} ({error.msg}).") from error
    named = [(f"row {i}", item) for i, item in enumerate(items)]
    bad = [Skipped(row, "It is no JSON object {…}.") for row, item in named if not isinstance(item, dict)]
    return [(row, item) for row, item in named if isinstance(item, dict)], bad
