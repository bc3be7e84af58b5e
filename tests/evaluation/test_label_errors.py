"""Confident learning against a plain second evaluation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graft.errors import DataError
from graft.evaluation.label_errors import label_errors


def plainly(y: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, dict[int, int]]:
    """Count the confident joint sample by sample, and give who is counted beside the diagonal, and as what."""
    n, k = p.shape
    t = [np.mean([p[i, j] for i in range(n) if y[i] == j]) if (y == j).any() else 1.0 for j in range(k)]
    joint = np.zeros((k, k))
    wrong = {}
    for i in range(n):
        able = [j for j in range(k) if p[i, j] >= t[j]]
        if able:
            j = max(able, key=lambda j: p[i, j])
            joint[y[i], j] += 1
            if j != y[i] and p[i, y[i]] < max(p[i, c] for c in range(k) if c != y[i]):
                wrong[i] = j
    return joint, wrong


@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(4, 40))
def test_it_is_what_the_paper_says(seed: int, k: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    y, p = rng.integers(0, k, n), rng.dirichlet(np.ones(k), n)
    y_before, p_before = y.copy(), p.copy()
    found = label_errors(y, p)
    joint, wrong = plainly(y, p)
    assert dict(zip(found.index.tolist(), found.suggested.tolist(), strict=True)) == wrong
    assert np.all(np.diff(found.margin) >= 0)
    np.testing.assert_allclose(found.joint.sum(), 1)
    np.testing.assert_allclose(found.joint.sum(axis=1), np.bincount(y, minlength=k) / n)
    for i, row in enumerate(joint):
        if row.sum():
            np.testing.assert_allclose(found.joint[i], row / row.sum() * (y == i).sum() / n)
    np.testing.assert_array_equal(y, y_before)
    np.testing.assert_array_equal(p, p_before)


def test_planted_errors_come_first_and_their_share_is_estimated() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 600)
    p = np.full((600, 3), 0.03)
    p[np.arange(600), truth] = 0.94
    p = 0.95 * p + 0.05 * rng.dirichlet(np.ones(3), 600)
    y = truth.copy()
    y[:30] = (y[:30] + 1) % 3
    found = label_errors(y, p)
    assert set(found.index[:30].tolist()) == set(range(30))
    np.testing.assert_array_equal(found.suggested[:30], truth[found.index[:30]])
    assert found.rate == pytest.approx(0.05, abs=0.01)


def test_clean_labels_give_no_suggestion() -> None:
    y = np.array([0, 0, 1, 1])
    found = label_errors(y, np.eye(2)[y])
    assert len(found.index) == 0
    assert found.rate == 0


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(DataError, match="sum to 1"):
        label_errors(np.array([0, 1]), np.array([[0.5, 0.5], [0.9, 0.9]]))
    with pytest.raises(DataError, match="position 1"):
        label_errors(np.array([0, 2]), np.array([[0.5, 0.5], [0.1, 0.9]]))
