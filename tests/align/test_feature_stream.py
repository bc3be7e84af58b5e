"""Streams of features: the formula a second time, what is won back, and a stream of one class."""

import numpy as np
import pytest

from graft.align.algebra import log_softmax
from graft.align.test_time.feature_stream import FeatureStream, evenness, pooled
from graft.align.validators.neighbours import agreement
from graft.heads.logistic import Logistic


def domain(seed=0, each=60, classes=4, width=12):
    random = np.random.default_rng(seed)
    centres = 2.2 * random.normal(size=(classes, width))
    y = random.permutation(np.repeat(np.arange(classes), each))
    X = centres[y] + random.normal(size=(len(y), width))
    return X, y


def head_of(X, y):
    head = Logistic(penalty=0.01).fit(X, y)
    return head, lambda Z: np.log(np.maximum(head.predict_proba(Z), 1e-12))


def streamed(stream, X, batch=32):
    return np.concatenate([stream.predict_log_proba(X[i : i + batch]) for i in range(0, len(X), batch)])


def test_the_first_batches_are_by_the_formula():
    X, y = domain()
    head, answer = head_of(X, y)
    new = 3 * X[:40] + 1
    copy = new.copy()
    source = X.mean(0), X.var(0)
    stream = FeatureStream(answer, source)
    found = [stream.predict_log_proba(new[:20]), stream.predict_log_proba(new[20:])]
    shares = head.predict_proba(new[:20]).mean(0)
    spread, seen = evenness(shares), 0
    for rows, logs in zip((new[:20], new[20:]), found, strict=True):
        so_far = new[: seen + 20]
        n = len(so_far) * spread**6
        mean = (16 * source[0] + n * so_far.mean(0)) / (16 + n)
        var = (16 * (source[1] + (source[0] - mean) ** 2) + n * (so_far.var(0) + (so_far.mean(0) - mean) ** 2)) / (
            16 + n
        )
        Z = (rows - mean) * np.sqrt((source[1] + 1e-6) / (var + 1e-6)) + source[0]
        np.testing.assert_allclose(logs, log_softmax(answer(Z)), atol=1e-8)
        seen += 20
        past = min(seen, 64)
        shares = (past * shares + 20 * np.exp(logs).mean(0)) / (past + 20)
        spread = evenness(shares)
    np.testing.assert_array_equal(new, copy)


def test_classes_are_found_again_only_where_they_are_groups_of_the_source():
    X, y = domain(4)
    head, answer = head_of(X[:120], y[:120])
    source, changed = (X[:120].mean(0), X[:120].var(0)), 0.5 * X[120:] + 1
    by_shot, carried = (streamed(FeatureStream(answer, source, g), changed, 120) for g in (0.95, 0.5))
    mean, var = pooled(
        source, 16, (changed.mean(0), changed.var(0)), 120 * evenness(head.predict_proba(changed).mean(0)) ** 6
    )
    Z = (changed - mean) * np.sqrt((source[1] + 1e-6) / (var + 1e-6)) + source[0]
    np.testing.assert_allclose(carried, log_softmax(answer(Z)), atol=1e-8)
    assert not np.allclose(by_shot, carried)
    assert agreement(Z, by_shot.argmax(1)) >= agreement(Z, carried.argmax(1))


def test_moments_of_two_sets_are_those_of_both():
    random = np.random.default_rng(2)
    a, b = random.normal(size=(7, 3)), 2 + random.normal(size=(13, 3))
    mean, var = pooled((a.mean(0), a.var(0)), 7, (b.mean(0), b.var(0)), 13)
    np.testing.assert_allclose(mean, np.concatenate([a, b]).mean(0))
    np.testing.assert_allclose(var, np.concatenate([a, b]).var(0))


def test_inputs_that_look_different_are_won_back():
    won = []
    for seed in range(3):
        X, y = domain(seed)
        head, answer = head_of(X[:120], y[:120])
        changed = 0.4 * X[120:] + 2.5 * np.random.default_rng(seed + 9).normal(size=X.shape[1])
        frozen = np.mean(head.predict(changed) == y[120:])
        stream = FeatureStream(answer, (X[:120].mean(0), X[:120].var(0)))
        won.append(np.mean(streamed(stream, changed).argmax(1) == y[120:]) - frozen)
    assert np.mean(won) > 0.2


def test_what_looks_as_ever_is_answered_as_ever_and_one_class_does_not_collapse():
    X, y = domain(5)
    head, answer = head_of(X[:120], y[:120])
    source = X[:120].mean(0), X[:120].var(0)
    frozen = np.mean(head.predict(X[120:]) == y[120:])
    assert np.mean(streamed(FeatureStream(answer, source), X[120:]).argmax(1) == y[120:]) >= frozen - 0.02
    one = X[120:][y[120:] == 1]
    assert np.mean(streamed(FeatureStream(answer, source), one, 8).argmax(1) == 1) >= 0.9


@pytest.mark.parametrize("count", [1, 3])
def test_a_few_rows_are_enough(count):
    X, y = domain(1)
    _, answer = head_of(X, y)
    found = FeatureStream(answer, (X.mean(0), X.var(0))).predict_log_proba(X[:count])
    assert found.shape == (count, 4)
    np.testing.assert_allclose(np.exp(found).sum(1), 1)
