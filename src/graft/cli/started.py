"""When this command began: what starting took is part of its budget."""

from __future__ import annotations

import time

_began: list[float] = []


def begin() -> None:
    """Note that a command begins now."""
    _began[:] = [time.monotonic()]


def since() -> float:
    """Give the seconds since the command began; 0 where none did, as in Python."""
    return time.monotonic() - _began[0] if _began else 0.0
