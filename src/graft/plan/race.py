"""A race by successive halving: all start with little training, the better half gets twice as much, until one is left.

Jamieson and Talwalkar 2016, "Non-stochastic best arm identification and hyperparameter optimization"
(arXiv:1502.07943). Each round trains on from the weights at hand, so nothing is trained twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Losses = NDArray[np.float64]
MOST_EPOCHS = 15


class Racer(Protocol):
    """What races: it trains some epochs more and says what it makes of the held-out samples."""

    seconds_an_epoch: float

    def advance(self, epochs: int) -> NDArray[np.float64]:
        """Train on, and give the held-out output: (N, K) log-probabilities or (N,) numbers."""


@dataclass(eq=False)
class Entrant:
    """One racer: the cycles of epochs it was given, its last output and losses, and why it was stopped, if it was."""

    name: str
    racer: Any
    cycles: list[int] = field(default_factory=list)
    output: NDArray[np.float64] | None = None
    losses: Losses | None = None
    seconds: float = 0.0
    stopped: str = ""

    @property
    def loss(self) -> float:
        """Give the mean held-out loss; infinite before the first round, or where training broke down."""
        if self.losses is None or not np.isfinite(self.losses).all():
            return float("inf")
        return float(self.losses.mean())


def race(
    racers: Sequence[tuple[str, Racer]],
    judge: Callable[[NDArray[np.float64]], Losses],
    left: Callable[[], float],
    most: int = MOST_EPOCHS,
) -> list[Entrant]:
    """Race until one is left and has had `most` epochs, or trains on without gain, or the time is up.

    Rounds are of 1, 2, 4 … epochs; the last one left trains as many of them as there is time for. A racer that has not
    the time for its next round stops where it is, and keeps what it reached. Gives all entrants, the best first; those
    never begun have no losses.
    """
    entrants = [Entrant(name, racer) for name, racer in racers]
    alive, epochs = list(entrants), 1
    while alive:
        best = min(entrant.loss for entrant in alive)
        for entrant in alive:
            _advance(entrant, epochs if len(alive) > 1 else _fitting(entrant, epochs, left()), judge, left)
        ranked = sorted((e for e in alive if not e.stopped), key=lambda entrant: entrant.loss)
        kept = ranked[: max(1, len(ranked) // 2)]
        for entrant in ranked[len(kept) :]:
            entrant.stopped = f"dropped after {_epochs(entrant)}: behind {kept[0].name}"
            entrant.racer = None  # its weights are of no more use
        gained = bool(kept) and kept[0].loss < best
        alive = kept if kept and (gained or len(kept) > 1) and sum(kept[0].cycles) < most else []
        epochs *= 2
    return sorted(entrants, key=lambda entrant: entrant.loss)


def _fitting(entrant: Entrant, epochs: int, seconds: float) -> int:
    """Give how many of the epochs of a round there is time for; all of them where there is none for a single one."""
    count = int(seconds / max(entrant.racer.seconds_an_epoch, 1e-9))
    return min(epochs, count) if count else epochs


def _advance(
    entrant: Entrant, epochs: int, judge: Callable[[NDArray[np.float64]], Losses], left: Callable[[], float]
) -> None:
    needed = entrant.racer.seconds_an_epoch * epochs
    if needed > left() or left() <= 0:
        after = f"after {_epochs(entrant)}" if entrant.cycles else "before it began"
        entrant.stopped = f"stopped {after}: the budget has no time for {epochs} more"
        return
    start = time.monotonic()
    entrant.output = entrant.racer.advance(epochs)
    entrant.losses = judge(entrant.output)
    entrant.cycles.append(epochs)
    entrant.seconds += time.monotonic() - start


def _epochs(entrant: Entrant) -> str:
    count = sum(entrant.cycles)
    return f"{count} epoch{'s' * (count != 1)}"
