"""Which column of a table is the input and which the target: by name, by content, or as the caller says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graft.data.cells import numbers_of
from graft.data.kinds import fits, is_media
from graft.data.modalities import MODALITIES, Modality, modality_named
from graft.data.parts import part_named
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
    part = next((name for name in table.columns if name not in named.values() and _is_part(table, name)), None)
    taken = {part, *named.values()}
    free = [name for name in table.columns if name not in taken]
    source, modality = _input(table, free, named.get("input"), wanted)
    target = None
    if wanted.labelled:
        target = named.get("target") or _target(table, [name for name in free if name != source], source)
    return Choice(source, modality, target, part, named.get("group"), named.get("domain"))


def _input(table: Table, free: list[str], named: str | None, wanted: Wanted) -> tuple[str, Modality]:
    allowed = [modality_named(wanted.modality)] if wanted.modality else list(MODALITIES.values())
    if named is not None:
        cells = table.sample(named)
        fitting = [modality for modality in allowed if fits(cells, modality)]
        if not fitting and not wanted.modality:
            raise DataError(
                f"The column {named!r} of {table.title} holds neither {_kinds(allowed, ' nor ')} (its first value: "
                f"{cells[0] if cells else 'empty'!r:.60})."
            )
        return named, (fitting or allowed)[0]
    cells_of = {name: table.sample(name) for name in free}
    for modality in allowed:
        known = {name.casefold(): name for name in free}
        for promised in modality.columns:
            if promised in known and fits(cells_of[known[promised]], modality):
                return known[promised], modality
    rest = [name for name in free if name.casefold() not in TARGET_NAMES and cells_of[name]]
    for modality in sorted(allowed, key=lambda modality: not modality.by_path):
        fitting_names = [name for name in rest if fits(cells_of[name], modality)]
        if not modality.by_path:
            fitting_names = [name for name in fitting_names if _is_prose(table, name, cells_of[name])]
        if fitting_names:
            return max(fitting_names, key=lambda name: _length(cells_of[name])), modality
    raise DataError(
        f"{table.title} has no column with {_kinds(allowed, ' or ')}: name it with --input. "
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


def _is_prose(table: Table, name: str, cells: list[Any]) -> bool:
    return _length(cells) > WORDS or 2 * table.distinct(name) > len(table.rows)


def _length(cells: list[Any]) -> float:
    return sum(len(str(cell)) for cell in cells if isinstance(cell, str)) / len(cells)


def _kinds(modalities: list[Modality], joiner: str) -> str:
    return joiner.join(modality.nouns for modality in modalities)


def _first_reason(table: Table) -> str:
    return f" {table.skipped[0].name}: {table.skipped[0].reason}" if table.skipped else ""
