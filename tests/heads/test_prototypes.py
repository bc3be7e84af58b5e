"""Prototypes by a plain formula, left out by doing it; the power transform only where features are skewed."""

import numpy as np
import pytest

from graft.heads import make
from graft.heads.leave_out import one_hot
from graft.heads.power import is_skewed, power
from graft.heads.prototypes import ShrunkMeans
from graft.heads.training import check_training


def plain_scores(Z, y, weight, doubt, new):
    scores = []
    for k in range(int(y.max()) + 1):
        mean = weight[y == k] @ Z[y == k] / (weight[y == k].sum() + doubt)
        scores.append(-0.5 * np.square(new - mean).sum(axis=1) + 0.5 * np.square(new).sum(axis=1))
    return np.stack(scores, axis=1)


def plain_place(X, weight, exponent):
    raised = np.abs(X) ** exponent * np.sign(X)
    Z = raised - (weight[:, None] * raised).sum(axis=0) / weight.sum()
    return Z / np.linalg.norm(Z, axis=1)[:, None]


@pytest.mark.parametrize("skewed", [False, True])
@pytest.mark.parametrize("doubt", [0.0, 2.5])
def test_probabilities_are_those_of_the_formula(make_data, skewed, doubt):
    X, y = make_data(24, 7, 3)
    X = np.exp(X / 3) if skewed else X
    weight = np.random.default_rng(5).uniform(0.5, 2, len(y))
    head = make("prototypes", doubt=doubt).fit(X, y, weight)
    assert head.power_ == (0.5 if skewed else 1.0)
    Z = plain_place(X, weight, head.power_)
    scores = head.sharpness_ * plain_scores(Z, y, weight, doubt, Z)
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(head.predict_proba(X), expected, atol=1e-10)


@pytest.mark.parametrize("grouped", [False, True])
def test_leaving_out_is_doing_without(make_data, grouped):
    X, y = make_data(20, 6, 3)
    weight = np.random.default_rng(3).uniform(0.5, 2, len(y))
    groups = np.array([0, 0, 1, 1, 1, *range(2, 17)]) if grouped else None
    training, Z = check_training(X, y, weight, groups), plain_place(X, weight, 1.0)
    share = one_hot(y, 3) * weight[:, None]
    means = ShrunkMeans(training, Z, share.T @ Z, share.sum(axis=0), (0.0, 3.0))
    rows, scores = means.all_left_out(3)
    units = np.arange(20) if groups is None else groups
    for number, doubt in enumerate((0.0, 3.0)):
        for place, i in enumerate(rows):
            keep = units != units[i]
            expected = plain_scores(Z[keep], y[keep], weight[keep], doubt, Z[i : i + 1])[0]
            np.testing.assert_allclose(scores[number, place], expected, atol=1e-10)


def test_a_class_of_few_samples_is_drawn_to_the_middle_most(make_data):
    X, y = make_data(40, 6, 2)
    keep = (y == 0) | (np.arange(40) < 6)
    full, shrunk = (make("prototypes", doubt=doubt).fit(X[keep], y[keep]) for doubt in (0.0, 4.0))
    ratio = np.linalg.norm(shrunk.means_, axis=1) / np.linalg.norm(full.means_, axis=1)
    np.testing.assert_allclose(ratio, [20 / 24, 3 / 7])


def test_a_doubt_below_zero_is_refused(make_data):
    with pytest.raises(ValueError, match="The doubt must be a number from 0 up, or None to choose it, not -1"):
        make("prototypes", doubt=-1).fit(*make_data(12, 4, 2))


def test_only_skewed_features_that_are_never_negative_are_raised():
    random = np.random.default_rng(0)
    assert is_skewed(random.exponential(size=(30, 5)))
    assert not is_skewed(random.exponential(size=(30, 5)) - 0.01)
    assert not is_skewed(random.uniform(size=(30, 5)))
    assert not is_skewed(np.full((3, 2), 0.2))
    np.testing.assert_allclose(power(np.array([[-4.0, 0.0, 9.0]])), [[-2.0, 0.0, 3.0]])
