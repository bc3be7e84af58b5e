"""Slope and biases: the minimum of what is said to be minimized, and probabilities mended on other samples."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_softmax

from graft.errors import DataError
from graft.evaluation.bias_correction import BiasCorrection
from graft.evaluation.calibration import Temperature


def skewed(count: int, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    y = random.integers(classes, size=count)
    scores = 1.5 * np.eye(classes)[y] + random.normal(size=(count, classes))
    return log_softmax(2.5 * scores + np.linspace(-3, 3, classes), axis=1), y


@pytest.mark.parametrize("classes", [2, 4])
def test_it_is_the_minimum_of_the_loss(classes: int) -> None:
    z, y = skewed(80, classes, 0)
    weight = np.random.default_rng(1).uniform(0.5, 2, len(y))

    def loss(at: np.ndarray) -> float:
        own = log_softmax(at[0] * z + at[1:], axis=1)[np.arange(len(y)), y]
        return float(-weight @ own + ((at[0] - 1) ** 2 + at[1:] @ at[1:]) / 2)

    expected = minimize(loss, np.concatenate([[1.0], np.zeros(classes)]), tol=1e-12).x
    found = BiasCorrection.fit(z, y, weight)
    assert found.slope == pytest.approx(expected[0], abs=1e-4)
    np.testing.assert_allclose(found.bias, expected[1:] - expected[1:].mean(), atol=1e-3)


def test_it_mends_on_other_samples_what_a_temperature_cannot() -> None:
    z, y = skewed(300, 3, 2)
    others, truth = skewed(2000, 3, 3)
    corrected, cooled = BiasCorrection.fit(z, y).transform(others), Temperature.fit(z, y).transform(others)
    losses = [-out[np.arange(len(truth)), truth].mean() for out in (corrected, cooled)]
    assert losses[0] < losses[1] - 0.1
    np.testing.assert_allclose(np.exp(corrected).sum(axis=1), 1)


def test_weights_are_samples_counted_more() -> None:
    z, y = skewed(40, 2, 4)
    twice = BiasCorrection.fit(np.concatenate([z, z]), np.concatenate([y, y]))
    weighed = BiasCorrection.fit(z, y, np.full(40, 2.0))
    assert twice.slope == pytest.approx(weighed.slope)
    np.testing.assert_allclose(twice.bias, weighed.bias, atol=1e-8)


def test_what_is_not_finite_is_refused() -> None:
    z, y = skewed(10, 2, 5)
    with pytest.raises(DataError, match="A correction needs a finite log-probability of every class for each of 10"):
        BiasCorrection.fit(np.where(np.arange(10)[:, None] == 3, np.nan, z), y)
