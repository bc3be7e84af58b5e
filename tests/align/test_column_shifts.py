"""Columns that differ between two tables: each figure a second time, plainly, and what is said of them."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from graft.align.distance.columns import ColumnShift, column_shifts, said_of_columns
from graft.data.rows import word_code


def plain_distance(a: np.ndarray, b: np.ndarray) -> float:
    return max(abs(np.mean(a <= x) - np.mean(b <= x)) for x in [*a, *b])


def test_numbers_words_and_gaps_are_measured() -> None:
    draw = np.random.default_rng(0)
    red, blue = word_code("red"), word_code("blue")
    S = np.stack([draw.normal(0, 1, 80), np.where(draw.random(80) < 0.25, red, blue), draw.normal(9, 1, 80)], axis=1)
    T = np.stack([draw.normal(1, 1, 60), np.where(draw.random(60) < 0.75, red, blue), draw.normal(9, 1, 60)], axis=1)
    T[:30, 2] = np.nan
    before = S.copy(), T.copy()
    found = {shift.name: shift for shift in column_shifts(S, T, ["height", "colour", "weight"])}
    np.testing.assert_array_equal(S, before[0])
    np.testing.assert_array_equal(T, before[1])
    assert found["height"].distance == pytest.approx(plain_distance(S[:, 0], T[:, 0]))
    assert found["height"].middle == (np.median(S[:, 0]), np.median(T[:, 0]))
    assert found["height"].p_value == pytest.approx(2 * ks_2samp(S[:, 0], T[:, 0], method="asymp").pvalue)
    share = np.mean(S[:, 1] == red), np.mean(T[:, 1] == red)
    assert found["colour"].distance == pytest.approx(abs(share[1] - share[0]))
    assert found["colour"].middle is None
    assert found["weight"].missing == (0.0, 0.5)
    assert found["weight"].size == 0.5
    told = said_of_columns(list(found.values()))[0]
    assert told.startswith("3 of 3 columns differ by more than chance makes: colour (distance 0.56); weight (")
    assert "weight (distance" in told
    assert "missing in 0% and 50%" in told


def test_equal_columns_are_not_named_and_a_number_for_nothing_is_a_gap() -> None:
    S = np.random.default_rng(1).normal(50, 9, (90, 2)).round()
    assert said_of_columns(column_shifts(S, S, ["a", "b"])) == ["No column differs by more than chance makes."]
    T = S.copy()
    T[:45, 1] = -9
    first = column_shifts(S, T, ["a", "b"])[0]
    assert (first.name, first.missing) == ("b", (0.0, 0.5))


def test_a_column_nobody_filled_in_is_no_number() -> None:
    S, T = np.ones((20, 7)), np.ones((20, 7))
    T[:] = np.nan
    shifts = column_shifts(S, T, list("abcdefg"))
    assert all(shift.distance == 0 and shift.middle is None and shift.missing == (0, 1) for shift in shifts)
    assert said_of_columns(shifts)[0].endswith("and 2 more.")
    assert said_of_columns([]) == []
    assert str(shifts[0]) == "a (missing in 0% and 100%)"


def test_the_level_is_divided_among_the_columns() -> None:
    sure, unsure = (ColumnShift(name, 0.4, (0, 0), None, p) for name, p in (("a", 0.02), ("b", 0.03)))
    assert said_of_columns([sure, unsure]) == ["1 of 2 columns differ by more than chance makes: a (distance 0.40)."]
