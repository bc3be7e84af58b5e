"""Distribution calibration: means, the spread that is drawn, and what is refused."""

import numpy as np
import pytest

from graft.heads import make
from graft.heads.base_statistics import BaseStatistics


def base(seed=0):
    random = np.random.default_rng(seed)
    y = np.repeat([4, 7, 9], [30, 40, 50])
    centres = np.array([[0.0, 0, 0], [5, 5, 5], [-9, 9, 0]])
    spread = np.array([[1.0, 0.2, 0.1], [0.1, 1.5, 0.3], [2, 2, 2]])
    which = np.searchsorted([4, 7, 9], y)
    return centres[which] + spread[which] * random.normal(size=(len(y), 3)), y


def test_means_are_those_of_the_classes_in_any_order():
    X, y = base()
    order = np.random.default_rng(1).permutation(len(y))
    found = BaseStatistics.of(X[order], y[order])
    np.testing.assert_allclose(found.means, [X[y == k].mean(axis=0) for k in (4, 7, 9)])
    np.testing.assert_allclose(np.square(found.off).sum(), sum(len(X[y == k]) * X[y == k].var(axis=0).sum()
                                                              for k in (4, 7, 9)))  # fmt: skip


def test_what_is_drawn_has_the_calibrated_mean_and_covariance():
    X, y = base()
    support = np.array([[1.0, 1, 1], [-8, 8, 0]])
    values, labels = BaseStatistics.of(X, y).calibrated(support, np.array(["a", "b"]), drawn=40_000)
    np.testing.assert_array_equal(values[:2], support)
    drawn = values[2:][labels[2:] == "a"]
    near = [X[y == 4], X[y == 7]]
    np.testing.assert_allclose(drawn.mean(axis=0), (1 + near[0].mean(axis=0) + near[1].mean(axis=0)) / 3, atol=0.03)
    np.testing.assert_allclose(np.cov(drawn.T), (np.cov(near[0].T) + np.cov(near[1].T)) / 2, atol=0.04)


def test_every_class_is_drawn_alike_whatever_it_has():
    X, y = base()
    labels = np.array([0, 0, 0, 1])
    values, found = BaseStatistics.of(X, y).calibrated(np.zeros((4, 3)) + labels[:, None], labels, drawn=90)
    assert np.bincount(found).tolist() == [93, 91]
    again, _ = BaseStatistics.of(X, y).calibrated(np.zeros((4, 3)) + labels[:, None], labels, drawn=90)
    np.testing.assert_array_equal(values, again)
    assert make("logistic").fit(values, found).predict(np.array([[0.0, 0, 0]])).tolist() == [0]


def test_what_shows_no_spread_or_does_not_fit_is_refused():
    X, y = base()
    with pytest.raises(ValueError, match="The base class 9 has one sample, which shows no spread; leave it out"):
        BaseStatistics.of(X[:71], y[:71])
    with pytest.raises(ValueError, match="X has 2 features"):
        BaseStatistics.of(X, y).calibrated(np.eye(2), np.arange(2))
