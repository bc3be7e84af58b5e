"""Budgets are read as people write them."""

import pytest

from graft.errors import GraftError
from graft.plan.budget import Clock, parse_seconds


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("2m", 120), ("1h30m", 5400), ("1.5h", 5400), (" 2M ", 120), (7, 7)]
)
def test_parse(text: str, seconds: float) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "2 minutes", "-3s", "0", "2m x", 0, None])
def test_what_is_no_time_gets_a_sentence(text: str) -> None:
    with pytest.raises(GraftError, match="budget"):
        parse_seconds(text)


def test_a_clock_counts_down_to_zero() -> None:
    clock = Clock(0.001)
    while clock.spent() < 0.002:
        pass
    assert clock.left() == 0
    assert clock.share(0.5) == 0
    assert 24 < Clock(50).share(0.5) <= 25
    assert 19 < Clock(50, spare=0.2).share(0.5) <= 20
