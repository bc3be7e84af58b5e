"""A target that lacks classes of the source: found, adapted among the others, and saved."""

import numpy as np
import pytest

from graft.align import Adaptation, adapt_features
from graft.align.domains import Source
from graft.align.narrow import Narrowed, narrowed, present
from graft.align.source_free.door import adapt_alone
from graft.errors import ModelError


@pytest.fixture
def partial():
    """Give a source of four classes and a target of two, both in 60 dimensions, the third looking like the first."""
    draw = np.random.default_rng(1)
    means = 6 * np.eye(4, 60)
    y, yt = np.repeat([0, 1, 2, 3], 20), np.repeat([0, 2], 30)
    S = means[y] + 0.6 * draw.standard_normal((80, 60))
    T = means[yt] + 0.6 * draw.standard_normal((60, 60)) + np.linspace(0, 0.4, 60)
    return S, y, T + 2.8 * (np.eye(60)[0] - np.eye(60)[2]), yt


def test_it_adapts_among_the_classes_there_are(partial):
    S, y, T, yt = partial
    found = adapt_features({"a": S}, y, {"a": T})
    assert found.adapted
    assert "no or hardly any row of class 1, 3" in found.notes[1]
    assert (found.target.argmax(axis=1) == yt).mean() > 0.95
    assert found.target.shape == (60, 4)
    again = Adaptation.from_state(found.state())
    np.testing.assert_array_equal(again.predict_log_proba({"a": T}), found.predict_log_proba({"a": T}))


def test_present_are_the_classes_that_are_called():
    logs = np.log(np.eye(3)[[0] * 10] * 0.97 + 0.01)
    np.testing.assert_array_equal(present(logs), [0])
    logs[:5] = np.log(np.eye(3)[2] * 0.97 + 0.01)
    np.testing.assert_array_equal(present(logs), [0, 2])


def test_a_target_of_one_class_is_left_as_it_was(partial):
    S, y, T, yt = partial
    one = T[yt == 0] + np.linspace(0, 2, 30)[:, None] * np.eye(60)[5]  # spread, as if there were groups
    found = adapt_features({"a": S}, y, {"a": one})
    assert not found.adapted
    np.testing.assert_array_equal(found.target, found.before)
    assert "the target seems to hold rows of one class alone" in found.notes[1]
    lone = adapt_alone({"a": one}, found.before)
    assert not lone.adapted
    assert lone.notes[1].startswith("The target seems to hold rows of one class alone")


def test_a_doubtful_class_goes_where_another_is_absent():
    called = np.repeat([0, 1, 2], [50, 47, 5])
    logs = np.log(np.eye(4)[called] * 0.96 + 0.01)
    np.testing.assert_array_equal(present(logs), [0, 1])
    np.testing.assert_array_equal(present(logs[:, :3] - np.log(0.99)), [0, 1, 2])


def test_narrowing_keeps_rows_weights_and_domains():
    source = Source(np.arange(8.0).reshape(4, 2), np.array([0, 2, 1, 2]), np.arange(1.0, 5), np.array(list("abcd")))
    found = narrowed(source, np.array([0, 2]))
    np.testing.assert_array_equal(found.X, source.X[[0, 1, 3]])
    np.testing.assert_array_equal(found.y, [0, 1, 1])
    np.testing.assert_array_equal(found.weight, [1, 2, 4])
    assert list(found.domain) == ["a", "b", "d"]
    assert narrowed(source, np.arange(3)) is source


def test_a_state_that_lacks_an_array_is_told():
    with pytest.raises(ModelError, match="lacks the array classes"):
        Narrowed.from_state({"count": np.array([3])})
