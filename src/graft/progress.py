"""A progress bar with rate and time left on a terminal, and silence anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Step(Protocol):
    """What a long job is handed to say how far it is."""

    def __call__(self, done: int = 1) -> None:
        """Say that `done` more items are finished."""


def silent(done: int = 1) -> None:
    """Say nothing."""


Watch = Callable[[str, int, int], object]
WATCHED: ContextVar[Watch | None] = ContextVar("watched", default=None)


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Call `watch(label, done, total)` for every step of a long job while the block runs."""
    token = WATCHED.set(watch)
    try:
        yield
    finally:
        WATCHED.reset(token)


def is_watched() -> bool:
    """Say whether anybody watches the long jobs of this context."""
    return WATCHED.get() is not None


@contextmanager
def progress(label: str, total: int) -> Iterator[Step]:
    """Show a bar on standard error while the block runs, and tell who watches; quiet where there is nothing to do."""
    watch = WATCHED.get()
    with _bar(label, total) as bar:
        if watch is None or total == 0:
            yield bar
            return
        finished = 0

        def step(done: int = 1) -> None:
            nonlocal finished
            finished += done
            bar(done)
            watch(label, finished, total)

        watch(label, 0, total)
        yield step


@contextmanager
def _bar(label: str, total: int) -> Iterator[Step]:
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
