"""Delimited text as people have it: any encoding, delimiter and quoting, ragged rows set aside."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Literal

from graft.data.dataset import Skipped
from graft.data.encodings import read_text
from graft.data.table import Table
from graft.errors import DataError

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
BY_ENDING = {".tsv": "\t", ".tab": "\t"}
SAMPLE_ROWS = 50
LONGEST_FIELD = 2**31 - 1


def read_delimited(path: Path) -> Table:
    """Read a CSV or TSV file with a header line into columns of strings, exactly as they are written.

    Rows are numbered as a spreadsheet shows them, the header being row 1. A row with more or fewer fields than the
    header is skipped with its number. Raises DataError for an empty, binary or unreadable file.
    """
    notes: list[str] = []
    text = read_text(path, notes)
    delimiter = _delimiter(text, path, notes)
    rows = [(number, row) for number, row in enumerate(_rows(text, delimiter, path, notes), start=1) if any(row)]
    if not rows:
        raise DataError(f"{path} is empty: a table has a header line and one row per sample.")
    header = _unique([name.strip() for name in rows[0][1]])
    kept: list[tuple[int, list[str]]] = []
    skipped: list[Skipped] = []
    for number, row in rows[1:]:
        if len(row) > len(header) and not any(row[len(header) :]):
            row = row[: len(header)]
        if len(row) == len(header):
            kept.append((number, row))
        else:
            skipped.append(Skipped(f"row {number}", _ragged(len(row), len(header), delimiter)))
    columns = {name: [row[k] for _, row in kept] for k, name in enumerate(header)}
    return Table(columns, [f"row {number}" for number, _ in kept], path.parent, str(path), notes, skipped)


def _delimiter(text: str, path: Path, notes: list[str]) -> str:
    usual = BY_ENDING.get(path.suffix.lower(), ",")
    scores: dict[str, tuple[float, bool]] = {}
    for delimiter in DELIMITERS:
        sample = [len(row) for row in _parsed(text, delimiter, SAMPLE_ROWS) if row]
        if sample and sample[0] > 1:
            scores[delimiter] = Counter(sample)[sample[0]] / len(sample), delimiter == usual
    best = max(scores, key=lambda delimiter: scores[delimiter], default=usual)
    if best != usual:
        notes.append(f"The fields of {path.name} are divided by a {DELIMITERS[best]}.")
    return best


def _rows(text: str, delimiter: str, path: Path, notes: list[str]) -> list[list[str]]:
    """Parse strictly; where quoting is broken, leniently or with quotes as letters, whichever gives more good rows."""
    try:
        return _parsed(text, delimiter, strict=True)
    except csv.Error:
        lenient, literal = _parsed(text, delimiter), _parsed(text, delimiter, quoting=csv.QUOTE_NONE)
    if _well_formed(lenient) >= _well_formed(literal):
        return lenient
    notes.append(f"{path.name} has quotation marks that never close: quotation marks were read as letters.")
    return literal


def _well_formed(rows: list[list[str]]) -> int:
    return sum(len(row) == len(rows[0]) for row in rows)


def _parsed(
    text: str, delimiter: str, most: int | None = None, strict: bool = False, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
) -> list[list[str]]:
    lines = io.StringIO(text, newline="")
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        return list(islice(csv.reader(lines, delimiter=delimiter, strict=strict, quoting=quoting), most))
    finally:
        csv.field_size_limit(before)


def _unique(header: list[str]) -> list[str]:
    names: list[str] = []
    for k, name in enumerate(header, start=1):
        fresh = name or f"column {k}"
        names.append(fresh if fresh not in names else f"{fresh} ({k})")
    return names


def _ragged(found: int, wanted: int, delimiter: str) -> str:
    fields = "field" if found == 1 else "fields"
    why = f"; text with a {DELIMITERS[delimiter]} in it needs quotation marks" if found > wanted else ""
    return f"It has {found} {fields} where the header has {wanted}{why}."
