"""Which column of a table is the input and which the target: by name, by content, or as the caller says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graft.data.cells import numbers_of
from graft.data.kinds import fits, is_media
from graft.data.modalities import MODALITIES, Modality, modality_named
from graft.data.parts import part_named
from graft.data.rows import is_date
from graft.data.table import Table
from graft.data.wanted import Wanted
from graft.errors import DataError

TARGET_NAMES = ("label", "labels", "target", "targets", "class", "category", "sentiment", "y", "rating", "stars",
                "score", "diagnosis")  # fmt: skip
PART_NAMES = ("split", "subset", "partition")
INDEX_NAMES = ("id", "index", "idx", "column 1", "unnamed: 0", "row")
WORDS = 20
FEW = 20
MANY = 12
AMOUNTS, PIECES, OFTEN = 2, 1.5, 10


@dataclass(frozen=True)
class Choice:
    """The columns taken, by name, and the modality of the input."""

    input: str
    modality: Modality
    target: str | None
    part: str | None
    group: str | None
    domain: str | None


def choose(table: Table, wanted: Wanted) -> Choice:
    """Say which columns to take; raises DataError when there is no input or target to be found."""
    if not table.rows:
        raise DataError(f"{table.title} has columns but no rows that can be read.{_first_reason(table)}")
    named = {
        word: table.column(value, word)
        for word in ("input", "target", "group", "domain")
        if isinstance(value := getattr(wanted, word), str)
    }
    if named.get("input", 0) == named.get("target"):
        raise DataError(
            f"The column {named['input']!r} of {table.title} cannot be both the input and the target: name another one "
            "with --target."
        )
    part = part_column(table, named.values())
    taken = {part, *named.values()}
    free = [name for name in table.columns if name not in taken]
    found = _named_input(table, named["input"], wanted) if "input" in named else found_input(table, free, wanted)
    if found is None:
        raise _no_input(table, wanted)
    source, modality = found
    target = None
    if wanted.labelled:
        target = named.get("target") or _target(table, [name for name in free if name != source], source)
    return Choice(source, modality, target, part, named.get("group"), named.get("domain"))


def part_column(table: Table, taken: Iterable[str]) -> str | None:
    """Give the column that says which part each row belongs to, beside those `taken`, or None."""
    return next((name for name in table.columns if name not in taken and _is_part(table, name)), None)


def found_input(table: Table, free: list[str], wanted: Wanted) -> tuple[str, Modality] | None:
    """Give the column of inputs and what they are, by the names of columns, then by what they hold; None without any.

    Codes beside columns of numbers (short words, or few of them) are categories of a table, not texts.
    """
    allowed = _allowed(wanted)
    cells_of = {name: table.sample(name) for name in free}
    rest = [name for name in free if name.casefold() not in TARGET_NAMES and cells_of[name]]
    amounts = sum(numbers_of(dict(enumerate(cells_of[name]))) is not None for name in rest)

    def may_be(name: str, modality: Modality) -> bool:
        """Say whether a column holds inputs of the modality."""
        codes = not modality.by_path and amounts >= AMOUNTS and _is_code(table, name, cells_of[name])
        return fits(cells_of[name], modality) and not codes

    for modality in allowed:
        known = {name.casefold(): name for name in free}
        for promised in modality.columns:
            if promised in known and may_be(known[promised], modality):
                return known[promised], modality
    for modality in sorted(allowed, key=lambda modality: not modality.by_path):
        fitting_names = [name for name in rest if may_be(name, modality)]
        if not modality.by_path:
            fitting_names = [name for name in fitting_names if _is_prose(table, name, cells_of[name])]
        if fitting_names:
            return max(fitting_names, key=lambda name: _length(cells_of[name])), modality
    return None


def _allowed(wanted: Wanted) -> list[Modality]:
    return [modality_named(wanted.modality)] if wanted.modality else [m for m in MODALITIES.values() if m.columns]


def _named_input(table: Table, named: str, wanted: Wanted) -> tuple[str, Modality]:
    cells, allowed = table.sample(named), _allowed(wanted)
    fitting = [modality for modality in allowed if fits(cells, modality)]
    if not fitting and not wanted.modality:
        raise DataError(
            f"The column {named!r} of {table.title} holds neither {_kinds(allowed, ' nor ')} (its first value: "
            f"{cells[0] if cells else 'empty'!r:.60})."
        )
    return named, (fitting or allowed)[0]


def _no_input(table: Table, wanted: Wanted) -> DataError:
    return DataError(
        f"{table.title} has no column with {_kinds(_allowed(wanted), ' or ')}: name it with --input. "
        f"Its columns: {', '.join(map(repr, list(table.columns)[:MANY]))}{', …' if len(table.columns) > MANY else ''}."
    )


def _target(table: Table, free: list[str], source: str) -> str:
    known = {name.casefold(): name for name in reversed(free)}
    for promised in TARGET_NAMES:
        if promised in known:
            return known[promised]
    rest = [name for name in free if name.casefold() not in INDEX_NAMES and table.sample(name)]
    counts = {name: table.distinct(name) for name in rest if not is_media(table.sample(name)[0])}
    few = [name for name, count in counts.items() if 2 <= count <= max(FEW, len(table.rows) // 10)]
    found = (
        min(few, key=lambda name: (counts[name], _is_numeric(table, name)))
        if few
        else rest[0]
        if len(rest) == 1
        else None
    )
    if found is None:
        raise DataError(
            f"{table.title} has no column to learn beside the input {source!r}: name it with --target. "
            f"Its columns: {', '.join(map(repr, table.columns))}."
        )
    if found in set(map(str, table.columns[found])):
        raise DataError(
            f"The first line of {table.title} looks like a sample, not like column names: add a header line such as "
            "text,label."
        )
    return found


def _is_numeric(table: Table, name: str) -> bool:
    return numbers_of(dict(enumerate(table.sample(name)))) is not None


def _is_part(table: Table, name: str) -> bool:
    if name.casefold() not in PART_NAMES:
        return False
    return all(part_named(value) for value in {str(cell) for cell in table.columns[name]})


def _is_code(table: Table, name: str, cells: list[Any]) -> bool:
    """Say whether words are codes: of one piece each, or so few that they come again and again."""
    pieces = sum(len(str(cell).split()) for cell in cells) / max(len(cells), 1)
    return pieces < PIECES or OFTEN * table.distinct(name) < len(table.rows)


def _is_prose(table: Table, name: str, cells: list[Any]) -> bool:
    if 2 * sum(isinstance(cell, str) and is_date(cell) for cell in cells) > len(cells):
        return False
    return _length(cells) > WORDS or 2 * table.distinct(name) > len(table.rows)


def _length(cells: list[Any]) -> float:
    return sum(len(str(cell)) for cell in cells if isinstance(cell, str)) / len(cells)


def _kinds(modalities: list[Modality], joiner: str) -> str:
    return joiner.join(modality.nouns for modality in modalities)


def _first_reason(table: Table) -> str:
    return f" {table.skipped[0].name}: {table.skipped[0].reason}" if table.skipped else ""
