"""Transductive functions: their formulas a second time, what they promise, and what they refuse."""

import numpy as np
import pytest

from graft.heads.transductive import TRANSDUCTIVE
from graft.heads.transductive.laplacian import affinity, laplacian
from graft.heads.transductive.placing import place, squared_distances
from graft.heads.transductive.soft_means import soft_means
from graft.heads.transductive.transport import balanced, transport

NAMES = list(TRANSDUCTIVE)


def task(shots=1, seed=0, classes=3, each=12, width=20):
    random = np.random.default_rng(seed)
    centres = random.normal(size=(classes, width))
    own, other = np.repeat(np.arange(classes), shots), np.repeat(np.arange(classes), each)
    return (
        centres[own] + random.normal(size=(len(own), width)),
        own,
        centres[other] + 0.9 * random.normal(size=(len(other), width)),
        other,
    )


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_probabilities_and_inputs_stay(name):
    support, own, queries, _ = task(2)
    copies = [support.copy(), own.copy(), queries.copy()]
    p = TRANSDUCTIVE[name](support, own, queries)
    assert p.shape == (36, 3)
    assert p.min() >= 0
    np.testing.assert_allclose(p.sum(axis=1), 1)
    for before, after in zip(copies, (support, own, queries), strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_queries_does_not_matter(name):
    support, own, queries, _ = task(1, seed=3)
    order = np.random.default_rng(1).permutation(len(queries))
    whole = TRANSDUCTIVE[name](support, own, queries)
    np.testing.assert_allclose(TRANSDUCTIVE[name](support, own, queries[order]), whole[order], atol=1e-9)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "prototypes"])
def test_queries_help_one_another(name):
    gains = []
    for seed in range(30):
        support, own, queries, other = task(1, seed)
        plain, better = (TRANSDUCTIVE[each](support, own, queries).argmax(axis=1) for each in ("prototypes", name))
        gains.append(np.mean(better == other) - np.mean(plain == other))
    assert np.mean(gains) > 0.02


@pytest.mark.parametrize("name", NAMES)
def test_a_single_query_is_answered(name):
    support, own, queries, _ = task(2)
    assert TRANSDUCTIVE[name](support, own, queries[:1]).shape == (1, 3)


@pytest.mark.parametrize("name", NAMES)
def test_labels_that_are_no_class_numbers_are_refused(name):
    support, own, queries, _ = task(2)
    if name == "prototypes":
        return
    with pytest.raises(ValueError, match="The labels must be the class numbers 0 to 2, each at least once, and are"):
        TRANSDUCTIVE[name](support, own + 1, queries)
    with pytest.raises(ValueError, match="X has 3 features"):
        TRANSDUCTIVE[name](support, own, queries[:, :3])


def test_laplacian_ends_at_its_fixed_point():
    support, own, queries, _ = task(2)
    both = place(support, own, queries)
    cosines = both.queries @ (both.prototypes() / np.linalg.norm(both.prototypes(), axis=1)[:, None]).T
    weight = np.exp(10 * cosines) / np.exp(10 * cosines).sum(axis=1, keepdims=True)
    means = np.stack([
        (both.support[own == k].sum(axis=0) + weight[:, k] @ both.queries) / (2 + weight[:, k].sum()) for k in range(3)
    ])  # fmt: skip
    y = laplacian(support, own, queries)
    near = affinity(both.queries, 3)
    scores = np.array([
        [near[q] @ y[:, k] - np.square(both.queries[q] - means[k]).sum() for k in range(3)] for q in range(len(y))
    ])  # fmt: skip
    np.testing.assert_allclose(np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True), y, atol=1e-5)


def test_affinity_is_being_among_the_nearest_each_way():
    Z = np.array([[0.0], [1.0], [2.1], [9.0]])
    found = affinity(Z, 1)
    np.testing.assert_array_equal(found, [[0, 1, 0, 0], [1, 0, 0.5, 0], [0, 0.5, 0, 0.5], [0, 0, 0.5, 0]])


def test_soft_means_without_rounds_left_is_a_fixed_formula():
    support, own, queries, _ = task(1)
    both = place(support, own, queries)
    means = both.prototypes()
    for _ in range(11):
        p = np.exp(-5 * squared_distances(both.queries, means))
        p /= p.sum(axis=1, keepdims=True)
        means = np.stack([(both.support[own == k].sum(axis=0) + p[:, k] @ both.queries) / (1 + p[:, k].sum())
                          for k in range(3)])  # fmt: skip
    np.testing.assert_allclose(soft_means(support, own, queries), p, atol=1e-10)


def test_transport_keeps_to_the_shares():
    support, own, queries, other = task(1, each=20)
    rows = np.concatenate([np.flatnonzero(other == k)[:count] for k, count in enumerate((20, 8, 4))])
    even, known = transport(support, own, queries[rows]), transport(support, own, queries[rows], shares=(20, 8, 4))
    np.testing.assert_allclose(even.sum(axis=0), 32 / 3, rtol=0.05)
    np.testing.assert_allclose(known.sum(axis=0), [20, 8, 4], rtol=0.05)


def test_balanced_is_the_closest_plan_by_rows_and_columns():
    scores = np.random.default_rng(0).normal(size=(6, 3))
    plan = balanced(scores, np.array([0.5, 0.25, 0.25]))
    np.testing.assert_allclose(plan.sum(axis=0), [3, 1.5, 1.5], rtol=1e-4)
    ratio = np.log(plan) - scores
    inner = ratio - ratio.mean(axis=0) - ratio.mean(axis=1, keepdims=True) + ratio.mean()
    np.testing.assert_allclose(inner, 0, atol=1e-10)
