"""A row of a table in its columns; a covered column is empty."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.reporting.explaining.base import Parts


def columns(item: Any) -> Parts:
    """Cut a row, the words of a JSON object."""
    row = json.loads(item)
    names = tuple(row)

    def without(covered: NDArray[np.bool_]) -> Any:
        """Give the row with some columns empty."""
        cells = {name: None if gone else row[name] for name, gone in zip(names, covered, strict=True)}
        return json.dumps(cells, ensure_ascii=False)

    return Parts(len(names), without, pieces=tuple(f"{name}: {_short(row[name])}" for name in names))


def _short(cell: Any) -> str:
    return f"{cell:.5g}" if isinstance(cell, float) else str(cell)
