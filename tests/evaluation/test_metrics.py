"""Every score against scikit-learn, and against its formula in plain Python."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from graft.errors import DataError
from graft.evaluation import classification, probability, ranking, regression
from graft.evaluation.weights import macro, weighted_mean

CLOSE = {"rtol": 0, "atol": 1e-12}


def sample(n: int, k: int, seed: int, ties: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = np.r_[np.arange(k), rng.integers(0, k, n - k)]
    logits = rng.normal(size=(n, k))
    logits[np.arange(n), y] += 1
    p = np.exp(np.round(logits, 0 if ties else 12))
    return y, p / p.sum(axis=1, keepdims=True), rng.uniform(0.1, 3, n)


@pytest.mark.parametrize(("k", "ties", "seed"), list(product((2, 3, 7), (False, True), range(3))))
def test_scores_of_decisions_and_probabilities_are_those_of_scikit_learn(k: int, ties: bool, seed: int) -> None:
    y, p, w = sample(60, k, seed, ties)
    said = p.argmax(axis=1)
    counts = classification.count(y, said, k, w)
    with_w = {"sample_weight": w}
    np.testing.assert_allclose(classification.accuracy(counts), sk.accuracy_score(y, said, **with_w), **CLOSE)
    np.testing.assert_allclose(
        classification.balanced_accuracy(counts), sk.balanced_accuracy_score(y, said, **with_w), **CLOSE
    )
    expected = sk.precision_recall_fscore_support(y, said, labels=range(k), zero_division=np.nan, **with_w)
    for ours, theirs in zip(
        (classification.precision, classification.recall, classification.f1), expected[:3], strict=True
    ):
        np.testing.assert_allclose(ours(counts), theirs, **CLOSE)
    np.testing.assert_array_equal(classification.confusion(y, said, k), sk.confusion_matrix(y, said))
    np.testing.assert_allclose(probability.log_loss(y, p, w), sk.log_loss(y, p, **with_w), **CLOSE)
    if k == 2:
        np.testing.assert_allclose(probability.brier(y, p, w), sk.brier_score_loss(y, p[:, 1], **with_w), **CLOSE)
    else:
        squares = ((p - np.eye(k)[y]) ** 2).sum(axis=1)
        np.testing.assert_allclose(probability.brier(y, p, w), np.average(squares, weights=w), **CLOSE)


@pytest.mark.parametrize(("k", "ties", "seed"), list(product((2, 4), (False, True), range(4))))
def test_areas_are_those_of_scikit_learn(k: int, ties: bool, seed: int) -> None:
    y, p, w = sample(80, k, seed, ties)
    for c in range(k):
        for weights in (None, w):
            ours = ranking.auroc(y == c, p[:, c], weights), ranking.average_precision(y == c, p[:, c], weights)
            theirs = [f(y == c, p[:, c], sample_weight=weights) for f in (sk.roc_auc_score, sk.average_precision_score)]
            np.testing.assert_allclose(ours, theirs, **CLOSE)
    if k > 2:
        mean = macro(np.array([ranking.auroc(y == c, p[:, c]) for c in range(k)]))
        np.testing.assert_allclose(mean, sk.roc_auc_score(y, p, multi_class="ovr"), **CLOSE)


def test_scores_of_numbers_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    y, w = 1e3 + rng.normal(size=50), rng.uniform(0.1, 3, 50)
    said = y + rng.normal(size=50)
    for weights in (None, w):
        extra = {"sample_weight": weights}
        np.testing.assert_allclose(regression.mae(y, said, weights), sk.mean_absolute_error(y, said, **extra), **CLOSE)
        np.testing.assert_allclose(
            regression.rmse(y, said, weights), sk.root_mean_squared_error(y, said, **extra), **CLOSE
        )
        np.testing.assert_allclose(regression.r2(y, said, weights), sk.r2_score(y, said, **extra), rtol=0, atol=1e-10)


def test_calibration_error_plainly() -> None:
    y, p, w = sample(200, 3, 5)
    p[0] = [1.0, 0.0, 0.0]
    p[1] = [0.4, 0.3, 0.3]
    total = 0.0
    for b in range(15):
        inside = [i for i in range(200) if b / 15 < max(p[i]) <= (b + 1) / 15]
        if inside:
            weight = sum(w[i] for i in inside)
            right = sum(w[i] * (np.argmax(p[i]) == y[i]) for i in inside) / weight
            sure = sum(w[i] * max(p[i]) for i in inside) / weight
            total += weight / w.sum() * abs(right - sure)
    np.testing.assert_allclose(probability.calibration_error(y, p, w), total, **CLOSE)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=25))
def test_auroc_is_the_chance_over_pairs(rows: list[tuple[bool, int, int]]) -> None:
    hit, score, w = (np.array(column) for column in zip(*rows, strict=True))
    won = total = 0.0
    for i, j in product(np.flatnonzero(hit), np.flatnonzero(~hit)):
        total += w[i] * w[j]
        won += w[i] * w[j] * (1.0 if score[i] > score[j] else 0.5 if score[i] == score[j] else 0.0)
    expected = won / total if total else np.nan
    np.testing.assert_allclose(ranking.auroc(hit, score, w), expected, **CLOSE)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 5), st.lists(st.integers(0, 3), min_size=20, max_size=20), st.integers(0, 99))
def test_a_whole_weight_is_a_sample_that_often(k: int, times: list[int], seed: int) -> None:
    y, p, _ = sample(20, k, seed, ties=True)
    often = np.repeat(np.arange(20), times)
    said = p.argmax(axis=1)
    weights = np.array(times, dtype=float)
    for i in range(3):
        repeated = classification.count(y[often], said[often], k)[i]
        np.testing.assert_allclose(classification.count(y, said, k, weights)[i], repeated, **CLOSE)
    if len(often):
        for score in (probability.log_loss, probability.brier, probability.calibration_error):
            np.testing.assert_allclose(score(y, p, weights), score(y[often], p[often]), **CLOSE)
        for c in range(k):
            ours = ranking.rank(y == c, p[:, c]).areas(weights)
            np.testing.assert_allclose(ours, ranking.rank(y[often] == c, p[often, c]).areas(), **CLOSE)


def test_many_weights_at_once_are_each_alone() -> None:
    y, p, _ = sample(40, 3, 1, ties=True)
    many = np.random.default_rng(2).integers(0, 3, (2, 5, 40)).astype(float)
    counted = classification.count(y, p.argmax(axis=1), 3, many)
    area, mean = ranking.rank(y == 0, p[:, 0]).areas(many)
    numbers = regression.r2(p[:, 0], p[:, 1], many)
    error = probability.calibration_error(y, p, many)
    for at in np.ndindex(2, 5):
        alone = classification.count(y, p.argmax(axis=1), 3, many[at])
        np.testing.assert_allclose([part[at] for part in counted], list(alone), **CLOSE)
        np.testing.assert_allclose((area[at], mean[at]), ranking.rank(y == 0, p[:, 0]).areas(many[at]), **CLOSE)
        np.testing.assert_allclose(numbers[at], regression.r2(p[:, 0], p[:, 1], many[at]), **CLOSE)
        np.testing.assert_allclose(error[at], probability.calibration_error(y, p, many[at]), **CLOSE)


def test_what_is_undefined_is_nan_and_left_out_of_means() -> None:
    counts = classification.count(np.array([0, 0, 1]), np.array([0, 0, 0]), 3)
    np.testing.assert_array_equal(classification.recall(counts), [1, 0, np.nan])
    np.testing.assert_allclose(classification.precision(counts), [2 / 3, np.nan, np.nan])
    np.testing.assert_allclose(classification.f1(counts), [0.8, 0, np.nan])
    assert classification.balanced_accuracy(counts) == 0.5
    assert macro(classification.f1(counts)) == 0.4
    assert np.isnan(macro(np.array([np.nan, np.nan])))
    assert np.isnan(ranking.auroc(np.array([True, True]), np.array([0.1, 0.2])))
    assert ranking.average_precision(np.array([True, True]), np.array([0.1, 0.2])) == 1
    assert np.isnan(ranking.average_precision(np.array([False]), np.array([0.1])))
    assert np.isnan(regression.r2(np.array([2.0, 2.0]), np.array([1.0, 2.0])))
    y = 100 + np.random.default_rng(0).normal(size=50)
    assert np.isnan(regression.r2(y, y + 1, 7 * np.eye(50) / 3)).all()


def test_a_probability_of_zero_costs_36_nats() -> None:
    loss = probability.log_loss(np.array([1]), np.array([[1.0, 0.0]]))
    np.testing.assert_allclose(loss, -np.log(np.finfo(float).eps))


def test_inputs_stay_as_they_were() -> None:
    y, p, w = sample(30, 3, 0)
    before = y.copy(), p.copy(), w.copy()
    probability.brier(y, p, w)
    probability.calibration_error(y, p, w)
    ranking.auroc(y == 0, p[:, 0], w)
    classification.count(y, p.argmax(axis=1), 3, w)
    for now, then in zip((y, p, w), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(("weights", "word"), [(np.ones(3), "2 samples"), (np.array([1.0, -1.0]), "negative")])
def test_wrong_weights_get_a_sentence(weights: np.ndarray, word: str) -> None:
    with pytest.raises(DataError, match=word):
        weighted_mean(np.zeros(2), weights)
