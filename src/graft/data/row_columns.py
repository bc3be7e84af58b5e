"""Which columns of a table rows are made of, which is learned, and which are left out, each with a sentence."""

from __future__ import annotations

from typing import Any

from graft.data.columns import INDEX_NAMES, MANY, TARGET_NAMES
from graft.data.kinds import is_media
from graft.data.rows import WORDS_FROM, cell_number
from graft.data.table import Table
from graft.errors import DataError

OUTCOMES = (*TARGET_NAMES, "outcome", "result", "response", "survived", "churn", "progression", "disease", "price")
LEVELS = 20


def target_column(table: Table, free: list[str]) -> str:
    """Give the column to learn: by its name, or else the last one, as most tables have it."""
    known = {name.casefold(): name for name in reversed(free)}
    found = next((known[promised] for promised in OUTCOMES if promised in known), free[-1] if free else None)
    if found is None or not table.sample(found):
        raise DataError(f"{table.title} has no column to learn: name it with --target. Its columns: {listed(table)}.")
    return found


def unused_columns(table: Table, free: list[str]) -> dict[str, str]:
    """Give the columns that rows are better without, each with the sentence that says why."""
    found = {}
    for name in free:
        cells = table.sample(name)
        low = name.casefold()
        if not cells:
            found[name] = f"Column {name!r} is empty and was not used."
        elif is_media(cells[0]) or isinstance(cells[0], dict | list | tuple):
            found[name] = f"Column {name!r} holds no numbers or words and was not used."
        elif low in INDEX_NAMES or low.endswith(("_id", " id", "-id")) or name.endswith("ID"):
            again = table.distinct(name) < len(table.rows)
            way = f"; --group {name!r} keeps its rows together" if again else ""
            found[name] = f"Column {name!r} was taken for an identifier and not used{way}."
        elif _hardly_repeats(table, name, cells):
            found[name] = (
                f"Column {name!r} holds words that hardly ever repeat (identifiers, or free text, which is not read "
                "beside numbers) and was not used."
            )
    return found


def _hardly_repeats(table: Table, name: str, cells: list[Any]) -> bool:
    words = [cell for cell in cells if cell_number(cell) >= WORDS_FROM]
    return 2 * len(words) > len(cells) and table.distinct(name) > max(LEVELS, len(table.rows) // 2)


def listed(table: Table) -> str:
    """Name the first columns of a table."""
    names = list(table.columns)
    return ", ".join(map(repr, names[:MANY])) + (", …" if len(names) > MANY else "")
