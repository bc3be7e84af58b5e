"""Operating points: the threshold for a wished sensitivity, chosen apart from what it is scored on."""

import numpy as np
import pytest

from graft.errors import DataError
from graft.evaluation.operating import OperatingPoint, cross_decisions, decisions, point_for, score_at
from graft.evaluation.proportions import wilson


def said(n=200, classes=2, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, n)
    logits = rng.normal(size=(n, classes)) + 1.5 * np.eye(classes)[y]
    p = np.exp(logits)
    return y, p / p.sum(axis=1, keepdims=True)


def test_the_threshold_is_the_highest_that_finds_enough():
    y, p = said()
    point = point_for(y, p, 1, 0.9)
    share = p[:, 1]
    found = lambda cut: np.mean(share[y == 1] >= cut)  # noqa: E731
    assert found(point.threshold) >= 0.9
    above = np.sort(share[share >= point.threshold])[1]
    assert found(above + 1e-12) < 0.9 or above == share.max()
    assert point.reached == found(point.threshold)
    assert point.specificity == np.mean(share[y == 0] < point.threshold)
    assert (point.judged_on, point.positives) == (200, int(np.sum(y == 1)))


def test_decisions_say_the_positive_class_or_the_best_of_the_others():
    point = OperatingPoint(positive=1, threshold=0.2, sensitivity=0.95)
    p = np.array([[0.7, 0.25, 0.05], [0.5, 0.1, 0.4], [0.3, 0.19, 0.51]])
    assert point.decide(p).tolist() == [1, 0, 2]
    assert decisions(p, None).tolist() == [0, 0, 2]
    assert decisions(p, point).tolist() == [1, 0, 2]


def test_each_fold_is_decided_by_the_threshold_of_the_others():
    y, p = said()
    folds = np.arange(200) % 4
    folds[:10] = -1
    whole = point_for(y, p, 1, 0.9)
    called = cross_decisions(y, p, folds, whole)
    assert (called[:10] == -1).all()
    for fold in range(4):
        others = (folds >= 0) & (folds != fold)
        own = point_for(y[others], p[others], 1, 0.9)
        np.testing.assert_array_equal(called[folds == fold], (p[folds == fold, 1] >= own.threshold).astype(int))


def test_sensitivity_and_specificity_have_the_intervals_of_proportions():
    y, p = said(classes=3)
    point = point_for(y, p, 2, 0.95)
    scores = score_at(y, p, ("a", "b", "c"), point)
    called = point.decide(p)
    sick = y == 2
    hit, spared = np.mean(called[sick] == 2), np.mean(called[~sick] != 2)
    assert scores.sensitivity.value == hit
    assert scores.specificity.value == pytest.approx(spared)
    low, high = wilson(np.array(spared), np.array((~sick).sum()))
    assert (scores.specificity.low, scores.specificity.high) == (pytest.approx(low), pytest.approx(high))
    assert scores.accuracy.value == np.mean(called == y)
    assert list(scores.values)[:2] == ["sensitivity", "specificity"]
    assert str(scores).startswith("sensitivity ")
    wide = score_at(y, p, ("a", "b", "c"), point, groups=np.arange(200) // 40).sensitivity
    assert wide.high - wide.low >= scores.sensitivity.high - scores.sensitivity.low


def test_a_point_comes_back_from_json_and_a_broken_one_does_not():
    point = point_for(*said(), 1, 0.8)
    assert OperatingPoint.from_dict(point.to_dict()) == point
    assert OperatingPoint.from_dict(None) is None
    with pytest.raises(ValueError, match="operating point"):
        OperatingPoint.from_dict(point.to_dict() | {"threshold": 2.0})
    with pytest.raises(DataError, match="one of them is missing"):
        point_for(np.ones(5, int), np.full((5, 2), 0.5), 1, 0.9)
