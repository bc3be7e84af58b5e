"""A table: columns by name, whatever file or library they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from graft.data.cells import is_missing
from graft.data.dataset import Skipped
from graft.errors import DataError, did_you_mean

SAMPLE = 200


@dataclass
class Table:
    """Columns of equal length with the name of each row; paths in cells are relative to `folder`.

    A column that is no list is lazy, and its cells are not looked at before they are used. `parts` are known where
    they come with the source and not from a column.
    """

    columns: Mapping[str, Sequence[Any]]
    rows: Sequence[str]
    folder: Path
    source: str
    notes: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    parts: Sequence[str] | None = None

    @property
    def title(self) -> str:
        """Give what to call the table in a sentence."""
        return self.source or "The table"

    def column(self, name: str, word: str) -> str:
        """Check a column the caller named as `word` (input, target, …); raises DataError listing the columns."""
        if name in self.columns:
            return name
        near = [known for known in self.columns if known.strip().casefold() == name.strip().casefold()]
        if len(near) == 1:
            return near[0]
        listed = ", ".join(map(repr, self.columns))
        raise DataError(
            f"{self.title} has no column {name!r} to use as the {word}. {did_you_mean(name, self.columns)} "
            f"Its columns: {listed}."
        )

    def sample(self, name: str) -> list[Any]:
        """Give the first cells of a column that are not empty."""
        return list(islice(self._present(name), SAMPLE))

    def distinct(self, name: str) -> int:
        """Count the different values of a column, empty cells aside."""
        return len({str(cell) for cell in self._present(name)})

    def _present(self, name: str) -> Iterator[Any]:
        return (cell for cell in self.columns[name] if not is_missing(cell))
