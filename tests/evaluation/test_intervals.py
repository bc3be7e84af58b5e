"""The bootstrap and the closed forms, each computed a second time plainly."""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq
from sklearn.metrics import roc_auc_score

from graft.errors import DataError
from graft.evaluation import intervals
from graft.evaluation.intervals import bca, bootstrap, left_out, outer, resampled, units_of
from graft.evaluation.proportions import auroc_bounds, f1_bounds, mean_bounds, wilson
from graft.evaluation.ranking import rank
from graft.evaluation.weights import weighted_mean


def all_of(chunks: object) -> np.ndarray:
    return np.concatenate(list(chunks))  # type: ignore[call-overload]


def test_a_resample_scores_as_the_drawn_samples_do() -> None:
    rng = np.random.default_rng(0)
    hit, score = rng.random(40) < 0.5, np.round(rng.random(40), 1)
    weights = all_of(resampled(np.arange(40), 50, 3))
    areas = rank(hit, score).areas(weights)[0]
    for row, area in zip(weights, areas, strict=True):
        drawn = np.repeat(np.arange(40), row.astype(int))
        assert len(drawn) == 40
        assert area == pytest.approx(roc_auc_score(hit[drawn], score[drawn]), abs=1e-12)


def test_resamples_are_uniform_and_seeded_and_whole_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    unit = units_of(6, np.array(["b", "a", "b", "c", "c", "c"]))
    np.testing.assert_array_equal(unit, [1, 0, 1, 2, 2, 2])
    weights = all_of(resampled(unit, 3000, 0))
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 3] == weights[:, 5]).all()
    np.testing.assert_array_equal(weights[:, [0, 1, 3]].sum(axis=1), 3)
    np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.05)
    np.testing.assert_array_equal(weights, all_of(resampled(unit, 3000, 0)))
    assert (weights != all_of(resampled(unit, 3000, 1))).any()
    monkeypatch.setattr(intervals, "CHUNK", 60)
    np.testing.assert_array_equal(weights, all_of(resampled(unit, 3000, 0)))


def test_each_unit_is_left_out_once() -> None:
    np.testing.assert_array_equal(all_of(left_out(np.array([0, 1, 1]))), [[0, 1, 1], [1, 0, 0]])
    blocks = all_of(left_out(np.arange(250)))
    assert blocks.shape == (100, 250)
    np.testing.assert_array_equal((blocks == 0).sum(axis=0), 1)


def test_bca_plainly() -> None:
    rng = np.random.default_rng(1)
    x = rng.exponential(size=25)
    value = np.array([x.mean()])
    replicates = np.array([rng.choice(x, 25).mean() for _ in range(400)])[:, None]
    jackknife = np.array([np.delete(x, i).mean() for i in range(25)])[:, None]
    low, high = bca(value, replicates, jackknife, 25)
    below = (replicates < value).sum()
    z0 = stats.norm.ppf((below + 0.5) / 401)
    gaps = jackknife.mean() - jackknife[:, 0]
    a = (gaps**3).sum() / (6 * (gaps**2).sum() ** 1.5)
    z = np.sqrt(25 / 24) * stats.t.ppf(0.975, 24)
    ends = [stats.norm.cdf(z0 + (z0 + s * z) / (1 - a * (z0 + s * z))) for s in (-1, 1)]
    np.testing.assert_allclose([low[0], high[0]], np.quantile(replicates, ends), rtol=1e-10)


def test_undefined_replicates_are_left_out() -> None:
    values = np.random.default_rng(0).normal(size=(200, 1))
    holes = np.insert(values, [0, 50, 199], np.nan, axis=0)
    jackknife = np.linspace(-1, 1, 20)[:, None]
    plain = bca(np.zeros(1), values, jackknife, 20)
    np.testing.assert_allclose(bca(np.zeros(1), holes, np.insert(jackknife, 3, np.nan, axis=0), 20), plain)


def test_the_interval_holds_the_value_and_is_nan_for_one_unit() -> None:
    x = np.random.default_rng(0).normal(size=30)

    def mean(weights: np.ndarray) -> np.ndarray:
        return weighted_mean(x, weights)[:, None]

    found = bootstrap(mean, 30)
    assert found.value[0] == pytest.approx(x.mean())
    half = stats.t.ppf(0.975, 29) * x.std(ddof=1) / np.sqrt(30)
    np.testing.assert_allclose([found.low[0], found.high[0]], [x.mean() - half, x.mean() + half], atol=0.1)
    assert found.low[0] < found.value[0] < found.high[0]
    above = bca(np.zeros(1), np.linspace(1, 2, 100)[:, None], np.linspace(-1, 1, 30)[:, None], 30)
    assert above[0][0] == 0 < above[1][0]
    one = bootstrap(mean, 30, np.zeros(30))
    assert one.value[0] == pytest.approx(x.mean())
    assert np.isnan(one.low[0])
    assert np.isnan(one.high[0])


def test_groups_widen_the_interval_of_samples_that_agree() -> None:
    x = np.repeat(np.random.default_rng(0).normal(size=20), 10)

    def mean(weights: np.ndarray) -> np.ndarray:
        return weighted_mean(x, weights)[:, None]

    alone, grouped = bootstrap(mean, 200), bootstrap(mean, 200, np.repeat(np.arange(20), 10))
    assert (grouped.high - grouped.low)[0] > 2.5 * (alone.high - alone.low)[0]


def test_groups_of_another_length_get_a_sentence() -> None:
    with pytest.raises(DataError, match="2 groups but 3 samples"):
        units_of(3, np.array([0, 1]))


def test_the_interval_of_a_score_pushed_up() -> None:
    assert outer(0.1, np.full(100, 0.15)) == pytest.approx((0.05, 0.15))
    assert outer(0.1, np.full(100, 0.3)) == (0.0, 0.3)
    assert outer(0.1, np.full(100, 0.05)) == (0.1, 0.1)


@pytest.mark.parametrize(("right", "n"), [(100, 100), (0, 10), (7, 9), (48, 50)])
def test_wilson_plainly(right: int, n: int) -> None:
    low, high = wilson(np.array([right / n]), np.array([n]))
    expected = stats.binomtest(right, n).proportion_ci(0.95, method="wilson")
    np.testing.assert_allclose([low[0], high[0]], [expected.low, expected.high], atol=1e-12)


def test_f1_bounds_are_those_of_the_jaccard_index() -> None:
    low, high = f1_bounds(np.array([0.8]), np.array([30]))
    jaccard = wilson(np.array([2 / 3]), np.array([30]))
    np.testing.assert_allclose([low[0], high[0]], [2 * j[0] / (1 + j[0]) for j in jaccard])


@pytest.mark.parametrize(("area", "m", "n"), [(1.0, 20, 30), (0.9, 10, 40), (0.5, 5, 5), (0.2, 8, 9)])
def test_auroc_bounds_solve_their_equation(area: float, m: int, n: int) -> None:
    def off(x: float) -> float:
        extra = (m + n) / 2 - 1
        spread = x * (1 - x) * (1 + extra * ((1 - x) / (2 - x) + x / (1 + x))) / (m * n)
        return abs(area - x) - 1.959963984540054 * np.sqrt(spread)

    low, high = auroc_bounds(np.array([area]), np.array([m]), np.array([n]))
    assert low[0] == pytest.approx(brentq(off, 1e-12, area - 1e-12), abs=1e-9)
    assert high[0] == (1.0 if area == 1 else pytest.approx(brentq(off, area, 1 - 1e-12), abs=1e-9))


def test_the_interval_of_a_mean_of_proportions() -> None:
    values, n = np.array([0.9, np.nan, 1.0]), np.array([20, 0, 30])
    low, high = mean_bounds(values, wilson(values, n))
    (a, b), (c, d) = (stats.binomtest(k, t).proportion_ci(method="wilson") for k, t in ((18, 20), (30, 30)))
    assert low == pytest.approx(0.95 - np.hypot(0.9 - a, 1 - c) / 2)
    assert high == pytest.approx(0.95 + np.hypot(b - 0.9, d - 1) / 2)
    assert np.isnan(mean_bounds(np.array([np.nan]), wilson(np.array([np.nan]), np.array([0])))).all()
