"""Folds, softmax and sharpness, neighbours and tf-idf: each formula a second time, plainly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer

from graft.heads import make, neighbours
from graft.heads.folds import some_rows, stratified_folds
from graft.heads.neighbours import nearest, shares
from graft.heads.softmax import fit_sharpness, log_loss, log_softmax, softmax
from graft.heads.tfidf import Ratios, document_frequency, log_ratios, tfidf
from graft.heads.training import check_training


@settings(deadline=None, max_examples=60)
@given(y=st.lists(st.integers(0, 4), min_size=2, max_size=60), count=st.integers(2, 5), seed=st.integers(0, 99))
def test_folds_are_stratified(y, count, seed):
    codes = np.unique(y, return_inverse=True)[1]
    folds = stratified_folds(codes, count, seed)
    for label in range(codes.max() + 1):
        sizes = np.bincount(folds[(codes == label) & (folds >= 0)], minlength=count)
        alone = (codes == label).sum() == 1
        assert sizes.sum() == (0 if alone else (codes == label).sum())
        assert sizes.max() - sizes.min() <= 1
    np.testing.assert_array_equal(folds, stratified_folds(codes, count, seed))


@settings(deadline=None, max_examples=60)
@given(data=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=2, max_size=60), seed=st.integers(0, 99))
def test_folds_keep_groups_together_and_every_class_in_training(data, seed):
    y, group = (np.unique(column, return_inverse=True)[1] for column in np.array(data).T)
    folds = stratified_folds(y, 3, seed, group)
    for unit in range(group.max() + 1):
        assert len(set(folds[group == unit])) == 1
    for label in range(y.max() + 1):
        if len(set(group[y == label])) == 1:
            assert (folds[y == label] == -1).all()


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 99), grouped=st.booleans())
def test_some_rows_are_about_as_many_as_wanted(seed, grouped):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 500)
    group = rng.integers(0, 60, 500) if grouped else None
    rows = some_rows(y, seed, group, few=100, per_class=10)
    assert (np.diff(rows) > 0).all()
    assert 40 <= len(rows) <= 130
    if group is None:
        assert set(y[rows]) == {0, 1, 2}
    else:
        assert not set(group[rows]) & set(group[np.setdiff1d(np.arange(500), rows)])
    np.testing.assert_array_equal(some_rows(y, seed, group, few=500, per_class=1), np.arange(500))


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 999), scale=st.sampled_from([1e-3, 1.0, 1e3]))
def test_sharpness_minimizes_the_loss(seed, scale):
    rng = np.random.default_rng(seed)
    y, weight = rng.integers(0, 3, 80), rng.uniform(0.5, 2, 80)
    scores = (rng.normal(size=(80, 3)) + np.eye(3)[y]) * scale
    e = 1 / (2 + weight.sum())
    target = (1 - e) * np.eye(3)[y] + e / 3

    def loss(log_b):
        return -(weight @ (target * log_softmax(np.exp(log_b) * scores)).sum(axis=1)) / weight.sum()

    best = minimize_scalar(loss, bounds=(-12, 12), method="bounded", options={"xatol": 1e-9})
    found = fit_sharpness(scores, y, weight)
    assert loss(np.log(found)) <= best.fun + 1e-9


def test_sharpness_of_separated_scores_is_finite_and_of_useless_ones_small():
    y = np.arange(20) % 2
    sure = fit_sharpness(np.eye(2)[y], y, np.ones(20))
    p = softmax(sure * np.eye(2))
    assert p[0, 0] == pytest.approx(1 - 0.5 / 22, abs=1e-6)
    useless = fit_sharpness(np.eye(2)[1 - y], y, np.ones(20))
    assert log_loss(useless * np.eye(2)[1 - y], y, np.ones(20)) == pytest.approx(np.log(2), abs=1e-2)


def test_neighbours_across_blocks_are_those_of_the_whole(monkeypatch):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(70, 5)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    group = np.arange(70) // 2
    cosines = points @ points.T
    cosines[group[:, None] == group] = -np.inf
    expected = np.argsort(-cosines, axis=1, kind="stable")[:, :9]
    monkeypatch.setattr(neighbours, "QUERIES", 16)
    monkeypatch.setattr(neighbours, "POINTS", 11)
    found, values = nearest(points, points, 9, (group, group))
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_allclose(values, np.take_along_axis(cosines, expected, axis=1), rtol=1e-6)


def test_shares_are_the_weighted_votes():
    votes = np.array([[2.0, 0], [0, 1], [0, 1], [1, 0]])
    cosines = np.array([[1.0, 0.5, 0.0]])
    p = shares(votes, np.array([[0, 1, 2]]), cosines, 2)
    counted = np.array([2 * 1.0, 1 * (1 - 1 / 4)]) + np.array([3 / 5, 2 / 5])
    np.testing.assert_allclose(p[0], counted / counted.sum())


def test_neighbours_choose_k_without_the_sample_itself(make_data):
    X, y = make_data(120, 6, 2, spread=0.3)
    head = make("nearest-neighbours").fit(X, y)
    assert head.k_ > 1
    assert head.k_ == head.path_[np.argmin(head.path_[:, 1]), 0]
    one = make("nearest-neighbours", k=1).fit(X, y)
    assert one.score(X, y) == 1.0
    with pytest.raises(ValueError, match="at least 1, not 0"):
        make("nearest-neighbours", k=0).fit(X, y)


def counts(rows=40, width=15, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(rows) % 3
    return csr_matrix(rng.poisson(0.4 + np.eye(3, width)[y]).astype(np.float32)), y


def test_tfidf_is_scikit_learns():
    X, _ = counts()
    idf = 1 + np.log(41 / (1 + document_frequency(X, np.ones(40))))
    expected = TfidfTransformer(sublinear_tf=True).fit_transform(X)
    np.testing.assert_allclose(tfidf(X, np.arange(15), idf).toarray(), expected.toarray(), atol=1e-6)


@pytest.mark.parametrize("classes", [2, 3])
def test_log_ratios_are_those_of_presence(classes):
    X, y = counts()
    y = y % classes
    training = check_training(X, y, np.linspace(0.5, 2, 40), None, sparse=True)
    use = np.arange(40) % 4 != 0
    weights = training.weight * use
    present = X.toarray() > 0
    for row, k in enumerate([1] if classes == 2 else range(3)):
        inside = (weights * (y == k)) @ present + 1
        outside = sum((weights * (y == j)) @ present for j in range(classes) if j != k) + 1
        expected = np.log(inside / inside.sum()) - np.log(outside / outside.sum())
        np.testing.assert_allclose(log_ratios(X, training, use)[row], expected, atol=1e-10)


def test_ratios_leave_is_the_transpose_of_enter():
    rng = np.random.default_rng(0)
    ratios = Ratios(rng.normal(size=(4, 2, 5)))
    held = np.array([0, 2, -2])
    coef, gradient = rng.normal(size=(3, 2, 5)), rng.normal(size=(6, 5))
    inner, _ = ratios.enter(coef, np.zeros((3, 2)), held)
    assert (inner * gradient).sum() == pytest.approx((coef * ratios.leave(gradient, np.zeros(6), held)).sum())
    np.testing.assert_array_equal(inner[4:], coef[2] * ratios.values[3])


def test_tfidf_logistic_keeps_few_columns_and_ignores_unknown_words():
    X, y = counts()
    wide = csr_matrix((X.data, X.indices * 1000, X.indptr), shape=(40, 2**20))
    head = make("tfidf-logistic").fit(wide, y)
    assert set(head.columns_) <= set(range(0, 15_000, 1000))
    assert sum(value.nbytes for value in head.state().values()) < 10_000
    unknown = csr_matrix(([5.0], ([0], [2**20 - 1])), shape=(1, 2**20))
    np.testing.assert_allclose(head.predict_proba(unknown), softmax(head.intercept_)[None], atol=1e-12)
    narrow = make("tfidf-logistic").fit(X, y)
    np.testing.assert_array_equal(narrow.predict_proba(X), head.predict_proba(wide))
    np.testing.assert_array_equal(narrow.predict_proba(X), narrow.predict_proba(X.toarray()))


def test_counts_are_checked():
    X, y = counts()
    with pytest.raises(ValueError, match="cannot be negative"):
        make("tfidf-logistic").fit(-X, y)
    with pytest.raises(ValueError, match="No sample has a word in it"):
        make("tfidf-logistic").fit(0 * X, y)
    assert len(make("tfidf-logistic", min_df=99).fit(X, y).columns_) == X.shape[1]
    X.data[3] = np.nan
    with pytest.raises(ValueError, match="NaN or infinity"):
        make("tfidf-logistic").fit(X, y)
