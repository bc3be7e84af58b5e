"""What adapting would have done to each labelled domain of the source."""

from itertools import chain, repeat

import numpy as np
import pytest

from graft.align import adapt_features
from graft.align.domains import Source, Target
from graft.align.even import steady
from graft.align.members import answer
from graft.align.methods import method
from graft.align.own_domains import Mended, mended_on_own
from graft.align.source_only import source_only
from graft.heads.logistic import Logistic

METHODS = [method("shot"), method("information")]


def moved_domains(count, seed=0):
    """Three groups of points in each domain, every domain moved and turned a little as a whole."""
    rng = np.random.default_rng(seed)
    centres = 3.0 * np.eye(3, 6)
    X, y, domain = [], [], []
    for number in range(count):
        labels = np.repeat(np.arange(3), 30)
        shift = rng.normal(0, 1.3, 6)
        X.append(centres[labels] + 0.5 * rng.standard_normal((90, 6)) + shift)
        y.append(labels)
        domain += [f"d{number}"] * 90
    return np.concatenate(X), np.concatenate(y), np.array(domain)


def test_counts_are_those_of_adapting_to_each_domain_by_hand():
    X, y, domain = moved_domains(3)
    source, plain = Source(X, y, None, domain), Logistic
    found = mended_on_own({"": (source, Target(X[:9]))}, METHODS, plain, lambda S, T: steady(S, T, 0), 0)
    assert found.domains == ("d0", "d1", "d2")
    for name, mended, broken in zip(found.domains, found.mended, found.broken, strict=True):
        own = domain == name
        S, T = Source(X[~own], y[~own], None, domain[~own]), Target(X[own])
        before = source_only(S, T, plain, 0).target.argmax(axis=1) == y[own]
        parts = [("", fit(S, T, steady(S, T, 0), 0)) for fit in METHODS]
        after = answer(parts).argmax(axis=1) == y[own]
        assert (mended, broken) == (np.sum(after & ~before), np.sum(before & ~after))


@pytest.mark.parametrize(
    ("mended", "broken", "proven"),
    [((6, 0, 1), (0, 0, 0), True), ((1, 1, 1), (0, 0, 0), False), ((9, 9, 0), (0, 0, 1), False)],
)
def test_it_is_proven_where_no_domain_loses_and_luck_does_not_do(mended, broken, proven):
    found = Mended(("a", "b", "c"), mended, broken)
    assert found.proven is proven
    assert ("proves nothing" in found.sentence()) is not proven
    assert f"a {mended[0] - broken[0]:+d}" in found.sentence()


def test_fewer_than_three_whole_domains_say_nothing():
    X, y, domain = moved_domains(3)
    views = {"": (Source(X, y, None, None), Target(X[:9]))}
    makers = lambda S, T: steady(S, T, 0)  # noqa: E731
    assert mended_on_own(views, METHODS, Logistic, makers, 0) is None
    few = (domain != "d2") | (y != 1)  # the third lacks a class
    views = {"": (Source(X[few], y[few], None, domain[few]), Target(X[:9]))}
    assert mended_on_own(views, METHODS, Logistic, makers, 0) is None


def test_of_many_domains_the_largest_five_are_asked():
    X, y, domain = moved_domains(7)
    rows = np.r_[np.arange(90), np.arange(93, 180), np.arange(180, len(y))]  # d1 has three rows less
    views = {"": (Source(X[rows], y[rows], None, domain[rows]), Target(X[:9]))}
    found = mended_on_own(views, METHODS, Logistic, lambda S, T: steady(S, T, 0), 0)
    assert found.domains == ("d0", "d2", "d3", "d4", "d5")


def test_own_domains_outweigh_learning_back(monkeypatch):
    X, y, domain = moved_domains(4)
    held = domain == "d3"
    sides = chain([0.99, 0.5], repeat(0.9))
    monkeypatch.setattr("graft.align.evidence.learned_back", lambda *_: next(sides))
    monkeypatch.setattr("graft.align.evidence.FEWEST_CHANGED", 0)
    found = adapt_features({"": X[~held]}, y[~held], {"": X[held]}, domain=domain[~held])
    assert found.evidence.back_after < found.evidence.back_before
    assert found.evidence.proven
    assert found.adapted
    assert any("its labels hidden" in note for note in found.notes)
    sides = chain([0.99, 0.5], repeat(0.9))
    without = adapt_features({"": X[~held]}, y[~held], {"": X[held]})
    assert not without.adapted
    assert not any("its labels hidden" in note for note in without.notes)
