"""Which task the targets ask for, and the targets as numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.cells import decimal_commas, is_missing, numbers_of
from graft.data.labels import class_order, merged
from graft.data.wanted import Wanted
from graft.errors import DataError

FEW = 20
MANY = 1000
PER_CLASS = 5
ID_ROWS = 10
EMPTY = "The target is empty."
WHOLE = r"\s*[-+]?\d+\.0+\s*"
NO_NUMBER = "The target {!r} is no finite number."


@dataclass(frozen=True)
class Encoded:
    """(N,) int64 class indices or float64 values, the class names, what to tell, and why some cannot be used."""

    targets: NDArray[Any]
    classes: tuple[str, ...]
    notes: tuple[str, ...]
    unusable: dict[int, str]


def encode(labels: Sequence[Any], wanted: Wanted, target: str, folders: bool = False) -> Encoded:
    """Turn raw targets into class indices or amounts; `folders` says they are folder names, classes unless asked.

    Raises DataError for targets with several values each, for an identifier, and for amounts that are no numbers.
    """
    unusable = {i: EMPTY for i, label in enumerate(labels) if is_missing(label)}
    present = {i: _plain(label, target) for i, label in enumerate(labels) if i not in unusable}
    numbers = None if folders and wanted.task != "regression" else numbers_of(present)
    task, notes = _task(present, numbers, wanted, target, folders)
    if task == "regression":
        return _amounts(labels, present, numbers, unusable, notes, target, wanted.known is not None)
    if numbers is not None and wanted.task is None:
        unusable |= {
            i: f"The target {present[i]!r} is no finite number." for i in present if not math.isfinite(numbers[i])
        }
    named = {i: _class_name(value, numbers is not None) for i, value in present.items() if i not in unusable}
    names, merging = merged(named, wanted.exact_labels)
    classes = class_order(set(names.values()))
    index = {name: k for k, name in enumerate(classes)}
    targets = np.zeros(len(labels), dtype=np.int64)
    targets[list(names)] = [index[name] for name in names.values()]
    return Encoded(targets, classes, (*notes, *merging), unusable)


def _task(
    present: dict[int, Any], numbers: dict[int, float] | None, wanted: Wanted, target: str, folders: bool
) -> tuple[str, tuple[str, ...]]:
    if wanted.task is not None or folders:
        return wanted.task or "classification", ()
    distinct = len({str(value) for value in present.values()})
    if numbers is None:
        _check_numbers(present, target)
        if distinct == len(present) >= ID_ROWS:
            raise DataError(
                f"All {distinct} values of {target} are different words, as identifiers are: name another column as "
                "--target, or say --task classification if they are classes."
            )
        return "classification", (f"Took the {distinct} different values of {target} as classes (classification).",)
    if _few_whole(list(numbers.values())):
        told = f"Took the {distinct} different whole numbers of {target} as classes (classification)"
        return "classification", (f"{told}; --task regression takes them as amounts.",)
    told = f"Took the numbers of {target} as amounts (regression)"
    comma = ("Commas in them were read as decimal points.",) if decimal_commas(present) else ()
    return "regression", (f"{told}; --task classification takes each different number as a class.", *comma)


def _check_numbers(present: dict[int, Any], target: str) -> None:
    """Raise DataError when most values are numbers, too many for classes, and a few are words."""
    numeric = {i: value for i, value in present.items() if _is_number(value)} if present else {}
    if 2 * len(numeric) > len(present) and not _few_whole(list((numbers_of(numeric) or {}).values())):
        word = next(value for i, value in present.items() if i not in numeric)
        raise DataError(
            f"{len(numeric)} of {len(present)} values of {target} are numbers, but {word!r} is none: write a number, "
            "or empty the cell (its row is left out), or say --task classification to take each value as a class."
        )


def _few_whole(numbers: list[float]) -> bool:
    finite = np.asarray([number for number in numbers if math.isfinite(number)])
    values = np.unique(finite)
    if np.any(values != np.rint(values)):
        return False
    counted = bool(values[0] in (0, 1) and values[-1] - values[0] == len(values) - 1)
    few = len(values) <= 2 or (len(values) <= FEW and 2 * len(values) <= len(finite))
    return few or (counted and len(values) <= MANY and PER_CLASS * len(values) <= len(finite))


def _amounts(
    labels: Sequence[Any],
    present: dict[int, Any],
    numbers: dict[int, float] | None,
    unusable: dict[int, str],
    notes: tuple[str, ...],
    target: str,
    fitted: bool = False,
) -> Encoded:
    if numbers is None:
        word = next((value for value in present.values() if not _is_number(value)), None)
        if fitted:
            raise DataError(f"The model predicts numbers, but {target} has {word!r}: give data with numbers to score.")
        raise DataError(f"Regression needs numbers, but {target} has {word!r}: say --task classification.")
    targets = np.zeros(len(labels), dtype=np.float64)
    for i, number in numbers.items():
        if math.isfinite(number):
            targets[i] = number
        else:
            unusable[i] = NO_NUMBER.format(present[i])
    return Encoded(targets, (), notes, unusable)


def _is_number(value: Any) -> bool:
    return numbers_of({0: value}) is not None


def _plain(label: Any, target: str) -> Any:
    if isinstance(label, np.generic | np.ndarray) and np.ndim(label) == 0:
        return label.item()
    if isinstance(label, list | tuple | dict | set | np.ndarray):
        raise DataError(f"{target} has several values for one input ({label!r:.60}): one label an input is needed.")
    return label


def _class_name(value: Any, numeric: bool) -> str:
    """Name a class as it is written, but the whole number 1.0 as 1, which is what it was before a gap made it so."""
    name = str(value)
    return name.strip().rstrip("0").rstrip(".") or "0" if numeric and re.fullmatch(WHOLE, name) else name
