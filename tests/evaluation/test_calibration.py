"""Temperature and threshold against a plain search for the same optimum."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from graft.errors import DataError
from graft.evaluation.calibration import COLDEST, HOTTEST, Temperature, log_softmax, threshold
from graft.evaluation.probability import log_loss, log_of


def sample(n: int, k: int, scale: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, k, n)
    z = scale * (rng.normal(size=(n, k)) + 1.5 * np.eye(k)[y])
    return log_softmax(z), y, rng.uniform(0, 2, n)


@pytest.mark.parametrize(("k", "scale"), [(2, 0.2), (2, 5.0), (4, 3.0), (10, 0.5)])
def test_the_temperature_minimizes_its_loss(k: int, scale: float) -> None:
    z, y, w = sample(300, k, scale)
    before = z.copy(), y.copy(), w.copy()

    def loss(log_t: float) -> float:
        p = np.exp(z / np.exp(log_t))
        p /= p.sum(axis=1, keepdims=True)
        return float(-(w * np.log(p[np.arange(300), y])).sum() + log_t**2 / 2)

    plain = minimize_scalar(loss, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded", options={"xatol": 1e-9})
    found = Temperature.fit(z, y, w)
    assert np.log(found.value) == pytest.approx(plain.x, abs=1e-6)
    for now, then in zip((z, y, w), before, strict=True):
        np.testing.assert_array_equal(now, then)
    calibrated = np.exp(found.transform(z))
    assert log_loss(y, calibrated, w) < log_loss(y, np.exp(z), w)
    np.testing.assert_allclose(calibrated.sum(axis=1), 1)
    np.testing.assert_array_equal(calibrated.argmax(axis=1), z.argmax(axis=1))


def test_a_known_temperature_is_found_again() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(20_000, 3)) * 2
    p = np.exp(log_softmax(z))
    y = (p.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    assert Temperature.fit(log_softmax(3 * z), y).value == pytest.approx(3, rel=0.03)


def test_calibrated_once_stays_and_one_changes_nothing() -> None:
    z = sample(200, 3, 2.0)[0]
    p = Temperature().transform(z)
    np.testing.assert_array_equal(p, z)
    assert p is not z
    flat = np.log(np.full((9, 3), 1 / 3))
    assert Temperature.fit(flat, np.arange(9) % 3) == Temperature(1.0)


def test_all_right_or_all_wrong_stays_within_bounds() -> None:
    y = np.arange(50) % 2
    p = np.where(np.eye(2)[y] == 1, 0.95, 0.05)
    sure = Temperature.fit(log_of(p), y)
    assert Temperature.fit(log_of(np.where(np.eye(2)[y] == 1, 1 - 1e-12, 1e-12)), y) == Temperature(1.0)
    assert 0.2 < sure.value < 1
    assert 1 < Temperature.fit(log_of(p), 1 - y).value <= HOTTEST


def test_what_is_not_finite_gets_a_sentence() -> None:
    with pytest.raises(DataError, match="finite"):
        Temperature.fit(np.array([[np.nan, 0.0]]), np.array([0]))
    with pytest.raises(DataError, match="finite"):
        Temperature.fit(np.zeros((3, 2)), np.array([0]))


@pytest.mark.parametrize(("metric", "seed"), [(m, s) for m in ("accuracy", "balanced_accuracy") for s in range(5)])
def test_the_threshold_is_the_best_there_is(metric: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.r_[0, 1, (rng.random(38) < 0.8).astype(int)]
    p = np.round(np.clip(0.55 + 0.2 * y + rng.normal(size=40) / 5, 0, 1), 2)
    w = rng.uniform(0.5, 2, 40)

    def value(cut: float) -> float:
        right = (p >= cut) == y
        if metric == "accuracy":
            return float(np.average(right, weights=w))
        return float(np.mean([np.average(right[y == c], weights=w[y == c]) for c in (0, 1)]))

    cut = threshold(y, p, metric, weight=w)  # type: ignore[arg-type]
    assert value(cut) == pytest.approx(max(value(c) for c in np.linspace(0, 1, 2001)))
    assert value(cut) >= value(0.5)


def test_half_stays_where_nothing_is_better() -> None:
    assert threshold(np.array([0, 1]), np.array([0.1, 0.9])) == 0.5
    assert threshold(np.array([0, 1]), np.array([0.7, 0.9])) == pytest.approx(0.8)
    y, p = np.array([0, 1, 0, 1]), np.array([0.55, 0.65, 0.85, 0.95])
    assert threshold(y, p) == pytest.approx(0.6)
    assert threshold(y, p - 0.5) == pytest.approx(0.4)


def test_a_wished_sensitivity_is_reached_at_the_highest_threshold() -> None:
    y = np.array([0, 0, 0, 1, 1, 1, 1, 1])
    p = np.array([0.1, 0.35, 0.6, 0.2, 0.4, 0.7, 0.8, 0.9])
    assert threshold(y, p, "sensitivity", sensitivity=0.8) == pytest.approx(0.375)
    cut = threshold(y, p, "sensitivity", sensitivity=1.0)
    assert 0.1 < cut <= 0.2
    assert threshold(np.array([1, 0]), np.array([0.2, 0.3]), "sensitivity") <= 0.2


def test_one_class_gets_a_sentence() -> None:
    with pytest.raises(DataError, match="both classes"):
        threshold(np.array([1, 1]), np.array([0.2, 0.3]))
