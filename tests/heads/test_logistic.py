"""Logistic regression against scikit-learn's, and the parts it is made of."""

import dataclasses

import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from graft.heads import design, logistic, make
from graft.heads.basis import basis_of
from graft.heads.design import dense_objective
from graft.heads.folds import stratified_folds
from graft.heads.lbfgs import minimize
from graft.heads.logistic import Logistic
from graft.heads.objective import NOTHING
from graft.heads.path import choose_penalty, polish, start_of
from graft.heads.training import check_training


def reference(X, y, penalty, weight=None):
    weight = np.ones(len(y)) if weight is None else weight
    mean = weight @ X / weight.sum()
    scale = np.sqrt(weight @ (X - mean) ** 2 / weight.sum())
    Z = np.divide(X - mean, scale, out=np.zeros_like(X), where=scale > 1e-9)
    model = LogisticRegression(C=1 / (penalty * weight.sum()), tol=1e-10, max_iter=20_000)
    return model.fit(Z, y, sample_weight=weight), Z, scale


@pytest.mark.parametrize("rows_by_width", [(60, 8), (30, 50)])
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("penalty", [0.01, 1.0])
def test_same_coefficients_as_scikit_learn(make_data, rows_by_width, classes, penalty):
    X, y = make_data(*rows_by_width, classes)
    weight = np.random.default_rng(1).uniform(0.5, 2, len(y))
    theirs, Z, scale = reference(X, y, penalty, weight)
    ours = Logistic(penalty).fit(X, y, sample_weight=weight)
    coef = ours.coef_ if classes > 2 else ours.coef_[1:] - ours.coef_[:1]
    np.testing.assert_allclose(coef * scale, theirs.coef_, atol=1e-4)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(Z), atol=1e-4)


def test_blocks_streams_and_float32_give_the_same(make_data, monkeypatch):
    X, y = make_data(300, 12, 3)
    whole = Logistic(0.02).fit(X, y)
    monkeypatch.setattr(design, "DENSE_NUMBERS", 0)
    monkeypatch.setattr("graft.heads.check.BLOCK_NUMBERS", 700)
    streamed = Logistic(0.02).fit(X, y)
    np.testing.assert_allclose(streamed.predict_proba(X), whole.predict_proba(X), atol=1e-5)
    monkeypatch.setattr("graft.heads.path.DOUBLE_NUMBERS", 0)
    monkeypatch.setattr("graft.heads.path.NOISE_SHARE", 0)
    single = Logistic(0.02).fit(X.astype(np.float32), y)
    np.testing.assert_allclose(single.predict_proba(X), whole.predict_proba(X), atol=2e-3)


@pytest.mark.parametrize("classes", [2, 4])
def test_gradient_and_losses_are_those_of_the_formula(make_data, classes):
    X, y = make_data(40, 6, classes)
    weight = np.random.default_rng(0).uniform(0.5, 2, 40)
    basis, objective = dense_objective(check_training(X, y, weight, None), map)
    objective = dataclasses.replace(objective, dtype=np.float64, fold=np.arange(40) % 2)
    theta = np.random.default_rng(2).normal(size=(1, objective.outputs, objective.width + 1))
    Z = basis.rotate(X, np.float32).astype(float)
    kept = np.arange(40) % 2 == 1

    def plain(parameters):
        scores = Z @ parameters[:, :-1].T + parameters[:, -1]
        scores = np.column_stack([np.zeros(40), scores]) if classes == 2 else scores
        losses = -weight * log_softmax(scores, axis=1)[np.arange(40), y]
        return losses[kept].sum() / weight[kept].sum() + 0.15 * (parameters[:, :-1] ** 2).sum(), losses[~kept].sum()

    value = objective(theta, np.array([0]), 0.3)
    np.testing.assert_allclose([value.loss[0], value.held[0]], plain(theta[0]), rtol=1e-9)
    for place in np.ndindex(theta[0].shape):
        up, down = theta[0].copy(), theta[0].copy()
        up[place] += 1e-6
        down[place] -= 1e-6
        slope = (plain(up)[0] - plain(down)[0]) / 2e-6
        np.testing.assert_allclose(value.gradient[0][place], slope, atol=1e-7)


@pytest.mark.parametrize("shape", [(50, 9), (20, 40)])
def test_basis_is_orthonormal_and_diagonal(make_data, shape):
    X, _ = make_data(*shape)
    weight = np.random.default_rng(0).uniform(0.5, 2, shape[0])
    basis = basis_of(X, weight, exact=True)
    r = len(basis.curvature)
    Z = basis.rotate(X)
    np.testing.assert_allclose(basis.rotation.T @ basis.rotation, np.eye(r), atol=1e-8)
    np.testing.assert_allclose((Z.T * weight) @ Z / weight.sum(), np.diag(basis.curvature), atol=1e-8)
    np.testing.assert_allclose(weight @ Z, 0, atol=1e-8)
    np.testing.assert_allclose(basis.rotate_own(X), Z, atol=1e-8)
    back, shift = basis.to_features(np.eye(r), np.zeros(r))
    np.testing.assert_allclose(X @ back.T + shift, Z, atol=1e-8)
    theta = np.random.default_rng(1).normal(size=(2, r + 1))
    np.testing.assert_allclose(basis.from_other(basis, theta), theta, atol=1e-8)


def test_path_losses_are_those_of_plain_cross_validation(make_data):
    X, y = make_data(80, 6, 3, spread=0.5)
    head = Logistic().fit(X, y)
    fold = stratified_folds(y, 5, 0)
    scaling = basis_of(X, np.ones(80)).scaling
    Z = scaling.apply(X)
    for penalty, loss in head.path_[:5]:
        losses = np.empty(80)
        for out in range(5):
            train = fold != out
            model = LogisticRegression(C=1 / (penalty * train.sum()), tol=1e-8, max_iter=5000).fit(Z[train], y[train])
            losses[~train] = -model.predict_log_proba(Z[~train])[np.arange((~train).sum()), y[~train]]
        np.testing.assert_allclose(loss, losses.mean(), rtol=0.02)
    assert head.penalty_ == head.path_[np.argmin(head.path_[:, 1]), 0]


def test_nothing_to_learn_gives_a_strong_penalty_and_the_class_shares():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 5)), (np.arange(300) % 3 == 0).astype(int)
    head = Logistic().fit(X, y)
    assert head.penalty_ >= 1
    np.testing.assert_allclose(head.predict_proba(X)[:, 1], 1 / 3, atol=0.1)
    constant = Logistic().fit(np.ones((30, 4)), y[:30])
    np.testing.assert_allclose(constant.predict_proba(np.zeros((2, 4)))[:, 1], 1 / 3, atol=1e-6)


def test_many_weak_classes_do_not_end_the_path_before_it_starts(make_data):
    X, y = make_data(2000, 6, 40)
    head = Logistic().fit(X, y)
    assert head.path_[0, 1] > 3.6
    assert head.path_[:, 1].min() < 3.2
    assert head.score(X, y) > 0.15


@pytest.mark.parametrize("rows", [300, 3000])
def test_large_problems_converge_to_a_share_of_the_noise(make_data, monkeypatch, rows):
    X, y = make_data(rows, 12, 3, spread=0.3)
    _, objective = dense_objective(check_training(X, y, None, None), map)
    exact = polish(objective, start_of(objective)[0], 0.01)
    monkeypatch.setattr("graft.heads.path.DOUBLE_NUMBERS", 0)
    loose = polish(objective, start_of(objective)[0], 0.01)
    objective = dataclasses.replace(objective, dtype=np.float64)
    at_loose, at_best = (objective(theta[None], np.array([NOTHING]), 0.01).loss[0] for theta in (loose, exact))
    assert 0 <= at_loose - at_best <= 0.02 * exact.size / (2 * rows)
    assert not np.array_equal(loose, exact)


def test_many_samples_choose_on_a_part_and_correct_on_all(make_data, monkeypatch):
    X, y = make_data(2000, 10, 3, spread=0.4)
    all_at_once = Logistic().fit(X, y)
    for stages in (((200, 1), (5000, 1)), ((200, 1), (600, 1))):
        monkeypatch.setattr(logistic, "STAGES", stages)
        in_stages = Logistic().fit(X, y)
        assert abs(np.log10(in_stages.penalty_ / all_at_once.penalty_)) < 2
        np.testing.assert_allclose(in_stages.predict_proba(X), all_at_once.predict_proba(X), atol=0.05)


def test_groups_are_held_out_together():
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=(40, 30)), 5, axis=0)
    y = np.repeat(np.arange(40) % 2, 5)
    person = np.repeat(np.arange(40), 5)
    together, apart = Logistic().fit(X, y, groups=person), Logistic().fit(X, y)
    assert together.path_[:, 1].min() > 2 * apart.path_[:, 1].min()
    assert together.penalty_ > 10 * apart.penalty_


def test_penalties_are_checked(make_data):
    X, y = make_data()
    for wrong in (0, -1.0, np.inf):
        with pytest.raises(ValueError, match="penalty must be a positive number"):
            make("logistic", penalty=wrong).fit(X, y)


def test_no_fold_means_the_plain_penalty(make_data):
    X, y = make_data(6, 4, 6)
    _, objective = dense_objective(check_training(X, y, None, None), map)
    chosen = choose_penalty(objective, np.full(6, -1))
    assert chosen.penalty == pytest.approx(3 / 6)
    np.testing.assert_array_equal(chosen.theta, start_of(objective)[0])


@pytest.mark.parametrize("wrong", [1e-6, 1e3])
def test_a_wrong_estimate_of_the_curvature_costs_steps_not_the_minimum(make_data, wrong):
    X, y = make_data(50, 6, 3)
    _, objective = dense_objective(check_training(X, y, None, None), map)
    objective = dataclasses.replace(objective, dtype=np.float64)
    start = start_of(objective)
    right = minimize(objective, start, np.array([NOTHING]), 0.1, 1e-12)
    misled = dataclasses.replace(objective, curvature=objective.curvature * wrong)
    found = minimize(misled, start, np.array([NOTHING]), 0.1, 1e-12)
    assert right.gap[0] <= 1e-12
    np.testing.assert_allclose(found.theta, right.theta, atol=1e-5)


def test_problems_in_step_are_solved_as_alone(make_data):
    X, y = make_data(60, 6, 3)
    _, objective = dense_objective(check_training(X, y, None, None), map)
    objective = dataclasses.replace(objective, dtype=np.float64, fold=np.arange(60) % 3)
    held = np.array([0, 1, NOTHING])
    together = minimize(objective, start_of(objective, 3), held, 0.05, 1e-12)
    for number in range(3):
        alone = minimize(objective, start_of(objective), held[number : number + 1], 0.05, 1e-12)
        np.testing.assert_allclose(together.theta[number], alone.theta[0], atol=2e-5)
        np.testing.assert_allclose(together.held[number], alone.held[0], rtol=1e-5)
