"""The power law: found again where there is one, inverted rightly, and never where it levels off too high."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graft.errors import DataError
from graft.evaluation.power_law import SLOPES, PowerLaw, power_law, reach_interval

SIZES = np.array([10, 20, 40, 80, 160, 320, 640])
EVEN = np.full(7, 0.01)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.1, 5), st.floats(0.1, 0.95), st.floats(0, 0.3))
def test_a_law_without_noise_is_found_again(scale: float, slope: float, floor: float) -> None:
    true = PowerLaw(scale, slope, floor)
    found = power_law(SIZES, true.at(SIZES), EVEN)
    assert found.at(SIZES) == pytest.approx(true.at(SIZES), abs=2e-3 * scale)
    assert found.at(2000) == pytest.approx(float(true.at(2000)), abs=0.05 * scale)


def test_the_fit_is_the_least_weighted_sum_of_squares() -> None:
    random = np.random.default_rng(0)
    deviations = random.uniform(0.01, 0.05, 7)
    errors = np.abs(0.8 * SIZES**-0.4 + 0.1 + random.normal(0, deviations))
    found = power_law(SIZES, errors, deviations)

    def loss(law: PowerLaw) -> float:
        return float((((law.at(SIZES) - errors) / deviations) ** 2).sum())

    for scale in np.linspace(0, 3, 16):
        for slope in np.geomspace(SLOPES[0], SLOPES[-1], 16):
            for floor in np.linspace(0, 0.4, 16):
                assert loss(found) <= loss(PowerLaw(scale, slope, floor)) + 1e-6


def test_a_doubtful_point_counts_less() -> None:
    errors = 0.5 * SIZES**-0.5
    errors[-1] += 0.2
    doubtful = np.r_[EVEN[:-1], 10.0]
    assert abs(power_law(SIZES, errors, doubtful).at(640) - 0.5 * 640**-0.5) < 0.01
    assert power_law(SIZES, errors, EVEN).at(640) > 0.06


def test_reach_turns_the_law_around() -> None:
    law = PowerLaw(0.8, 0.5, 0.1)
    assert law.reach(0.2) == pytest.approx(64)
    assert float(law.at(law.reach(0.13))) == pytest.approx(0.13)
    assert law.reach(0.1) == np.inf
    assert law.reach(0.05) == np.inf
    assert law.reach(2.0) == 1.0
    assert PowerLaw(0.5, 0.05, 0.0).reach(1e-300) == np.inf


def test_the_interval_holds_the_truth_and_is_narrow_where_noise_is_small() -> None:
    law = PowerLaw(0.8, 0.5, 0.1)
    wide = reach_interval(SIZES, law.at(SIZES), EVEN, 0.12)
    narrow = reach_interval(SIZES, law.at(SIZES), EVEN / 100, 0.12)
    assert wide[0] <= narrow[0] <= law.reach(0.12) <= narrow[1] <= wide[1]
    assert narrow[1] / narrow[0] < 1.2
    assert reach_interval(SIZES, law.at(SIZES), EVEN, 0.12) == wide


def test_an_error_that_does_not_fall_gives_a_flat_law() -> None:
    law = power_law(SIZES, np.linspace(0.2, 0.3, 7), EVEN)
    assert law.reach(0.1) == np.inf
    assert 0.2 < law.floor < 0.3


@pytest.mark.parametrize(
    ("n", "errors", "deviations", "said"),
    [
        (SIZES[:3], [0.3, 0.2, 0.1], EVEN[:3], "four sizes or more; there are 3"),
        ([10, 10, 20, 20], [0.1] * 4, [0.1] * 4, "there are 2"),
        (SIZES, np.full(6, 0.1), EVEN, "one error and deviation a size"),
        (SIZES, np.full(7, np.nan), EVEN, "finite errors"),
        (SIZES, np.full(7, -0.1), EVEN, "finite errors"),
        (SIZES, np.full(7, 0.1), np.zeros(7), "deviations above zero"),
        (SIZES - 10, np.full(7, 0.1), EVEN, "sizes"),
    ],
)
def test_bad_points_get_a_sentence(n: object, errors: object, deviations: object, said: str) -> None:
    with pytest.raises(DataError, match=said):
        power_law(np.array(n), np.array(errors), np.array(deviations))
