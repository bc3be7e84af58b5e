"""What a cell of a table holds: nothing, a number in words, or something else."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

NO_NUMBER = frozenset({"na", "n/a", "nan", "null", "none", "?", "-", "inf", "+inf", "-inf", "infinity", "-infinity"})


def is_missing(value: Any) -> bool:
    """Say whether a cell is empty: None, NaN, a pandas missing value, or a string of white space."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, float | np.floating):
        return math.isnan(value)
    return type(value).__name__ in ("NAType", "NaTType")


def numbers_of(present: dict[int, Any]) -> dict[int, float] | None:
    """Read values as numbers (NaN for those that say so), or None when some are words or truth values."""
    comma = decimal_commas(present)
    numbers: dict[int, float] = {}
    for i, value in present.items():
        text = value.strip().casefold() if isinstance(value, str) else value
        try:
            if isinstance(text, bool):
                return None
            if isinstance(text, str):
                text = math.nan if text in NO_NUMBER else text.replace(",", ".") if comma else text.replace("_", "?")
            numbers[i] = float(text)
        except (ValueError, TypeError):
            return None
    return numbers if any(map(math.isfinite, numbers.values())) else None


def decimal_commas(present: dict[int, Any]) -> bool:
    """Say whether the values are numbers written with a comma, all of them words of digits."""
    words = [value.strip() for value in present.values() if isinstance(value, str)]
    words = [word for word in words if word.casefold() not in NO_NUMBER]
    return any("," in word for word in words) and all(re.fullmatch(r"[-+]?\d+(,\d+)?", word) for word in words)
