"""Partial and open sets: classes the target lacks count little, rows of no known class are found, closed sets stay."""

import numpy as np
import pytest

from graft.align.domains import Source, Target
from graft.align.even import Even
from graft.align.open_set import OpenSet, nearness, open_set, otsu
from graft.align.partial import class_weights, partial


def maker():
    return Even(penalty=0.05)


def rows(means, y, seed, offset=0.0):
    return means[y] + np.random.default_rng(seed).standard_normal((len(y), means.shape[1])) + offset


def test_class_weights_are_mean_shares_over_the_largest():
    p = np.array([[0.7, 0.2, 0.1], [0.5, 0.5, 0.0]])
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(class_weights(np.log(p)), [1, 0.35 / 0.6, 0.05 / 0.6])
        assert class_weights(np.log(np.array([[1.0, 0.0]])))[1] == 0.001


def test_partial_weighs_source_classes_by_the_target():
    means, y = 4 * np.eye(4, 8), np.repeat([0, 1, 2, 3], 25)
    source, target = Source(rows(means, y, 0), y), Target(rows(means, np.repeat([0, 1], 40), 1, 1.0))
    before = source.X.copy()
    found = partial(source, target, maker, 0)
    assert (found.target.argmax(axis=1) == np.repeat([0, 1], 40)).mean() > 0.95
    np.testing.assert_array_equal(before, source.X)
    assert source.weight is None


def test_otsu_splits_where_the_variance_between_is_largest():
    values = np.array([0.1, 0.15, 0.2, 0.8, 0.9])
    gains = {
        t: (values < t).mean() * (values >= t).mean() * (values[values < t].mean() - values[values >= t].mean()) ** 2
        for t in (0.125, 0.175, 0.5, 0.85)
    }
    assert otsu(values) == pytest.approx(max(gains, key=gains.get))


def test_nearness_is_the_largest_cosine_to_class_means():
    S, T = np.array([[2.0, 0], [0, 3.0]]), np.array([[1.0, 1.0], [-1.0, 0]])
    np.testing.assert_allclose(nearness(S, np.array([0, 1]), T), [np.sqrt(0.5), 0])


def test_an_open_target_is_found_and_a_closed_one_is_left_alone():
    means = 5 * np.eye(7, 60)
    y, seen = np.repeat(np.arange(5), 20), np.repeat(np.arange(7), 20)
    source, new = Source(rows(means, y, 0), y), rows(means, seen, 1)
    found = open_set(source, Target(new), maker)
    logs, odd = found.predict(new)
    assert logs.shape == (140, 5)
    assert odd[seen > 4].mean() > 0.9
    assert odd[seen < 5].mean() < 0.1
    assert (logs.argmax(axis=1) == seen)[(seen < 5) & ~odd].mean() > 0.95
    assert not found.predict(new, threshold=1.0)[1].any()
    np.testing.assert_array_equal(odd, OpenSet.from_state(found.state()).predict(new)[1])
    assert "of the target rows are taken for classes" in found.notes[0]
    closed = open_set(source, Target(new[seen < 5]), maker)
    assert not closed.found
    assert not closed.predict(new)[1].any()
    assert "No sign of unknown classes" in closed.notes[0]
