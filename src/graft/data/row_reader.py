"""From a table to a draft whose inputs are its rows: which columns are taken, and which are not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graft.data.assemble import Draft
from graft.data.blanks import blank_notes
from graft.data.cells import is_missing
from graft.data.columns import MANY, found_input, part_column
from graft.data.modalities import TABLE
from graft.data.parts import part_named
from graft.data.row_columns import listed, target_column, unused_columns
from graft.data.rows import Rows, cell_number
from graft.data.table import Table
from graft.data.wanted import Wanted
from graft.errors import DataError

HERE = 1.0
LOOKED_AT = 2000


def draft_rows(table: Table, wanted: Wanted) -> Draft:
    """Take the rows of a table as inputs: all its columns but those named for something else, or those of `input`.

    Columns of identifiers, of words that hardly ever repeat, of media and of nothing at all are left out, and named in
    a note. Raises DataError when no column is left, or none to learn.
    """
    named = {word: _named(table, wanted, word) for word in ("target", "group", "domain")}
    part = part_column(table, [name for name in named.values() if name])
    free = [name for name in table.columns if name not in {part, *named.values()}]
    target = named["target"]
    asked = None if wanted.input is None else _asked(table, wanted.input)
    if wanted.labelled and target is None:
        target = target_column(table, [name for name in free if name not in (asked or ())])
        free.remove(target)
    unused = {} if asked is not None else unused_columns(table, free)
    inputs = asked if asked is not None else [name for name in free if name not in unused]
    if not inputs:
        raise _nothing_left(table, unused)
    cells = {name: table.columns[name] for name in inputs}
    if named["domain"]:
        domains = table.columns.get(named["domain"], [None] * len(table.rows))
        cells[named["domain"]] = [_place(domain, wanted.target_domain) for domain in domains]
    empty = [i for i in range(len(table.rows)) if all(is_missing(cells[name][i]) for name in inputs)]
    return Draft(
        inputs=Rows(cells, target, named["domain"]),
        names=table.rows,
        modality=TABLE.name,
        labels=None if target is None or not wanted.labelled else table.columns[target],
        groups=_values(table, wanted.group, named["group"]),
        domains=_values(table, wanted.domain, named["domain"] if named["domain"] in table.columns else None),
        notes=[
            *table.notes,
            _taken(inputs, target, wanted),
            *unused.values(),
            *_blanks({name: cells[name] for name in inputs}),
            *_offsets(named["domain"], wanted),
        ],
        skipped=list(table.skipped),
        unusable=dict.fromkeys(empty, "All its cells are empty."),
        source=table.source,
        rows=table.rows,
        target=f"column {target!r}",
        parts=_parts(table, part) if wanted.labelled else None,
    )


def wants_rows(table: Table, wanted: Wanted) -> bool:
    """Say whether the rows of a table are the inputs: as asked for, or because no column holds images, texts, sounds.

    Columns asked for as a list are those of rows.
    """
    if wanted.modality == TABLE.name or not isinstance(wanted.input, str | None):
        return bool(table.rows)
    if wanted.modality is not None or wanted.input is not None or not table.rows:
        return False
    named = [value for word in ("target", "group", "domain") if isinstance(value := getattr(wanted, word), str)]
    free = [name for name in table.columns if name not in named and name != part_column(table, named)]
    return found_input(table, free, wanted) is None and len(unused_columns(table, free)) < len(free)


def _named(table: Table, wanted: Wanted, word: str) -> str | None:
    value = getattr(wanted, word)
    if word == "domain" and not isinstance(wanted.input, str | None) and value not in table.columns:
        return value if isinstance(value, str) else None  # what a model was fitted with, and new rows need not have
    return table.column(value, word) if isinstance(value, str) else None


def _place(domain: Any, here: str | None) -> str | float | None:
    """Give the cell of a domain: a word whatever its name, and a number for the one that the model is for.

    So that one has no mark of its own, and rows of it need not name it.
    """
    if is_missing(domain):
        return None
    name = str(domain).strip()
    return HERE if name == here else f"domain {name}"


def _asked(table: Table, names: str | Sequence[str]) -> list[str]:
    return [table.column(name, "input") for name in ([names] if isinstance(names, str) else names)]


def _parts(table: Table, part: str | None) -> Sequence[str] | None:
    if table.parts is not None or part is None:
        return table.parts
    return [str(part_named(cell)) for cell in table.columns[part]]


def _values(table: Table, wanted: Any, column: str | None) -> Sequence[Any] | None:
    if column is not None:
        return table.columns[column]
    if isinstance(wanted, str):
        return None
    if wanted is not None and len(wanted) != len(table.rows):
        raise DataError(
            f"The list of groups or domains has {len(wanted)} entries, {table.title} {len(table.rows)} rows."
        )
    return None if wanted is None else list(wanted)


def _taken(inputs: list[str], target: str | None, wanted: Wanted) -> str:
    shown = ", ".join(inputs[:MANY]) + (f" and {len(inputs) - MANY} more" if len(inputs) > MANY else "")
    columns = "column" if len(inputs) == 1 else f"{len(inputs)} columns"
    told = f"Took the rows of a table as inputs, by the {columns} {shown}"
    if target is None or not wanted.labelled:
        return f"{told}."
    how = "" if wanted.target else "; --target names another"
    return f"{told}, and {target!r} as the target{how}."


def _blanks(cells: dict[str, Sequence[Any]]) -> list[str]:
    values = np.array([[cell_number(cell) for cell in column[:LOOKED_AT]] for column in cells.values()])
    return blank_notes(values.T, list(cells))


def _offsets(domain: str | None, wanted: Wanted) -> list[str]:
    if domain is None or not wanted.labelled or wanted.known is not None:
        return []
    return [f"Each value of {domain!r} gets an offset of its own; rows of other domains go without one."]


def _nothing_left(table: Table, unused: dict[str, str]) -> DataError:
    why = f" {next(iter(unused.values()))}" if unused else ""
    return DataError(
        f"{table.title} has no column with texts or images, and none with numbers or categories to learn from: name it "
        f"with --input. Its columns: {listed(table)}.{why}"
    )
