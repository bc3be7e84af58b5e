"""A bar with the loss and the time left on a terminal, and silence anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Told(Protocol):
    """What the loop tells after each batch."""

    def __call__(self, done: int, loss: float) -> None:
        """Say that `done` more batches are done, at this mean loss of the epoch so far."""


def quiet(done: int, loss: float) -> None:
    """Say nothing."""


@contextmanager
def training_bar(label: str, total: int, done: int) -> Iterator[Told]:
    """Show batches done of `total`, the loss and the time left on standard error; quiet when that is no terminal."""
    if not label or not sys.stderr.isatty():
        yield quiet
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    loss_column = TextColumn("loss {task.fields[loss]}", style="dim")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), loss_column, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(label, total=total, completed=done, loss="-")

        def tell(done: int, loss: float) -> None:
            shown.update(task, advance=done, loss=f"{loss:.3f}")

        yield tell
