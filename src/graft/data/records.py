"""Rows in memory as a table: a list of dictionaries, or a data frame beside its targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from graft.data.table import Table
from graft.errors import DataError

TARGET = "target"


def is_records(source: Any) -> bool:
    """Say whether a source is a list of dictionaries of columns, and not of stored media."""
    if not isinstance(source, list) or not source:
        return False
    return all(isinstance(item, dict) and not {"bytes", "path"} & set(item) for item in source)


def from_records(records: Sequence[dict[str, Any]]) -> Table:
    """Take a list of dictionaries, rows counted from 0; a column that one of them lacks is empty there."""
    names = list(dict.fromkeys(str(name) for record in records for name in record))
    columns = {name: [record.get(name) for record in records] for name in names}
    return Table(columns, [f"row {i}" for i in range(len(records))], Path(), "")


def beside(table: Table, targets: Any) -> tuple[Table, str]:
    """Give a table with its targets as one more column, and the name of that; raises DataError on another length."""
    cells = targets.tolist() if hasattr(targets, "tolist") else list(targets)
    if len(cells) != len(table.rows):
        raise DataError(f"There are {len(table.rows)} inputs but {len(cells)} targets.")
    name = TARGET
    while name in table.columns:
        name += "_"
    return replace(table, columns={**table.columns, name: cells}), name
