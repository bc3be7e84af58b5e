"""What holds for every method: it learns, leaves its inputs, repeats itself, and predicts after saving."""

import numpy as np
import pytest

from graft.align.aligned import load
from graft.align.domains import Source, Target
from graft.align.even import Even
from graft.align.methods import METHODS, method
from graft.errors import DataError, GraftError, ModelError


@pytest.fixture(autouse=True)
def few_steps(monkeypatch):
    monkeypatch.setattr("graft.align.bottleneck.STEPS", 60)


def maker() -> Even:
    return Even(penalty=0.01)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_learns_and_leaves_its_inputs(name, wide):
    source, target, yt = wide
    before = source.X.copy(), source.y.copy(), target.X.copy()
    fitted = METHODS[name](source, target, maker, 0)
    assert fitted.method == name
    assert fitted.target.shape == (45, 3)
    np.testing.assert_allclose(np.exp(fitted.target).sum(axis=1), 1)
    assert (fitted.target.argmax(axis=1) == yt).mean() > 0.85
    for old, new in zip(before, (source.X, source.y, target.X), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("name", METHODS)
def test_it_repeats_itself_and_predicts_the_same_when_loaded(name, pair):
    source, target, _ = pair
    first, second = (METHODS[name](source, target, maker, 0) for _ in range(2))
    np.testing.assert_array_equal(first.target, second.target)
    again = load({key: np.array(value) for key, value in first.state().items()})
    new = target.X[:7] + 0.1
    np.testing.assert_array_equal(first.predict_log_proba(new), again.predict_log_proba(new))
    if name != "propagation":
        np.testing.assert_allclose(first.predict_log_proba(target.X), first.target, atol=1e-9)


def test_an_unknown_method_is_told():
    with pytest.raises(GraftError, match="Did you mean 'coral'"):
        method("corall")


def test_state_arrays_that_lack_or_disagree_are_told(pair):
    state = METHODS["coral"](*pair[:2], maker, 0).state()
    with pytest.raises(ModelError, match="lacks the array prior"):
        load({k: v for k, v in state.items() if k != "prior"})
    with pytest.raises(ModelError, match="lacks the array 'mean'"):
        load({k: v for k, v in state.items() if k != "placing.mean"})
    with pytest.raises(ModelError, match="basis of shape"):
        load(state | {"placing.offset": np.zeros(3)})
    with pytest.raises(ModelError, match="no classifier"):
        load(state | {"head_kind": np.array("pickle")})


def test_bad_pairs_are_told():
    X, y = np.eye(4), np.array([0, 0, 1, 1])
    with pytest.raises(DataError, match="4 features and the target 3"):
        METHODS["centroids"](Source(X, y), Target(np.eye(3)), maker, 0)
    with pytest.raises(DataError, match="fewer than two rows"):
        METHODS["coral"](Source(X, y), Target(X[:1]), maker, 0)
    with pytest.raises(DataError, match="Class 1 has no sample"):
        Source(X, np.array([0, 0, 2, 2]))
    with pytest.raises(DataError, match="class indices"):
        Source(X, np.array(["a", "a", "b", "b"]))
    with pytest.raises(DataError, match=r"4 rows but y has shape \(3,\)"):
        Source(X, y[:3])
    with pytest.raises(DataError, match="none negative"):
        Source(X, y, np.array([1.0, -1, 1, 1]))
    with pytest.raises(DataError, match="Row 2 of the features contains NaN"):
        Target(np.where(np.arange(4)[:, None] == 2, np.nan, X))
