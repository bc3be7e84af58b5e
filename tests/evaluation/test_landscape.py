"""Main directions against the full decomposition, nearest rows against all distances, and the t-SNE map."""

import numpy as np
from scipy.sparse import csr_matrix

from graft.evaluation.landscape import nearest, principal
from graft.evaluation.neighbourhoods import neighbourhoods


def test_main_directions_are_those_of_the_full_decomposition() -> None:
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(60, 12)) * np.arange(12, 0, -1)).astype(np.float32)
    before = X.copy()
    found = principal(X, 3)
    u, s, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    for column in range(3):
        plain = u[:, column] * s[column]
        plain = plain * np.sign(plain[np.abs(plain).argmax()])
        np.testing.assert_allclose(found[:, column], plain, atol=1e-3)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(found, principal(X, 3))


def test_counts_are_not_centred() -> None:
    X = np.array([[2.0, 0, 0], [0, 1.0, 0], [0, 0, 0.5], [2.0, 0, 0]])
    found = principal(csr_matrix(X), 2)
    u, s, _ = np.linalg.svd(X, full_matrices=False)
    np.testing.assert_allclose(np.abs(found), np.abs(u[:, :2] * s[:2]), atol=1e-5)


def test_the_nearest_are_the_nearest() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(20, 5)).astype(np.float32)
    for given in (X, csr_matrix(np.abs(X))):
        rows = given.toarray() if hasattr(given, "toarray") else given
        found = nearest(given, 3)
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        for i in range(20):
            distances = sorted((1 - float(unit[i] @ unit[j]), j) for j in range(20) if j != i)[:3]
            assert found.places[i].tolist() == [j for _, j in distances]
            np.testing.assert_allclose(found.distance[i], [d for d, _ in distances], atol=1e-5)
    assert nearest(X[:2]).places.tolist() == [[1], [0]]


def test_the_neighbourhood_map_keeps_clusters_apart() -> None:
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(20, 6)), rng.normal(size=(20, 6)) + 30])
    found = neighbourhoods(X)
    assert found is not None
    near = np.linalg.norm(found[:, None] - found[None], axis=2) + 1e9 * np.eye(40)
    assert np.all((near.argmin(axis=1) < 20) == (np.arange(40) < 20))
    assert neighbourhoods(X[:5]) is None
