"""Weights of an average: by summed held-out losses, so that more samples make it a choice."""

import numpy as np
import pytest

from graft.errors import DataError
from graft.evaluation.averaging import average_weights


def test_weights_are_likelihoods_of_what_was_held_out() -> None:
    losses = [np.array([0.2, 0.7, 0.1]), np.array([0.4, 0.3, 0.6])]
    likelihoods = np.exp([-1.0, -1.3])
    np.testing.assert_allclose(average_weights(losses, 1.0), likelihoods / likelihoods.sum())
    tempered = likelihoods**0.125
    np.testing.assert_allclose(average_weights(losses), tempered / tempered.sum())


def test_with_more_samples_averaging_becomes_choosing() -> None:
    better, worse = np.full(10, 0.5), np.full(10, 0.6)
    few, many = average_weights([better, worse]), average_weights([np.tile(better, 90), np.tile(worse, 90)])
    assert few[0] == pytest.approx(1 / (1 + np.exp(-1 / 8)))
    assert many[0] > 0.999


def test_samples_without_a_loss_do_not_count() -> None:
    a, b = np.array([0.5, np.nan, 9.0]), np.array([0.5, 0.1, np.nan])
    np.testing.assert_allclose(average_weights([a, b]), [0.5, 0.5])


def test_large_losses_do_not_overflow() -> None:
    np.testing.assert_allclose(average_weights([np.full(5, 1e4), np.full(5, 2e4)]), [1, 0])


def test_nothing_to_average_is_refused() -> None:
    with pytest.raises(DataError, match="There is no candidate to average"):
        average_weights([])
    with pytest.raises(DataError, match="No sample has a loss under every candidate"):
        average_weights([np.array([np.nan, 1.0]), np.array([1.0, np.nan])])
