"""What a task is, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """What a task is: `ways` classes, of each `shots` samples to adapt to and `queries` others to be told apart."""

    ways: int = 5
    shots: int = 1
    queries: int = 15

    def __str__(self) -> str:
        return f"{self.ways}-way {self.shots}-shot"
