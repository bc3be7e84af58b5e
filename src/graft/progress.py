"""A progress bar with rate and time left on a terminal, and silence anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Step(Protocol):
    """What a long job is handed to say how far it is."""

    def __call__(self, done: int = 1) -> None:
        """Say that `done` more items are finished."""


def silent(done: int = 1) -> None:
    """Say nothing."""


@contextmanager
def progress(label: str, total: int) -> Iterator[Step]:
    """Show a bar on standard error while the block runs; quiet when that is no terminal or there is nothing to do."""
    if total == 0 or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Task as RichTask
    from rich.text import Text

    class Rate(ProgressColumn):
        """Items per second."""

        def render(self, task: RichTask) -> Text:
            return Text(f"{task.speed:.0f}/s" if task.speed else "-/s", style="dim")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)

        def step(done: int = 1) -> None:
            bar.advance(task, done)

        yield step
