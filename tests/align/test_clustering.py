"""The formulas of the methods that let the target's groups decide, evaluated a second time plainly."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from graft.align.algebra import log_softmax
from graft.align.clustering.centroids import travelled
from graft.align.clustering.confusion import class_confusion
from graft.align.clustering.information import negative_information
from graft.align.clustering.nuclear import negative_nuclear_norm
from graft.align.clustering.propagation import neighbour_graph, spread
from graft.align.clustering.self_training import surest
from graft.align.clustering.shot import nearest_centroid
from graft.align.linear_training import Problem

SCORES = np.random.default_rng(0).standard_normal((7, 3)) * 2


def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def test_information_is_mutual_information_and_its_gradient_is_right():
    p = softmax(SCORES)
    value, gradient = negative_information(SCORES)
    mean = p.mean(axis=0)
    assert value == pytest.approx(-(p * np.log(p)).sum(axis=1).mean() + (mean * np.log(mean)).sum())
    numeric = approx_fprime(SCORES.ravel(), lambda z: negative_information(z.reshape(7, 3))[0], 1e-7)
    np.testing.assert_allclose(gradient.ravel(), numeric, atol=1e-6)


def test_nuclear_norm_is_the_sum_of_singular_values_and_its_gradient_is_right():
    value, gradient = negative_nuclear_norm(SCORES)
    assert value == pytest.approx(-np.linalg.norm(softmax(SCORES), "nuc") / np.sqrt(21))
    numeric = approx_fprime(SCORES.ravel(), lambda z: negative_nuclear_norm(z.reshape(7, 3))[0], 1e-7)
    np.testing.assert_allclose(gradient.ravel(), numeric, atol=1e-6)


def confusion(z, w):
    p = softmax(z / 2.5)
    C = sum(wi * np.outer(row, row) for wi, row in zip(w, p, strict=True))
    C = C / C.sum(axis=1, keepdims=True)
    return (C.sum() - np.trace(C)) / 3


def test_class_confusion_and_its_gradient_with_weights_held_fixed():
    p = softmax(SCORES / 2.5)
    w = 1 + np.exp((p * np.log(p)).sum(axis=1))
    w = 7 * w / w.sum()
    value, gradient = class_confusion(SCORES)
    assert value == pytest.approx(confusion(SCORES, w))
    numeric = approx_fprime(SCORES.ravel(), lambda z: confusion(z.reshape(7, 3), w), 1e-7)
    np.testing.assert_allclose(gradient.ravel(), numeric, atol=1e-6)


def test_linear_training_minimizes_what_it_says():
    draw = np.random.default_rng(1)
    S, T, y = draw.standard_normal((20, 2)), draw.standard_normal((9, 2)), np.repeat([0, 1], 10)
    w = draw.random(20) + 0.5
    problem = Problem(S, np.eye(2)[y], w / w.mean(), T, penalty=0.1)
    theta = problem.solve(negative_information, 0.2, problem.source_only())

    def loss(flat):
        W = flat.reshape(2, 3)
        logs = np.log(softmax(S @ W[:, :2].T + W[:, 2]))
        extra = negative_information(T @ W[:, :2].T + W[:, 2])[0]
        return -(problem.weights * logs[np.arange(20), y]).mean() + 0.05 * (W[:, :2] ** 2).sum() + 0.2 * extra

    np.testing.assert_allclose(approx_fprime(theta.ravel(), loss, 1e-7), 0, atol=1e-4)


def test_centroids_travel_by_soft_assignments():
    draw = np.random.default_rng(2)
    T = draw.standard_normal((12, 3))
    T /= np.linalg.norm(T, axis=1, keepdims=True)
    C = np.eye(2, 3)
    found = travelled(C, T, 2)
    for _ in range(2):
        p = softmax(20 * T @ C.T)
        C = np.stack([sum(p[j, k] * T[j] for j in range(12)) for k in range(2)])
        C /= np.linalg.norm(C, axis=1, keepdims=True)
    np.testing.assert_allclose(found, C)


def test_propagation_sums_walks_over_the_neighbours():
    draw = np.random.default_rng(3)
    T = draw.standard_normal((10, 4))
    A = neighbour_graph(T, 3)
    cos = (T @ T.T) / np.outer(np.linalg.norm(T, axis=1), np.linalg.norm(T, axis=1))
    W = np.zeros((10, 10))
    for i in range(10):
        for j in sorted((j for j in range(10) if j != i), key=lambda j: -cos[i, j])[:3]:
            W[i, j] = max(cos[i, j], 1e-9)
    W = np.maximum(W, W.T)
    d = W.sum(axis=1)
    np.testing.assert_allclose(A, W / np.sqrt(np.outer(d, d)), atol=1e-12)
    P = softmax(draw.standard_normal((10, 2)))
    F = sum(0.9**n * np.linalg.matrix_power(A, n) @ P for n in range(400))
    np.testing.assert_allclose(spread(P, A, 0.9), F / F.sum(axis=1, keepdims=True), atol=1e-9)


def test_shots_labels_are_those_of_the_nearest_centroid_twice():
    draw = np.random.default_rng(4)
    T, p = draw.standard_normal((9, 3)), softmax(draw.standard_normal((9, 2)))
    rows = T / np.linalg.norm(T, axis=1, keepdims=True)
    share = p
    for _ in range(2):
        C = share.T @ rows
        labels = (rows @ (C / np.linalg.norm(C, axis=1, keepdims=True)).T).argmax(axis=1)
        share = np.eye(2)[labels]
    np.testing.assert_array_equal(nearest_centroid(p, T), labels)


def test_the_surest_rows_are_taken_of_each_class():
    logs = log_softmax(np.array([[3.0, 0], [2, 0], [1, 0], [0, 1], [0, 2.5]]))
    np.testing.assert_array_equal(surest(logs, 0.5), [0, 1, 4])
