"""Denoised words: the closed form against all losses enumerated, and their way through the door."""

import itertools

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from graft.align import Adaptation, adapt_features
from graft.align.words.denoising import RIDGE, Denoising, denoising
from graft.errors import DataError, ModelError

X = np.array([[1, 0, 2], [0, 1, 1], [3, 1, 0], [1, 1, 1]])


def test_the_closed_form_is_least_squares_over_every_loss():
    found = denoising(csr_matrix(X[:2]), csr_matrix(X[2:]), lost=0.4)
    x = (X > 0).astype(float)
    rows, wanted, share = [], [], []
    for kept in itertools.product([0, 1], repeat=3):
        rows.append(np.hstack([x * kept, np.ones((4, 1))]))
        wanted.append(x)
        share += [0.6 ** sum(kept) * 0.4 ** (3 - sum(kept))] * 4
    A, B, w = np.vstack(rows), np.vstack(wanted), np.array(share)[:, None]
    Q = A.T @ (w * A)
    Q += RIDGE * np.trace(Q) / 4 * np.eye(4)
    np.testing.assert_allclose(found.weights, np.linalg.solve(Q, A.T @ (w * B)), atol=1e-5)
    H = found(csr_matrix(X))
    np.testing.assert_allclose(H, np.tanh(np.hstack([x, np.ones((4, 1))]) @ found.weights), atol=1e-6)


def test_the_most_frequent_words_are_kept():
    found = denoising(csr_matrix(X), csr_matrix(np.array([[0, 1, 0], [0, 1, 0]])), most=2)
    np.testing.assert_array_equal(found.columns, [0, 1])


def texts(seed, own):
    """Give counts of 30 words: 0-4 say class 0, 5-9 class 1, `own` words of this domain go with them."""
    draw = np.random.default_rng(seed)
    y = np.repeat([0, 1], 150)
    p = np.full((300, 30), 0.02)
    p[:, 22:] = 0.4
    for k in (0, 1):
        p[y == k, 5 * k : 5 * k + 5] = 0.2
        p[y == k, own + 3 * k : own + 3 * k + 3] = 0.6
    return csr_matrix((draw.random((300, 30)) < p).astype(np.float32)), y


def test_words_go_through_the_door_and_back():
    (S, y), (T, yt) = texts(0, 10), texts(1, 16)
    draw = np.random.default_rng(2)
    dense, new = (np.eye(2)[labels] + 0.6 * draw.standard_normal((300, 2)) for labels in (y, yt))
    found = adapt_features({"a": dense, "words": S}, y, {"a": new, "words": T})
    assert "words: source-only and denoising" in " ".join(found.notes)
    assert found.adapted
    methods = [fitted.method for view, fitted in found.members if view == "words"]
    assert methods == ["co-training"]
    again = Adaptation.from_state(found.state())
    few = {"a": new[:9], "words": T[:9]}
    np.testing.assert_array_equal(again.predict_log_proba(few), found.predict_log_proba(few))
    np.testing.assert_allclose(again.predict_log_proba({"a": new, "words": T}), found.target, atol=1e-9)


def test_words_alone_stay_as_they_are():
    (S, y), (T, _) = texts(0, 10), texts(1, 16)
    found = adapt_features({"words": S}, y, {"words": T})
    assert not found.adapted
    np.testing.assert_array_equal(found.target, found.before)


def test_bad_counts_and_states_are_told():
    with pytest.raises(DataError, match="3 columns of counts and the target 2"):
        denoising(csr_matrix(X), csr_matrix(X[:, :2]))
    with pytest.raises(DataError, match="no word at all"):
        denoising(csr_matrix((2, 3)), csr_matrix((2, 3)))
    found = denoising(csr_matrix(X), csr_matrix(X))
    with pytest.raises(DataError, match="2 columns but 3 were"):
        found(csr_matrix(X[:, :2]))
    with pytest.raises(ModelError, match="lacks the array columns"):
        Denoising.from_state({k: v for k, v in found.state().items() if k != "columns"})
    with pytest.raises(ModelError, match=r"weights of shape \(4, 3\) for 2 columns"):
        Denoising.from_state(found.state() | {"columns": np.array([0, 1])})
