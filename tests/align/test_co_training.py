"""Views that teach each other on the target: the formula, the evidence, and what stops it."""

import re

import numpy as np
import pytest

from graft.align.algebra import log_softmax, unit
from graft.align.co_training import co_trained, fewest_calls, taught
from graft.align.even import Even
from graft.align.kappa import agreed, agreement_gained, kappas, too_little
from graft.align.members import fused
from graft.align.source_free.shifted import share_bias
from graft.heads.folds import stratified_folds

COUNT = 300


@pytest.fixture
def two_views():
    """Give two views of 300 rows, what weak heads of each say, and the labels."""
    draw = np.random.default_rng(0)
    y = np.arange(COUNT) % 2
    side = 2.0 * y - 1
    views = {n: np.outer(side, draw.standard_normal(6)) + draw.standard_normal((COUNT, 6)) for n in ("a", "b")}
    said = {n: log_softmax(np.outer(side, [-1.0, 1.0]) * 0.6 + draw.standard_normal((COUNT, 2))) for n in views}
    return views, said, y


def test_the_parts_learn_what_the_views_have_in_common(two_views):
    views, said, y = two_views
    kept = {name: X.copy() for name, X in views.items()}
    base = fused(list(said.values()))
    parts, notes = co_trained(views, base, said)
    assert [name for name, _ in parts] == ["a", "b"]
    assert (fused([part.target for _, part in parts]).argmax(axis=1) == y).mean() > (base.argmax(axis=1) == y).mean()
    assert "standard errors more than the views did" in notes[0]
    for name, part in parts:
        assert part.method == "co-training"
        np.testing.assert_allclose(part.predict_log_proba(views[name]), part.target, atol=1e-9)
        np.testing.assert_array_equal(views[name], kept[name])


def test_the_labels_taught_are_those_of_held_out_heads_at_kept_shares(two_views):
    views, said, _ = two_views
    base = fused(list(said.values()))
    parts, _ = co_trained(views, base, said)
    p = np.exp(base)
    labels, weight = p.argmax(axis=1), np.abs(p[:, 0] - p[:, 1])
    weight = np.maximum(weight, 1e-3)
    weight = weight / weight.mean()
    fold, heard, placed = stratified_folds(labels, 5, 0), [], {}
    for name, X in views.items():
        rows = (X - X.mean(axis=0)) / np.sqrt(np.square(X - X.mean(axis=0)).sum(axis=1).mean())
        Z = rows @ dict(parts)[name].placing.basis
        placed[name] = Z
        penalty = Even().fit(Z, labels, weight).penalty_
        logs = np.empty((COUNT, 2))
        for k in range(5):
            head = Even(penalty=penalty).fit(Z[fold != k], labels[fold != k], weight[fold != k])
            own = np.log(head.predict_proba(Z[fold == k]))
            logs[fold == k] = log_softmax(own + share_bias(own, p.mean(axis=0)))
        np.testing.assert_allclose(np.exp(logs).mean(axis=0), p.mean(axis=0), atol=1e-6)
        heard.append(logs)
    anew = fused([base, *heard])
    q = np.exp(anew) / np.exp(anew).sum(axis=1, keepdims=True)
    again = np.maximum(np.abs(q[:, 0] - q[:, 1]), 1e-3)
    for name, part in parts:
        head = Even().fit(placed[name], q.argmax(axis=1), again / again.mean())
        np.testing.assert_allclose(np.exp(part.target), head.predict_proba(placed[name]), atol=1e-6)


def test_views_that_have_nothing_to_learn_from_each_other_learn_nothing(two_views):
    _, said, _ = two_views
    noise = {n: np.random.default_rng(i).standard_normal((COUNT, 6)) for i, n in enumerate(said)}
    parts, notes = co_trained(noise, fused(list(said.values())), said)
    assert parts == ()
    assert "more than 2 is asked for" in notes[0]


@pytest.mark.parametrize("what", ["one view", "few rows", "a class hardly called"])
def test_too_little_is_refused(two_views, what):
    views, said, _ = two_views
    base = fused(list(said.values()))
    rows = slice(0, 199) if what == "few rows" else slice(None)
    names = ["a"] if what == "one view" else ["a", "b"]
    shift = np.array([9.0, 0.0]) if what == "a class hardly called" else np.zeros(2)
    parts, notes = co_trained({n: views[n][rows] for n in names}, base[rows] + shift, {n: said[n][rows] for n in names})
    assert parts == ()
    assert notes[0].startswith("Nothing was learned on the target itself: that takes two views, 200 rows")


def test_agreement_is_counted_in_standard_errors():
    same, other = np.log(np.eye(2)[[0, 1, 0, 1]] + 1e-9), np.log(np.eye(2)[[0, 1, 1, 0]] + 1e-9)
    gain = np.ones(4) - (np.array([1, 1, 0, 0]) - 0.5) / 0.5
    assert agreement_gained([same, same], [same, other]) == pytest.approx(gain.mean() / (gain.std() / 2))
    assert agreement_gained([same, same], [same, same]) == 0
    always = np.log(np.array([[0.9, 0.1]] * 4))
    assert agreement_gained([always, always], [same, other]) == 0, "both call one class alone: kappa 0 as before"
    assert fewest_calls(same) == 2
    labels, weight = taught(np.log([[0.9, 0.1], [0.4, 0.6]]))
    assert labels.tolist() == [0, 1]
    np.testing.assert_allclose(weight, [1.6, 0.4])
    assert unit(np.ones((1, 1))) == 1


def test_views_that_agree_hardly_beyond_chance_teach_each_other_nothing(two_views):
    views, said, y = two_views
    draw = np.random.default_rng(3)
    guesses = {n: log_softmax(draw.standard_normal((COUNT, 2))) for n in said}
    parts, notes = co_trained(views, fused(list(said.values())), guesses)
    assert parts == ()
    assert re.search(r"views that agree so little \(kappa -?0\.\d\d, at least 0\.25 is asked for\)", notes[0])
    assert not np.array_equal(y, guesses["a"].argmax(axis=1))


def test_kappa_is_agreement_beyond_that_of_the_shares():
    a, b = (log_softmax(4.0 * np.eye(3)[calls]) for calls in ([0, 0, 1, 1, 2, 2], [0, 0, 1, 2, 2, 0]))
    expected = (4 / 6 - (2 / 6 * 3 / 6 + 2 / 6 * 1 / 6 + 2 / 6 * 2 / 6)) / (1 - 2 / 6)
    assert kappas(a, b).mean() == pytest.approx(expected)
    assert agreed([a, b, a]) == pytest.approx((2 * expected + 1) / 3)
    assert agreed([a]) == 0
    alike = log_softmax(4.0 * np.eye(3)[np.zeros(6, int)])
    assert kappas(alike, alike).tolist() == [0.0] * 6  # nothing but one class says nothing
    assert "kappa 0.10" in too_little(0.1)
    assert too_little(0.25) == ""
