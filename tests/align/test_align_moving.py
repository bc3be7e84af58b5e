"""The formulas of the methods that move features, evaluated a second time plainly."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import sqrtm
from scipy.optimize import linprog

from graft.align.algebra import covariance, directions
from graft.align.domains import Source, Target
from graft.align.moving.components import components
from graft.align.moving.coral import recolour
from graft.align.moving.flow import flow_factor
from graft.align.moving.joint_transport import joint_cost
from graft.align.moving.linear_transport import monge
from graft.align.moving.subspace import subspace
from graft.align.moving.transport import class_plan
from graft.align.placing import place


@pytest.fixture
def clouds():
    draw = np.random.default_rng(0)
    return draw.standard_normal((40, 5)) @ draw.standard_normal((5, 5)), draw.standard_normal((30, 5)) * np.arange(1, 6)


def test_coral_gives_the_source_the_covariance_of_the_target(clouds):
    S, T = clouds
    moved = S @ recolour(np.cov(S.T, bias=True), np.cov(T.T, bias=True), 0.0)
    np.testing.assert_allclose(np.cov(moved.T, bias=True), np.cov(T.T, bias=True), atol=1e-9)


def test_linear_transport_is_the_map_between_gaussians(clouds):
    Cs, Ct = (np.cov(X.T, bias=True) for X in clouds)
    A = monge(Cs, Ct, 0.0)
    root = sqrtm(Cs)
    inverse = np.linalg.inv(root)
    np.testing.assert_allclose(A, (inverse @ sqrtm(root @ Ct @ root) @ inverse).real, atol=1e-8)
    np.testing.assert_allclose(A @ Cs @ A, Ct, atol=1e-8)


def test_directions_are_principal_and_sign_is_fixed(clouds):
    S = clouds[0]
    _, _, Vt = np.linalg.svd(S - S.mean(axis=0), full_matrices=False)
    P = directions(S, 3)
    np.testing.assert_allclose(np.abs(P.T @ Vt[:3].T), np.eye(3), atol=1e-8)
    np.testing.assert_allclose(np.abs(directions(S[:4], 9).T @ directions(S[:4], 9)), np.eye(3), atol=1e-8)
    assert (P[np.abs(P).argmax(axis=0), range(3)] > 0).all()


def test_subspace_alignment(wide):
    source, target, _ = wide
    fitted = subspace(source, target, lambda: __import__("graft.align.even", fromlist=["Even"]).Even(0.01), 0, dims=4)
    S, T, _ = place(source, target, apart=True)
    Ps, Pt = directions(S, 4), directions(T, 4)
    np.testing.assert_allclose(fitted.space[0], S @ Ps @ Ps.T @ Pt, atol=1e-10)
    np.testing.assert_allclose(fitted.placing(target.X), T @ Pt, atol=1e-10)


def test_transfer_components_hold_their_constraint(clouds):
    S, T = clouds
    W = components(S, T, 2, 0.1)
    both = np.concatenate([S, T])
    H = np.cov(both.T, bias=True)
    L = np.outer(S.mean(0) - T.mean(0), S.mean(0) - T.mean(0)) + 0.1 * np.trace(H) / 5 * np.eye(5)
    np.testing.assert_allclose(W.T @ L @ W, np.eye(2), atol=1e-8)
    best = np.sort(np.linalg.eigvals(np.linalg.solve(L, H)).real)[::-1][:2]
    np.testing.assert_allclose(np.diag(W.T @ H @ W), best, rtol=1e-8)


def test_the_flow_kernel_is_the_integral_along_the_geodesic():
    draw = np.random.default_rng(1)
    Ps, Pt = (np.linalg.qr(draw.standard_normal((6, 2)))[0] for _ in range(2))
    L = flow_factor(Ps, Pt)
    U, cosines, Vt = np.linalg.svd(Ps.T @ Pt)
    angle = np.arccos(cosines)
    across = (Pt @ Vt.T - Ps @ U * np.cos(angle)) / np.sin(angle)

    def kernel(t: float, i: int, j: int) -> float:
        phi = Ps @ U * np.cos(t * angle) + across * np.sin(t * angle)
        return float((phi @ phi.T)[i, j])

    plain = [[quad(kernel, 0, 1, args=(i, j))[0] for j in range(6)] for i in range(6)]
    np.testing.assert_allclose(L @ L.T, plain, atol=1e-8)
    np.testing.assert_allclose(flow_factor(Ps, Ps) @ flow_factor(Ps, Ps).T, Ps @ Ps.T, atol=1e-8)


def test_class_regularized_plan_has_its_margins_and_prefers_one_class():
    draw = np.random.default_rng(2)
    S, T = draw.standard_normal((8, 2)), draw.standard_normal((6, 2))
    source = Source(S, np.array([0, 0, 0, 0, 1, 1, 1, 1]))
    plain, grouped = (class_plan(S, source, T, 0.5, group) for group in (0.0, 1.0))
    for plan in (plain, grouped):
        np.testing.assert_allclose(plan.sum(axis=1), 1 / 8, atol=1e-4)
        np.testing.assert_allclose(plan.sum(axis=0), 1 / 6, atol=1e-4)

    def mixed(plan):
        return np.minimum(plan[:4].sum(axis=0), plan[4:].sum(axis=0)).sum()

    assert mixed(grouped) < mixed(plain)


def test_the_plan_without_groups_is_sinkhorns():
    draw = np.random.default_rng(2)
    S, T = draw.standard_normal((5, 2)), draw.standard_normal((4, 2))
    plan = class_plan(S, Source(S, np.array([0, 0, 1, 1, 1])), T, 0.3, 0.0)
    C = ((S[:, None] - T[None]) ** 2).sum(axis=2)
    K, v = np.exp(-C / C.mean() / 0.3), np.ones(4)
    for _ in range(2000):
        u = (1 / 5) / (K @ v)
        v = (1 / 4) / (K.T @ u)
    np.testing.assert_allclose(plan, u[:, None] * K * v, atol=1e-5)


def test_joint_transport_solves_the_linear_program():
    import ot

    draw = np.random.default_rng(4)
    S, T = draw.standard_normal((5, 2)), draw.standard_normal((4, 2))
    source, theta = Source(S, np.array([0, 0, 1, 1, 1])), draw.standard_normal((2, 3))
    C = ((S[:, None] - T[None]) ** 2).sum(axis=2)
    cost = joint_cost(C, theta, T, source)
    scores = T @ theta[:, :2].T + theta[:, 2]
    loss = np.array([[np.log(np.exp(s).sum()) - s[k] for s in scores] for k in source.y])
    np.testing.assert_allclose(cost, C + loss / loss.mean())
    rows, columns = np.kron(np.eye(5), np.ones(4)), np.kron(np.ones(5), np.eye(4))
    best = linprog(cost.ravel(), A_eq=np.vstack([rows, columns]), b_eq=np.r_[np.full(5, 0.2), np.full(4, 0.25)])
    assert (ot.emd(np.full(5, 0.2), np.full(4, 0.25), cost) * cost).sum() == pytest.approx(best.fun)


def test_placing_centres_and_measures_once(wide, pair):
    source, target, _ = wide
    S, T, placing = place(source, target, apart=True)
    own = target.X - target.X.mean(axis=0)
    own /= np.linalg.norm(own, axis=1, keepdims=True)
    np.testing.assert_allclose(T @ T.T, own @ own.T, atol=1e-8)
    np.testing.assert_allclose(placing(target.X), T, atol=1e-12)
    source, target, _ = pair
    S, T, placing = place(source, Target(target.X), apart=False)
    middle = (source.X.mean(axis=0) + target.X.mean(axis=0)) / 2
    both = np.concatenate([source.X, target.X]) - middle
    size = np.sqrt((both**2).sum(axis=1).mean())
    np.testing.assert_allclose(np.linalg.norm(S, axis=1), np.linalg.norm(both[:90], axis=1) / size, atol=1e-8)


def test_covariance_with_weights_is_that_of_repeated_rows():
    X = np.array([[0.0, 1.0], [2.0, 3.0], [5.0, 1.0]])
    np.testing.assert_allclose(covariance(X, np.array([1.0, 2.0, 1.0])), np.cov(X[[0, 1, 1, 2]].T, bias=True))
