"""From a table to a draft: columns chosen, cells turned into inputs, rows that cannot be used named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graft.data.assemble import Draft
from graft.data.cells import is_missing
from graft.data.columns import PART_NAMES, Choice, choose
from graft.data.parts import PARTS, part_named
from graft.data.references import References, exists
from graft.data.row_reader import draft_rows, wants_rows
from graft.data.table import Table
from graft.data.wanted import Wanted
from graft.errors import DataError


def draft_table(table: Table, wanted: Wanted) -> Draft:
    """Take the input and target columns of a table; files that paths point to are looked for but not opened."""
    if wants_rows(table, wanted):
        return draft_rows(table, wanted)
    choice = choose(table, wanted)
    cells = table.columns[choice.input]
    unusable: dict[int, str] = {}
    if isinstance(cells, list):
        unusable = {i: "The input is empty." for i, cell in enumerate(cells) if is_missing(cell)}
    inputs, names = _inputs(table, choice, cells, unusable)
    return Draft(
        inputs=inputs,
        names=names,
        modality=choice.modality.name,
        labels=None if choice.target is None else table.columns[choice.target],
        groups=_values(table, wanted.group, choice.group, "group"),
        domains=_values(table, wanted.domain, choice.domain, "domain"),
        parts=_parts(table, choice) if wanted.labelled else None,
        notes=[*table.notes, _taken(choice, wanted), *_parts_not_understood(table, choice)],
        skipped=list(table.skipped),
        unusable=unusable,
        source=table.source,
        rows=table.rows,
        target=f"column {choice.target!r}",
    )


def _inputs(
    table: Table, choice: Choice, cells: Sequence[Any], unusable: dict[int, str]
) -> tuple[Sequence[Any], Sequence[str]]:
    if not choice.modality.by_path:
        return [cell if isinstance(cell, str) else str(cell) for cell in cells], table.rows
    if not isinstance(cells, list):
        return References(cells, table.folder), table.rows
    placed = [_written(cell, table.folder) if isinstance(cell, str) else cell for cell in cells]
    for i, cell in enumerate(placed):
        if i not in unusable and isinstance(cell, str) and not exists(table.folder / cell):
            unusable[i] = _not_there(cell, table)
    names = [cell if isinstance(cell, str) else row for cell, row in zip(placed, table.rows, strict=True)]
    return References(placed, table.folder), names


def _written(cell: str, folder: Path) -> str:
    """Take a path as written, or with its Windows separators turned when only that is there."""
    trimmed = cell.strip()
    turned = trimmed.replace("\\", "/")
    return turned if turned != trimmed and not exists(folder / trimmed) else trimmed


def _not_there(cell: str, table: Table) -> str:
    whose = "the folder of the table" if table.source else "the working folder"
    relative = "" if Path(cell).is_absolute() else f"; paths are taken relative to {whose}"
    return f"There is no file {cell!r} (tried {table.folder.absolute() / cell}{relative})."


def _values(table: Table, wanted: Any, column: str | None, word: str) -> Sequence[Any] | None:
    if column is not None:
        return table.columns[column]
    if wanted is not None and len(wanted) != len(table.rows):
        raise DataError(f"{word} has {len(wanted)} entries but {table.title} has {len(table.rows)} rows.")
    return None if wanted is None else list(wanted)


def _parts(table: Table, choice: Choice) -> Sequence[str] | None:
    if table.parts is not None or choice.part is None:
        return table.parts
    return [str(part_named(cell)) for cell in table.columns[choice.part]]


def _parts_not_understood(table: Table, choice: Choice) -> list[str]:
    ignored = [name for name in table.columns if name.casefold() in PART_NAMES and name not in vars(choice).values()]
    if choice.part is not None or not ignored:
        return []
    return [f"Column {ignored[0]!r} has other values than {', '.join(PARTS)} and was not used."]


def _taken(choice: Choice, wanted: Wanted) -> str:
    told = f"Took column {choice.input!r} as the input ({choice.modality.nouns})"
    if choice.target is not None:
        told += f" and {choice.target!r} as the target"
    if choice.part is not None and wanted.labelled:
        told += f", with the parts in {choice.part!r}"
    ways = "--input" if choice.target is None else "--input and --target"
    return f"{told}; {ways} name others."
