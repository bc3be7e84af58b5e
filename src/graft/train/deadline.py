"""Stopping in time: no step is begun that would end after the time allowed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

RECENT = 8


class Deadline:
    """Compares the seconds `left` with the longest of the last steps and what comes after the last one."""

    def __init__(self, left: Callable[[], float] | None) -> None:
        self._left = left
        self._steps: deque[float] = deque(maxlen=RECENT)
        self._after: dict[str, float] = {}

    def took(self, seconds: float) -> None:
        """Take in what a step cost."""
        self._steps.append(seconds)

    def ends_with(self, what: str, seconds: float) -> None:
        """Take in what something cost that comes after the last step."""
        self._after[what] = seconds

    @property
    def is_set(self) -> bool:
        """Whether there is a time to keep."""
        return self._left is not None

    @property
    def spent(self) -> bool:
        """Whether one more step, and what comes after, would not fit; before any was measured, whether time is up."""
        if self._left is None:
            return False
        return self._left() <= max(self._steps, default=0.0) + sum(self._after.values())
