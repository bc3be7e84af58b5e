"""The domain report: each number a second time, and what it says of equal, far, partial and open domains."""

import itertools

import numpy as np
import pytest

from graft.align import Source, Target, gap
from graft.align.distance.classes import class_shifts
from graft.align.distance.coverage import outside
from graft.align.distance.discrepancy import discrepancy
from graft.align.distance.domains_apart import domain_accuracy, proxy_a_distance
from graft.align.distance.sets import absent, strangers


def rows(draw, counts, means):
    y = np.repeat(range(len(counts)), counts)
    return means[y] + draw.standard_normal((len(y), means.shape[1])), y


MEANS = 6 * np.eye(4, 12)


def test_equal_domains_are_hardly_apart():
    draw = np.random.default_rng(0)
    S, y = rows(draw, [60, 60, 60], MEANS)
    T, _ = rows(draw, [60, 60, 60], MEANS)
    found = gap(Source(S, y), Target(T), ["cat", "dog", "owl"])
    assert found.a_distance < 0.4
    assert found.mmd.p_value > 0.05
    assert found.outside < 0.15
    assert "hardly apart" in str(found)
    assert not any("Partial" in note or "Open" in note for note in found.notes)


def test_far_partial_and_open_domains_are_told():
    draw = np.random.default_rng(1)
    S, y = rows(draw, [60, 60, 60], MEANS[:3])
    T, _ = rows(draw, [90, 90], MEANS[:2])
    found = gap(Source(S, y), Target(T), ["cat", "dog", "owl"])
    assert any(note.startswith("Partial set") and "owl" in note for note in found.notes)
    assert abs(found.shares[2, 1]) < 0.02
    assert np.isnan(found.moved[2])
    far = gap(Source(S, y), Target(S + 5), ["cat", "dog", "owl"])
    assert far.a_distance > 1.5
    assert far.mmd.p_value < 0.05
    assert far.outside > 0.5
    assert "far apart" in str(far) or "clearly apart" in str(far)
    uneven = gap(Source(S, y), Target(S[y == 0] + 5), ["cat", "dog", "owl"])
    assert uneven.outside > 0.6
    assert "presumes that classes look alike in both" in str(uneven)
    assert "presumes" not in str(found)


def test_mmd_is_the_unbiased_estimate_and_its_p_value_counts():
    draw = np.random.default_rng(2)
    S, T = draw.standard_normal((6, 2)), draw.standard_normal((5, 2)) + 1
    both = np.concatenate([S, T])
    pairs = [((a - b) ** 2).sum() for a, b in itertools.combinations(both, 2)]

    def k(a, b):
        return np.exp(-((a - b) ** 2).sum() / np.median(pairs))

    within = [np.mean([k(a, b) for a, b in itertools.permutations(X, 2)]) for X in (S, T)]
    plain = sum(within) - 2 * np.mean([k(a, b) for a in S for b in T])
    found = discrepancy(S, T)
    assert found.squared == pytest.approx(plain)
    assert 1 / 201 <= found.p_value <= 1
    assert discrepancy(S, T + 9).p_value < 0.05


def test_coverage_is_by_the_fifth_neighbour():
    draw = np.random.default_rng(3)
    S, T = draw.standard_normal((30, 2)), draw.standard_normal((10, 2)) * 3
    own = [sorted(np.linalg.norm(s - o) for j, o in enumerate(S) if j != i)[4] for i, s in enumerate(S)]
    edge = np.sqrt(np.quantile(np.square(own), 0.95))
    plain = [sorted(np.linalg.norm(t - s) for s in S)[4] > edge for t in T]
    np.testing.assert_array_equal(outside(S, T), plain)


def test_class_shift_is_in_units_of_the_spread():
    S, y = np.array([[0.0, 0], [2, 0], [10, 0], [12, 0]]), np.array([0, 0, 1, 1])
    T, shares = S + np.array([0, 3.0]), np.eye(2)[y]
    np.testing.assert_allclose(class_shifts(S, Source(S, y), T, shares), [3, 3])
    assert np.isnan(class_shifts(S, Source(S, y), T[:2], shares[:2])[1])


def test_the_a_distance_is_of_held_out_accuracy():
    draw = np.random.default_rng(4)
    S, T = draw.standard_normal((80, 3)), draw.standard_normal((40, 3))
    assert 0.35 < domain_accuracy(S, T) < 0.65
    assert domain_accuracy(S, T + 9) == 1
    source = Source(S, np.arange(80) % 2)
    assert proxy_a_distance(source, Target(T + 9)) == pytest.approx(2)


def test_absent_classes_and_strangers():
    shares = np.eye(3)[[0] * 50 + [1] * 48 + [2] * 2] * 0.97 + 0.01
    np.testing.assert_array_equal(absent(shares, 0.0), [2])
    np.testing.assert_array_equal(absent(shares[:98], 0.0), [2])
    assert len(absent(np.eye(3)[[0, 1, 2] * 10], 0.0)) == 0
    unsure = np.array([[0.4, 0.3, 0.3], [0.9, 0.05, 0.05]])
    np.testing.assert_array_equal(strangers(np.array([True, True]), unsure), [True, False])
    np.testing.assert_array_equal(strangers(np.array([False, True]), unsure), [False, False])
