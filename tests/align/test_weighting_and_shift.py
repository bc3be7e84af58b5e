"""Density ratios and class shares, evaluated a second time plainly."""

import numpy as np
from scipy.optimize import minimize

from graft.align.algebra import log_softmax
from graft.align.aligned import fit_head
from graft.align.domains import Source
from graft.align.even import Even
from graft.align.shift.bbse import class_ratio
from graft.align.shift.held_out import held_out_log_proba
from graft.align.shift.mlls import calibrating_bias, target_shares
from graft.align.weighting.discriminative import domain_ratio
from graft.align.weighting.kliep import density_ratio
from graft.align.weighting.matching import matched, projected


def clouds():
    draw = np.random.default_rng(0)
    return draw.standard_normal((30, 2)), draw.standard_normal((20, 2)) * 0.5 + 0.7


def test_kernel_mean_matching_solves_its_program():
    S, T = clouds()
    K = np.exp(-((S[:, None] - S[None]) ** 2).sum(axis=2))
    kappa = np.exp(-((S[:, None] - T[None]) ** 2).sum(axis=2)).mean(axis=1) * 30
    slack, most = 0.1, 5.0
    beta = matched(K, kappa, most, slack)
    sides = [{"type": "ineq", "fun": lambda b, s=s: s * (b.mean() - 1) + slack} for s in (1, -1)]
    best = minimize(
        lambda b: 0.5 * b @ K @ b - kappa @ b, np.ones(30), jac=lambda b: K @ b - kappa,
        bounds=[(0, most)] * 30, constraints=sides, method="SLSQP", options={"maxiter": 500, "ftol": 1e-12},
    )  # fmt: skip
    assert 0.5 * beta @ K @ beta - kappa @ beta <= best.fun + 1e-3 * abs(best.fun)
    assert beta.min() >= 0
    assert beta.max() <= most
    assert abs(beta.mean() - 1) <= slack + 1e-9


def test_projection_is_the_nearest_point():
    beta = np.array([-1.0, 0.2, 3.0, 9.0])
    found = projected(beta, 4.0, 0.1)
    sides = [{"type": "ineq", "fun": lambda b, s=s: s * (b.mean() - 1) + 0.1} for s in (1, -1)]
    best = minimize(lambda b: ((b - beta) ** 2).sum(), np.ones(4), bounds=[(0, 4)] * 4, constraints=sides)
    np.testing.assert_allclose(found, best.x, atol=1e-4)


def test_kliep_reaches_the_maximum_under_its_constraint():
    S, T = clouds()
    ratio = density_ratio(S, T, np.ones(30), 1.0, 0)
    assert abs(ratio.mean() - 1) < 1e-9
    at_s, at_t = (np.exp(-((X[:, None] - T[None]) ** 2).sum(axis=2)) for X in (S, T))

    def value(logits):
        theta = np.exp(logits - np.logaddexp.reduce(logits))
        alpha = theta / at_s.mean(axis=0)
        return -np.log(at_t @ alpha).mean()

    best = minimize(value, np.zeros(20), method="BFGS")
    theta = np.exp(best.x - np.logaddexp.reduce(best.x)) / at_s.mean(axis=0)
    assert np.corrcoef(at_s @ theta, ratio)[0, 1] > 0.99


def test_a_classifier_of_domains_weighs_up_what_looks_like_the_target():
    draw = np.random.default_rng(1)
    S, T = draw.standard_normal((300, 1)), draw.standard_normal((300, 1)) + 1
    ratio, right = np.log(domain_ratio(S, T, 0)), S[:, 0] - 0.5
    assert np.corrcoef(ratio, right)[0, 1] > 0.95
    assert 0.5 < np.polyfit(right, ratio, 1)[0] < 1.3


def test_bbse_inverts_the_confusion_matrix():
    y = np.repeat([0, 1], [50, 50])
    source = Source(np.arange(100.0)[:, None], y)
    called = np.r_[np.repeat([0, 1], [40, 10]), np.repeat([0, 1], [5, 45])]
    on_target = np.repeat([0, 1], [31, 69])
    held, logs = (np.log(np.eye(2)[c] * 0.98 + 0.01) for c in (called, on_target))
    C = np.array([[0.40, 0.05], [0.10, 0.45]])
    np.testing.assert_allclose(class_ratio(held, source, logs), np.linalg.solve(C, [0.31, 0.69]), atol=1e-9)


def test_mlls_finds_the_shares_of_most_likelihood():
    draw = np.random.default_rng(2)
    yt = (draw.random(4000) < 0.8).astype(int)
    x = draw.standard_normal(4000) + 2 * yt
    logs = log_softmax(np.stack([np.zeros(4000), 2 * x - 2], axis=1))
    q = target_shares(logs, np.array([0.5, 0.5]))
    p = np.exp(logs[:, 1])
    grid = np.linspace(0.5, 0.95, 451)
    likelihood = [np.log(g * p + (1 - g) * (1 - p)).sum() for g in grid]
    assert abs(q[1] - grid[int(np.argmax(likelihood))]) < 2e-3
    assert abs(q[1] - 0.8) < 0.03


def test_the_calibrating_bias_brings_mean_probabilities_to_the_shares():
    draw = np.random.default_rng(3)
    source = Source(draw.standard_normal((60, 2)), np.repeat([0, 1, 2], [10, 20, 30]))
    held = log_softmax(draw.standard_normal((60, 3)))
    mean = np.exp(log_softmax(held + calibrating_bias(held, source))).mean(axis=0)
    np.testing.assert_allclose(mean, [1 / 6, 2 / 6, 3 / 6], atol=1e-6)


def test_held_out_rows_are_judged_by_heads_that_did_not_see_them(pair):
    source, _, _ = pair
    seen = []

    class Spy:
        def __init__(self):
            from graft.align.even import Even

            self.head = Even(penalty=0.01)

        def fit(self, X, y, w):
            seen.append(len(X))
            return self.head.fit(X, y, w)

    logs = held_out_log_proba(source.X, source, Spy, 0)
    assert seen == [72] * 5
    assert (logs.argmax(axis=1) == source.y).mean() > 0.9


def test_a_class_that_weighs_nothing_is_known_to_the_head(pair) -> None:
    source, _, _ = pair
    weight = (source.y != 1) * 1.0
    before = weight.copy()
    head = fit_head(lambda: Even(penalty=0.01), source.X, source, weight)
    assert head.classes_.tolist() == [0, 1, 2]
    assert (head.predict(source.X)[source.y == 2] == 2).all()
    np.testing.assert_array_equal(weight, before)
