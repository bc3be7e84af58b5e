"""Out-of-fold predictions: nobody sees what they are scored on."""

from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from graft.errors import DataError
from graft.evaluation.crossval import cross_predict, fold_losses, plan, sample_losses
from graft.evaluation.nested import nested


class Means:
    """Nearest class mean with soft scores; notes what it was fitted on."""

    seen: list[tuple[int, Any]]

    def __init__(self, log: list[Any]) -> None:
        self.log = log

    def fit(self, X: Any, y: np.ndarray, sample_weight: np.ndarray | None = None, groups: Any = None) -> Self:
        dense = X.toarray() if hasattr(X, "toarray") else np.asarray(X)
        self.log.append((dense, y, sample_weight))
        self.classes_ = np.unique(y)
        self.means = np.stack([dense[y == c].mean(axis=0) for c in self.classes_])
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        dense = X.toarray() if hasattr(X, "toarray") else np.asarray(X)
        p = np.exp(-((dense[:, None] - self.means) ** 2).sum(axis=2))
        return p / p.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> np.ndarray:
        return np.asarray(X)[:, 0] * 2


X = np.random.default_rng(0).normal(size=(24, 3))
Y = np.arange(24) % 3
FOLDS = np.r_[[-1, -1], np.arange(22) % 4]


def test_each_sample_is_predicted_by_the_head_fitted_without_its_fold() -> None:
    log: list[Any] = []
    weight = np.arange(24.0)
    before = X.copy(), Y.copy(), FOLDS.copy(), weight.copy()
    out = cross_predict(lambda: Means(log), X, Y, FOLDS, 3, weight)
    for f in range(4):
        train, held = f != FOLDS, f == FOLDS
        np.testing.assert_array_equal(log[f][0], X[train])
        np.testing.assert_array_equal(log[f][2], weight[train])
        np.testing.assert_allclose(out[held], Means([]).fit(X[train], Y[train]).predict_proba(X[held]))
    assert np.isnan(out[:2]).all()
    for now, then in zip((X, Y, FOLDS, weight), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_memory_mapped_and_sparse_features_give_the_same(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    expected = cross_predict(lambda: Means([]), X, Y, FOLDS, 3)
    for features in (np.load(tmp_path / "x.npy", mmap_mode="r"), csr_matrix(X)):
        np.testing.assert_array_equal(cross_predict(lambda: Means([]), features, Y, FOLDS, 3), expected)


def test_a_class_missing_from_a_fold_keeps_its_column() -> None:
    y = np.array([0, 1, 0, 1, 2, 2])
    out = cross_predict(lambda: Means([]), X[:6], y, np.array([0, 0, 1, 1, 2, 2]), 4)
    assert out.shape == (6, 4)
    assert (out[4:, 2] == 0).all()
    assert (out[:4, 2] > 0).all()
    assert (out[:, 3] == 0).all()
    np.testing.assert_allclose(out.sum(axis=1), 1)


def test_numbers() -> None:
    out = cross_predict(lambda: Means([]), X, Y.astype(float), FOLDS)
    np.testing.assert_array_equal(out[2:], 2 * X[2:, 0])
    assert np.isnan(out[:2]).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-1, 4), min_size=2, max_size=30))
def test_a_plan_holds_out_each_sample_once(numbers: list[int]) -> None:
    folds = np.array(numbers)
    if len(set(numbers)) < 2:
        with pytest.raises(DataError, match="two folds or more"):
            plan(folds)
        return
    held = np.concatenate([fold.held for fold in plan(folds)])
    np.testing.assert_array_equal(np.sort(held), np.flatnonzero(folds >= 0))
    for fold in plan(folds):
        assert not set(fold.train) & set(fold.held)
        assert len(fold.train) + len(fold.held) == len(folds)


def test_one_fold_beside_training_samples_is_a_validation_set() -> None:
    (fold,) = plan(np.array([-1, 0, -1, 0]))
    np.testing.assert_array_equal(fold.held, [1, 3])
    np.testing.assert_array_equal(fold.train, [0, 2])


def test_split_groups_and_lone_classes_get_a_sentence() -> None:
    with pytest.raises(DataError, match="Group p1 lies in more than one fold"):
        plan(np.array([0, 0, 1, 1]), np.array(["p0", "p1", "p1", "p2"]))
    with pytest.raises(DataError, match="Group p0 lies"):
        plan(np.array([0, 1, 0]), np.array(["p0", "p0", "p1"]))
    assert len(plan(np.array([0, 0, 1]), np.array(["p0", "p0", "p1"]))) == 2
    with pytest.raises(DataError, match="Without fold 1 there is one class"):
        cross_predict(lambda: Means([]), X[:4], np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), 2)


def test_losses() -> None:
    p = np.array([[0.25, 0.75], [0.5, 0.5], [np.nan, np.nan], [1.0, 0.0]])
    losses = sample_losses(np.array([1, 0, 0, 0]), p)
    np.testing.assert_allclose(losses, [-np.log(0.75), np.log(2), np.nan, 0], atol=1e-15)
    np.testing.assert_array_equal(sample_losses(np.array([1.0, 2.0]), np.array([3.0, np.nan])), [4, np.nan])
    means = fold_losses(np.array([1.0, 2.0, 9.0, 4.0]), np.array([0, 0, -1, 3]), np.array([1.0, 3.0, 1.0, 1.0]))
    np.testing.assert_allclose(means, [1.75, 4])


def test_nested_never_shows_the_held_out_fold_to_the_procedure() -> None:
    seen, steps = [], []

    def procedure(train: np.ndarray) -> Any:
        seen.append(set(train))

        def predictor(held: np.ndarray) -> np.ndarray:
            assert not seen[-1] & set(held)
            return np.stack([held, np.full(len(held), len(seen))], axis=1)

        return predictor

    out = nested(procedure, FOLDS, step=lambda done=1: steps.append(done))
    assert (len(seen), steps) == (4, [1, 1, 1, 1])
    assert np.isnan(out[:2]).all()
    np.testing.assert_array_equal(out[2:, 0], np.arange(2, 24))
    np.testing.assert_array_equal(out[2:, 1], FOLDS[2:] + 1)


def test_nested_numbers_and_a_wrong_length() -> None:
    out = nested(lambda train: lambda held: np.full(len(held), len(train)), np.array([0, 1, 1]))
    np.testing.assert_array_equal(out, [2, 1, 1])
    with pytest.raises(DataError, match="outer fold 1 have shape"):
        nested(lambda train: lambda held: np.zeros(1), np.array([0, 1, 1]))
