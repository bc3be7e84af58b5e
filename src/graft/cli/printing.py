"""Tables for people, one JSON object for machines: what all printing is made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def say_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False))


def table(header: list[str], rows: Iterable[list[str]]) -> None:
    """Print rows in aligned columns."""
    lines = [header, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
