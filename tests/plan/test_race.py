"""A race by successive halving: who is stopped, when, and why."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.plan.race import race


class Runner:
    """Loses `start` at first, and a share of it with each epoch; an epoch costs `seconds` of the shared purse."""

    def __init__(self, start: float, gain: float, purse: list[float], seconds: float = 1.0) -> None:
        self.start, self.gain, self.purse, self.seconds_an_epoch = start, gain, purse, seconds
        self.asked: list[int] = []

    def advance(self, epochs: int) -> NDArray[np.float64]:
        self.asked.append(epochs)
        self.purse[0] -= epochs * self.seconds_an_epoch
        return np.full(4, self.start * (1 - self.gain) ** sum(self.asked))


def judge(output: NDArray[np.float64]) -> NDArray[np.float64]:
    return output


def test_the_better_half_gets_twice_as_much() -> None:
    purse = [1000.0]
    runners = {f"r{i}": Runner(1.0 + i, 0.1, purse) for i in range(4)}
    entrants = race(list(runners.items()), judge, lambda: purse[0])
    assert {name: runner.asked for name, runner in runners.items()} == {
        "r0": [1, 2, 4, 8], "r1": [1, 2], "r2": [1], "r3": [1]}  # fmt: skip
    assert [e.name for e in entrants] == ["r0", "r1", "r2", "r3"]
    assert [e.stopped for e in entrants] == [
        "",
        *(f"dropped after {n}: behind r0" for n in ("3 epochs", "1 epoch", "1 epoch")),
    ]
    assert entrants[0].cycles == [1, 2, 4, 8]
    assert entrants[3].racer is None


def test_without_gain_the_last_one_stops() -> None:
    purse = [1000.0]
    alone = Runner(1.0, 0.0, purse)
    (entrant,) = race([("alone", alone)], judge, lambda: purse[0])
    assert alone.asked == [1, 2]
    assert entrant.loss == 1.0


def test_time_is_never_overrun() -> None:
    purse = [6.5]
    runners = [("a", Runner(1.0, 0.1, purse)), ("b", Runner(2.0, 0.1, purse))]
    entrants = race(runners, judge, lambda: purse[0])
    assert purse[0] >= 0
    assert entrants[0].cycles == [1, 2, 2]
    assert entrants[0].stopped == "stopped after 5 epochs: the budget has no time for 8 more"


def test_where_two_are_left_neither_takes_the_time_of_the_other() -> None:
    purse = [7.5]
    runners = [(name, Runner(start, 0.1, purse)) for name, start in zip("abcd", (1.0, 2.0, 3.0, 4.0), strict=True)]
    entrants = race(runners, judge, lambda: purse[0])
    assert [e.cycles for e in entrants] == [[1, 2, 1], [1], [1], [1]]
    assert entrants[1].stopped == "stopped after 1 epoch: the budget has no time for 2 more"


def test_who_has_no_time_to_begin_has_no_loss() -> None:
    purse = [1.5]
    runners = [("a", Runner(1.0, 0.1, purse)), ("b", Runner(0.5, 0.1, purse))]
    first, second = race(runners, judge, lambda: purse[0])
    assert (first.name, second.name) == ("a", "b")
    assert second.stopped == "stopped before it began: the budget has no time for 1 more"
    assert second.loss == float("inf")


def test_training_that_breaks_down_never_wins() -> None:
    purse = [100.0]
    broken, sound = Runner(float("nan"), 0.0, purse), Runner(3.0, 0.1, purse)
    entrants = race([("broken", broken), ("sound", sound)], judge, lambda: purse[0])
    assert entrants[0].name == "sound"
