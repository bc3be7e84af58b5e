"""Agreement: its fixed point a second time, and what it refuses."""

import numpy as np
import pytest

from graft.heads.check import FeatureError
from graft.heads.transductive.agreement import agreement, cosine_affinity


def batch(seed=0, each=12, width=8):
    random = np.random.default_rng(seed)
    y = np.repeat(np.arange(3), each)
    X = random.normal(size=(3, width))[y] + 0.4 * random.normal(size=(len(y), width))
    p = random.dirichlet(np.ones(3), size=len(y)) * 0.6 + 0.4 * np.eye(3)[y]
    return X, y, p / p.sum(axis=1, keepdims=True)


def plainly_near(X, count):
    Z = X - X.mean(axis=0)
    Z = Z / np.linalg.norm(Z, axis=1, keepdims=True)
    near = np.zeros((len(X), len(X)))
    for q in range(len(X)):
        cosines = [(-np.inf if p == q else Z[q] @ Z[p]) for p in range(len(X))]
        near[q, np.argsort(cosines)[::-1][:count]] = 1
    return (near + near.T) / 2


def test_it_ends_at_its_fixed_point_and_leaves_its_inputs():
    X, _, p = batch()
    copies = X.copy(), p.copy()
    y = agreement(np.log(p), [X, 2 * X + 1])
    scores = np.log(p) + plainly_near(X, 3) @ y
    np.testing.assert_allclose(np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True), y, atol=1e-5)
    np.testing.assert_array_equal(X, copies[0])
    np.testing.assert_array_equal(p, copies[1])


def test_neighbours_correct_one_another():
    gains = []
    for seed in range(20):
        X, truth, p = batch(seed)
        gains.append(np.mean(agreement(np.log(p), [X]).argmax(1) == truth) - np.mean(p.argmax(1) == truth))
    assert np.mean(gains) > 0.1


def test_affinities_are_those_of_plain_loops():
    X, _, _ = batch(3)
    np.testing.assert_array_equal(cosine_affinity(X, 3).toarray(), plainly_near(X, 3))


def test_a_single_row_keeps_its_answer_and_rows_must_fit():
    X, _, p = batch()
    np.testing.assert_allclose(agreement(np.log(p[:1]), [X[:1]]), p[:1])
    with pytest.raises(FeatureError, match="features of the 36 rows"):
        agreement(np.log(p), [X[:5]])
    with pytest.raises(FeatureError, match="features of the 36 rows"):
        agreement(np.log(p), [])
