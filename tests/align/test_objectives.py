"""The formulas of the domain objectives, evaluated a second time plainly."""

import math

import numpy as np
import pytest
import torch
from torch.autograd.gradcheck import gradcheck

from graft.align.clustering import confusion, information, nuclear
from graft.align.methods import METHODS
from graft.align.objectives.agreement import agreement
from graft.align.objectives.cdan import Cdan, outer, sureness
from graft.align.objectives.confusion import class_confusion
from graft.align.objectives.dann import Dann, domain_loss
from graft.align.objectives.deep_coral import covariance_gap
from graft.align.objectives.information import negative_information
from graft.align.objectives.jan import joint_mmd
from graft.align.objectives.mdd import Mdd, margin_disparity
from graft.align.objectives.mmd import mmd
from graft.align.objectives.nuclear import negative_nuclear_norm
from graft.align.objectives.ramp import ramp
from graft.align.objectives.reversal import reversed_gradient
from graft.align.objectives.seen import Seen
from graft.align.objectives.settings import SETTINGS
from graft.align.objectives.table import OBJECTIVES, make_term
from graft.errors import GraftError

DRAW = np.random.default_rng(0)
S, T = DRAW.standard_normal((6, 3)), DRAW.standard_normal((5, 3)) + 1
ZS, ZT = 2 * DRAW.standard_normal((6, 4)), 2 * DRAW.standard_normal((5, 4))


def tensor(x):
    return torch.from_numpy(np.array(x))


def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def kernel_sum(pairs, value):
    return np.mean([value(a, b) for a, b in pairs])


def plain_mmd(n, m, kernel):
    within = kernel_sum([(i, j) for i in range(n) for j in range(n) if i != j], kernel)
    other = kernel_sum([(n + i, n + j) for i in range(m) for j in range(m) if i != j], kernel)
    return within + other - 2 * kernel_sum([(i, n + j) for i in range(n) for j in range(m)], kernel)


def feature_kernel(both):
    mean = np.mean([((a - b) ** 2).sum() for i, a in enumerate(both) for j, b in enumerate(both) if i != j])

    def kernel(i, j):
        d = ((both[i] - both[j]) ** 2).sum()
        return np.mean([math.exp(-d / (s * mean)) for s in (0.25, 0.5, 1, 2, 4)])

    return kernel


def test_mmd_is_the_unbiased_sum_over_pairs():
    expected = plain_mmd(6, 5, feature_kernel(np.concatenate([S, T])))
    assert float(mmd(tensor(S), tensor(T))) == pytest.approx(expected)


def test_jan_multiplies_the_kernels_of_features_and_probabilities():
    P = softmax(np.concatenate([ZS, ZT]))
    on_features = feature_kernel(np.concatenate([S, T]))

    def kernel(i, j):
        return on_features(i, j) * math.exp(-((P[i] - P[j]) ** 2).sum() / (2 * 0.92**2))

    found = joint_mmd(tensor(S), tensor(P[:6]), tensor(T), tensor(P[6:]))
    assert float(found) == pytest.approx(plain_mmd(6, 5, kernel))


def test_deep_coral_is_the_squared_gap_of_covariances():
    gap = np.cov(S, rowvar=False) - np.cov(T, rowvar=False)
    assert float(covariance_gap(tensor(S), tensor(T))) == pytest.approx((gap**2).sum() / (4 * 9))


def test_the_reversal_gives_back_the_gradient_turned_round():
    x = tensor(S).requires_grad_()
    found = reversed_gradient(x, 0.3)
    np.testing.assert_array_equal(found.detach(), S)
    (found * tensor(S)).sum().backward()
    np.testing.assert_allclose(x.grad, -0.3 * S)


def test_the_ramp_is_that_of_the_paper():
    assert ramp(0) == 0
    assert ramp(0.3) == pytest.approx(2 / (1 + math.exp(-3)) - 1)
    assert ramp(1) > 0.999


def test_the_domain_loss_weighs_both_domains_alike():
    guess, w = DRAW.standard_normal(11), DRAW.random(11) + 0.5
    p = 1 / (1 + np.exp(-guess))
    source, target = -np.log(p[:6]), -np.log(1 - p[6:])
    expected = (source @ w[:6] / w[:6].sum() + target @ w[6:] / w[6:].sum()) / 2
    assert float(domain_loss(tensor(guess), 6, tensor(w))) == pytest.approx(expected)
    assert float(domain_loss(tensor(guess), 6)) == pytest.approx((source.mean() + target.mean()) / 2)


def seen(progress=0.5):
    both = [tensor(x).float().requires_grad_() for x in (S, ZS, T, ZT, ZT[::-1])]
    return Seen(both[0], both[1], torch.tensor([0, 1, 2, 3, 0, 1]), both[2], both[3], both[4], progress)


@pytest.mark.parametrize("make", [lambda: Dann(3), lambda: Cdan(3, 4), lambda: Mdd(3, 4)])
def test_adversaries_learn_while_features_get_the_turned_gradient_of_the_schedule(make):
    torch.manual_seed(0)
    term, gradients = make(), []
    for progress in (0.0, 0.05, 1.0):
        step = seen(progress)
        term.zero_grad()
        value = term(step)
        value.backward()
        gradients.append(step.features.grad.clone())
        assert all(p.grad.abs().sum() > 0 for p in term.parameters())
    assert gradients[0].abs().sum() == 0
    torch.testing.assert_close(gradients[1] / ramp(0.05), gradients[2] / ramp(1.0))
    epsilon, step = 1e-2, seen(1.0)
    moved = Seen(step.features - epsilon * gradients[2] / gradients[2].norm(), *list(vars(step).values())[1:])
    assert term(moved) > term(seen(1.0))


def test_cdan_sees_outer_products_or_random_ones_and_weighs_sure_rows():
    p = softmax(ZS)
    np.testing.assert_allclose(outer(tensor(S), tensor(p))[2], np.outer(S[2], p[2]).ravel())
    entropy = -(p * np.log(p)).sum(axis=1)
    np.testing.assert_allclose(sureness(tensor(p)), 1 + np.exp(-entropy))
    torch.manual_seed(0)
    large = Cdan(1030, 4)
    assert (large.left.shape, large.right.shape) == ((1030, 1024), (4, 1024))
    a, b, q, r = (torch.randn(1, n) for n in (1030, 1030, 4, 4))
    joint = [((f @ large.left) * (g @ large.right) / 32)[0] for f, g in ((a, q), (b, r))]
    slack = 0.2 * float(a.norm() * b.norm() * q.norm() * r.norm())
    assert float(joint[0] @ joint[1]) == pytest.approx(float((a @ b.T) * (q @ r.T)), abs=slack)


def test_mdd_is_the_margin_disparity():
    guess, said = np.concatenate([ZS, ZT]), np.array([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2])
    p = softmax(guess)[np.arange(11), said]
    expected = np.log(1 - p[6:]).mean() + 4 * np.log(p[:6]).mean()
    assert float(margin_disparity(tensor(guess), tensor(said), 6)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("ours", "by_hand"),
    [
        (class_confusion, confusion.class_confusion),
        (negative_nuclear_norm, nuclear.negative_nuclear_norm),
        (negative_information, information.negative_information),
    ],
)
def test_objectives_on_scores_are_those_of_linear_heads_with_gradients_by_hand(ours, by_hand):
    scores = tensor(ZT).requires_grad_()
    value, gradient = by_hand(ZT)
    found = ours(scores)
    found.backward()
    assert float(found.detach()) == pytest.approx(value)
    np.testing.assert_allclose(scores.grad, gradient, atol=1e-12)


def test_agreement_teaches_sure_calls_alone():
    scores = np.array([[6.0, 0, 0, 0], [1.0, 0, 0, 0], [0, 0, 0, 9.0]])
    changed = DRAW.standard_normal((3, 4))
    logs = np.log(softmax(changed))
    assert float(agreement(tensor(scores), tensor(changed))) == pytest.approx(-(logs[0, 0] + logs[2, 3]) / 3)


def test_the_means_of_discrepancies_have_right_gradients():
    args = tensor(S).requires_grad_(), tensor(T).requires_grad_()
    assert gradcheck(covariance_gap, args)


def test_every_objective_has_a_setting_and_is_a_method_on_features():
    assert list(OBJECTIVES) == list(SETTINGS)
    assert set(SETTINGS) <= set(METHODS)
    with pytest.raises(GraftError, match="Did you mean 'dann'"):
        make_term("dan", 3, 4)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_gives_one_finite_number_with_gradients(name):
    torch.manual_seed(0)
    value = make_term(name, 3, 4)(seen())
    assert value.shape == ()
    assert torch.isfinite(value)
    assert value.requires_grad
