"""Ridge, LDA and nearest mean: plain formulas, and leave-one-out by doing it."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Ridge as SklearnRidge

from graft.heads import make
from graft.heads.basis import scaling_of
from graft.heads.class_means import means_of
from graft.heads.least_squares import least_squares
from graft.heads.leave_out import one_hot
from graft.heads.scatter import scatter_of
from graft.heads.training import check_training

SHAPES = [(30, 6), (15, 25)]


def standardized(X, weight):
    return scaling_of(X, weight).apply(X)


def prepared(make_data, shape, groups=None):
    X, y = make_data(*shape, 3)
    weight = np.random.default_rng(5).uniform(0.5, 2, len(y))
    return check_training(X, y, weight, groups), standardized(X, weight)


def plain_ridge(Z, targets, weight, penalty):
    model = SklearnRidge(alpha=penalty, solver="cholesky").fit(Z, targets, sample_weight=weight)
    return model.predict


def plain_lda(Z, y, weight, penalty):
    classes = range(int(y.max()) + 1)
    sizes = np.array([weight[y == k].sum() for k in classes])
    means = np.stack([weight[y == k] @ Z[y == k] / sizes[k] for k in classes])
    away = Z - means[y]
    precision = np.linalg.inv(((away.T * weight) @ away + penalty * np.eye(Z.shape[1])) / sizes.sum())

    def scores(new):
        return np.stack(
            [np.log(sizes[k] / sizes.sum()) - 0.5 * np.einsum("nd,de,ne->n", new - means[k], precision, new - means[k])
             for k in classes], axis=1)  # fmt: skip

    return scores


def plain_means(Z, y, weight, cosine):
    Z = Z / np.linalg.norm(Z, axis=1, keepdims=True) if cosine else Z
    means = np.stack([weight[y == k] @ Z[y == k] / weight[y == k].sum() for k in range(int(y.max()) + 1)])

    def scores(new):
        if cosine:
            return (new / np.linalg.norm(new, axis=1, keepdims=True)) @ (
                means / np.linalg.norm(means, axis=1)[:, None]
            ).T
        return -0.5 * ((new[:, None] - means) ** 2).sum(axis=2)

    return scores


def methods(training, Z):
    targets = one_hot(training.y, 3)
    yield (
        least_squares(training, targets),
        lambda keep, a: plain_ridge(Z[keep], targets[keep], training.weight[keep], a),
    )
    yield scatter_of(training), lambda keep, a: plain_lda(Z[keep], training.y[keep], training.weight[keep], a)
    yield (
        means_of(training, (False, True)),
        lambda keep, a: plain_means(Z[keep], training.y[keep], training.weight[keep], a),
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_leave_one_out_is_refitting_without_each(make_data, shape):
    training, Z = prepared(make_data, shape)
    everyone = np.arange(shape[0])
    for method, refit in methods(training, Z):
        rows, scores = method.all_left_out(3)
        np.testing.assert_array_equal(rows, everyone)
        for number, candidate in list(enumerate(method.candidates))[:11]:
            for i in everyone:
                expected = refit(everyone != i, candidate)(Z[i : i + 1])[0]
                np.testing.assert_allclose(scores[number, i], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_leave_group_out_is_refitting_without_the_group(make_data, shape):
    groups = np.array([0, 0, 1, 2, 2, 2, *range(3, shape[0] - 3)])
    training, Z = prepared(make_data, shape, groups)
    for method, refit in methods(training, Z):
        rows, scores = method.all_left_out(3)
        assert sorted(rows) == list(range(shape[0]))
        for number, candidate in list(enumerate(method.candidates))[:11]:
            for place, i in enumerate(rows):
                expected = refit(groups != groups[i], candidate)(Z[i : i + 1])[0]
                np.testing.assert_allclose(scores[number, place], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_solutions_are_the_plain_ones(make_data, shape):
    training, Z = prepared(make_data, shape)
    for method, refit in list(methods(training, Z))[:2]:
        coef, intercept = method.solution(2.5)
        ours = training.X @ coef.T + intercept
        theirs = refit(np.ones(shape[0], dtype=bool), 2.5)(Z)
        np.testing.assert_allclose(
            ours - ours.mean(axis=1, keepdims=True), theirs - theirs.mean(axis=1, keepdims=True), atol=1e-6
        )


def test_lda_agrees_with_scikit_learn_without_shrinkage(make_data):
    X, y = make_data(200, 5, 3)
    X = X[:, 1:]
    coef, intercept = scatter_of(check_training(X, y, None, None)).solution(1e-12)
    theirs = LinearDiscriminantAnalysis(solver="lsqr").fit(X, y)
    ours = X @ coef.T + intercept
    expected = theirs.decision_function(X)
    np.testing.assert_allclose(
        ours - ours.mean(axis=1, keepdims=True), expected - expected.mean(axis=1, keepdims=True), rtol=1e-6, atol=1e-6
    )


@pytest.mark.parametrize("name", ["lda", "nearest-mean"])
def test_a_class_of_one_stays_in(make_data, name):
    X, y = make_data(31, 5, 3)
    y = np.where(np.arange(31) == 30, 3, y)
    training = check_training(X, y, None, None)
    method = scatter_of(training) if name == "lda" else means_of(training, (False,))
    rows, scores = method.all_left_out(4)
    assert 30 not in rows
    assert np.isfinite(scores).all()
    assert make(name).fit(X, y).predict_proba(X).shape == (31, 4)


def test_ridge_regression_takes_the_penalty_with_the_least_press(make_data):
    X, _ = make_data(25, 8)
    y = X[:, 1] - X[:, 2] + np.random.default_rng(0).normal(size=25) * 3
    weight = np.random.default_rng(1).uniform(0.5, 2, 25)
    head = make("ridge-regression").fit(X, y, sample_weight=weight)
    Z = standardized(X, weight)
    for penalty, error in head.path_[:11]:
        left = [
            plain_ridge(Z[keep], y[keep], weight[keep], penalty)(Z[~keep])[0] - y[~keep][0]
            for keep in ~np.eye(25, dtype=bool)
        ]
        np.testing.assert_allclose(error, weight @ np.square(left) / weight.sum(), rtol=1e-5)
    assert head.penalty_ == head.path_[np.argmin(head.path_[:, 1]), 0]
    np.testing.assert_allclose(head.predict(X), plain_ridge(Z, y, weight, head.penalty_)(Z), atol=1e-8)


def test_evenly_spaced_samples_stand_for_many(make_data, monkeypatch):
    X, y = make_data(4000, 5, 3)
    monkeypatch.setattr("graft.heads.leave_out.MOST_UNITS", 1000)
    rows, _ = scatter_of(check_training(X, y, None, None)).all_left_out(3)
    np.testing.assert_array_equal(rows, np.arange(0, 4000, 4))


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_nearest_mean_is_the_softmax_of_minus_distances(make_data, metric):
    X, y = make_data(50, 6, 3)
    head = make("nearest-mean", metric=metric).fit(X, y)
    scores = head.sharpness_ * plain_means(standardized(X, np.ones(50)), y, np.ones(50), metric == "cosine")(
        standardized(X, np.ones(50))
    )
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(head.predict_proba(X), expected, atol=1e-10)
    assert head.cosine_ == (metric == "cosine")


def test_unknown_metric_is_refused(make_data):
    with pytest.raises(ValueError, match="metric 'manhattan' is unknown"):
        make("nearest-mean", metric="manhattan").fit(*make_data())
