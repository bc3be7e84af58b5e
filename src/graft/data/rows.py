"""One row of a table as numbers, cell by cell: nothing is fitted here, so nothing is known of any other row."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.cells import is_missing
from graft.data.content import digest
from graft.data.labels import spelling
from graft.errors import DataError

NOTHING = frozenset({"", "?", "-", "--", "na", "n/a", "nan", "null", "nil", "<na>", "nat", "missing", "unknown"})
WORDS_FROM = 2.0**100
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?")
COMMA = re.compile(r"[-+]?\d+,\d+")
DATE = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(?:Z|[-+]\d\d:?\d\d)?)?"
)
GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
FIRST_DAY = datetime.datetime(2000, 1, 1)
DAY = 86400.0


class Rows(Sequence[str]):
    """The rows of some columns, each written as one JSON object when it is asked for.

    `target` names the column of targets; `domain` that of domains, which is among `columns` where it is used.
    """

    def __init__(
        self, columns: Mapping[str, Sequence[Any]], target: str | None = None, domain: str | None = None
    ) -> None:
        self.columns = columns
        self.target = target
        self.domain = domain

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Rows({name: cells[index] for name, cells in self.columns.items()}, self.target, self.domain)
        row = {name: plain(cells[int(index)]) for name, cells in self.columns.items()}
        return json.dumps(row, ensure_ascii=False, allow_nan=False)


def reading_of(inputs: Any) -> dict[str, Any]:
    """Give the columns by which other rows are to be read like these: {} where inputs are no rows with names."""
    while not isinstance(inputs, Rows) and hasattr(inputs, "items") and not isinstance(inputs, Mapping):
        inputs = inputs.items
    if not isinstance(inputs, Rows):
        return {}
    named = {"target": inputs.target, "domain": inputs.domain}
    columns = [name for name in inputs.columns if name != inputs.domain]
    return {"input": columns} | {word: name for word, name in named.items() if name}


def plain(cell: Any) -> str | float | None:
    """Give a cell as JSON holds it: None for nothing, numbers as floats, dates as ISO words, the rest as words."""
    if is_missing(cell):
        return None
    if isinstance(cell, bool | np.bool_):
        return str(bool(cell))
    if isinstance(cell, datetime.date | datetime.datetime):
        return cell.isoformat()
    if isinstance(cell, str):
        return cell.strip()
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return str(cell)
    return number if math.isfinite(number) else None


def decode_row(item: Any) -> NDArray[np.float32]:
    """Give the (C,) cells of a row: numbers as they are, dates as days since 2000, NaN for nothing, words as codes.

    `item` is a JSON object as a string, or an array of numbers. The code of a word is a number of 2^100 or more, by its
    hash: the same word, whatever its case, has the same code in every table. Raises DataError for anything else.
    """
    if isinstance(item, np.ndarray):
        return _numbers(item)
    try:
        cells = json.loads(item)
    except (TypeError, ValueError) as error:
        raise DataError(f"The row {str(item)[:60]!r} is no JSON object: {error}.") from error
    if not isinstance(cells, dict) or not cells:
        raise DataError(f"The row {str(item)[:60]!r} is no JSON object with one value a column.")
    return np.array([cell_number(cell) for cell in cells.values()], dtype=np.float32)


def _numbers(item: NDArray[Any]) -> NDArray[np.float32]:
    if item.ndim != 1 or item.dtype.kind not in "biuf":
        raise DataError(f"An array of shape {item.shape} and type {item.dtype} is no row of numbers.")
    values = item.astype(np.float64)
    return np.where(np.abs(values) < WORDS_FROM, values, np.nan).astype(np.float32)


def cell_number(cell: Any) -> float:
    """Give the number of one cell as `decode_row` says."""
    cell = plain(cell)
    if cell is None or isinstance(cell, float):
        return math.nan if cell is None or abs(cell) >= WORDS_FROM else cell
    text = cell.casefold()
    if text in NOTHING or text.lstrip("+-") in ("inf", "infinity"):
        return math.nan
    if NUMBER.fullmatch(text) or COMMA.fullmatch(text):
        number = float(text.replace(",", "."))
        return number if abs(number) < WORDS_FROM else math.nan
    days = _days(cell)
    return word_code(cell) if days is None else days


def _days(text: str) -> float | None:
    """Give the days since 2000 of a date written 2024-01-31, 2024/01/31, 31.01.2024, with or without a time."""
    found = DATE.fullmatch(text)
    german = GERMAN.fullmatch(text)
    if found:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.group(1, 3, 4, 5, 6, 7))
    elif german:
        (day, month, year), hour, minute, second = map(int, german.groups()), 0, 0, 0
    else:
        return None
    try:
        return (datetime.datetime(year, month, day, hour, minute, second) - FIRST_DAY).total_seconds() / DAY
    except ValueError:
        return None


def is_date(text: str) -> bool:
    """Say whether a cell is written as a date."""
    return _days(text.strip()) is not None


def word_code(word: str) -> float:
    """Give the code of a word, 27 bits of its hash as a float32 of 2^100 or more; words alike but for case share it."""
    bits = int.from_bytes(digest(b"word", spelling(word).encode("utf-8", "surrogatepass"))[:4], "little") >> 5
    return float((1 + (bits >> 4) / 2**23) * WORDS_FROM * 2.0 ** (bits & 15))
