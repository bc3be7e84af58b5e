"""What the caller asked of the reader, in one value that every reader is handed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from graft.data.dataset import Task
from graft.data.modalities import modality_named
from graft.errors import DataError, did_you_mean

TASKS = tuple(task for task in get_args(Task) if task != "unlabelled")


@dataclass(frozen=True)
class Wanted:
    """The words of `graft.data.read`, checked: columns by name, the task, the modality, and how to take labels."""

    input: str | Sequence[str] | None = None
    target: str | None = None
    task: str | None = None
    group: str | Sequence[Any] | None = None
    domain: str | Sequence[Any] | None = None
    modality: str | None = None
    labelled: bool = True
    exact_labels: bool = False
    known: tuple[str, ...] | None = None
    target_domain: str | None = None

    def __post_init__(self) -> None:
        if self.task is not None and self.task not in TASKS:
            raise DataError(f"There is no task {self.task!r}. {did_you_mean(self.task, TASKS)}")
        if self.modality is not None:
            modality_named(self.modality)

    def refuse_columns(self, what: str) -> None:
        """Raise DataError when a column was named for a source that has none."""
        for word in ("input", "target", "group", "domain"):
            value = getattr(self, word)
            if isinstance(value, str):
                raise DataError(f"{word} names the column {value!r}, but {what} has no columns.")
