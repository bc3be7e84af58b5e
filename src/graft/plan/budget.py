"""The time a fit may take, and how much of it is left."""

from __future__ import annotations

import re
import time

from graft.errors import GraftError

UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_seconds(budget: str | float) -> float:
    """Give the seconds in `90`, `90s`, `2m`, `1.5h` or `1h30m`; raises GraftError on anything else."""
    if isinstance(budget, int | float):
        seconds = float(budget)
    else:
        text = str(budget).strip().lower()
        found = re.findall(r"(\d+(?:\.\d+)?)([smh]?)", text)
        if not found or "".join(number + unit for number, unit in found) != text:
            raise GraftError(f"The budget {budget!r} is not a time. Write seconds, minutes or hours: 90s, 2m, 1h30m.")
        seconds = sum(float(number) * UNITS[unit] for number, unit in found)
    if not seconds > 0:
        raise GraftError(f"The budget {budget!r} leaves no time. Write a time above zero, such as 2m.")
    return seconds


class Clock:
    """Seconds since it was made, and seconds left of a budget, less the share `spare` of it kept for what follows."""

    def __init__(self, budget: str | float, spare: float = 0.0) -> None:
        self.budget, self.spare = parse_seconds(budget), spare
        self.start = time.monotonic()

    def spent(self) -> float:
        """Give the seconds since the clock was made."""
        return time.monotonic() - self.start

    def left(self) -> float:
        """Give the seconds left, never below zero."""
        return max(0.0, self.budget * (1 - self.spare) - self.spent())

    def share(self, part: float) -> float:
        """Give a part of the seconds left."""
        return part * self.left()
