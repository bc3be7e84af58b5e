"""Dispute: views that call few rows alike cannot both be right, and are settled where the target's groups are clear."""

from itertools import combinations

import numpy as np
import pytest

from graft.align import adapt_features
from graft.align.dispute import ALIKE, LEAST, NEAR, Dispute, disputed
from graft.align.evidence import CLEAR
from graft.align.kappa import FAIR
from graft.align.validators.neighbours import agreement

CLASSES, WIDTH = 5, 24
GOOD = {"alike": 0.4, "kappa_before": 0.1, "kappa_after": 0.6, "gain": 9.0, "near_before": 0.3, "near_after": 0.9,
        "changed": 90}  # fmt: skip


def rows(y: np.ndarray, seed: int, offset: float) -> np.ndarray:
    """Give rows of one view: class means, noise, and in a target an offset that a linear head takes for a class."""
    draw = np.random.default_rng(seed)
    means = 4 * np.linalg.qr(draw.standard_normal((WIDTH, CLASSES)))[0].T
    X: np.ndarray = means[y] + 0.45 * draw.standard_normal((len(y), WIDTH)) + offset * means[seed % CLASSES]
    return X


@pytest.fixture
def shifted() -> tuple[dict[str, np.ndarray], np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Give two views in which the target is moved towards two different classes."""
    y, yt = np.repeat(np.arange(CLASSES), 50), np.repeat(np.arange(CLASSES), [60, 50, 50, 50, 40])
    source = {"a": rows(y, 1, 0.0), "b": rows(y, 2, 0.0)}
    target = {"a": rows(yt, 1, 2.0), "b": rows(yt, 2, 2.0)}
    return source, y, target, yt


def test_groups_settle_what_views_dispute(shifted):
    source, y, target, yt = shifted
    before = {name: X.copy() for name, X in target.items()}
    found = adapt_features(source, y, target)
    assert isinstance(found.evidence, Dispute)
    assert found.adapted
    assert found.evidence.enough
    assert (found.before.argmax(axis=1) == yt).mean() < 0.6
    assert (found.target.argmax(axis=1) == yt).mean() > 0.95
    assert {part.method for _, part in found.members} == {"shot", "information", "nuclear-norm"}
    assert found.notes[0].startswith("Adapted by information and nuclear-norm and shot")
    assert any("whatever the truth" in note for note in found.notes)
    for name, X in before.items():
        np.testing.assert_array_equal(target[name], X)


def test_the_evidence_is_what_it_says(shifted):
    source, y, target, _ = shifted
    found = adapt_features(source, y, target)
    calls = {}
    for name in source:
        own = adapt_features({name: source[name]}, y, {name: target[name]}, methods=())
        calls[name] = own.before.argmax(axis=1)
    said = {}
    for name in source:
        own = [part.target for view, part in found.members if view == name]
        said[name] = np.mean([np.exp(logs) for logs in own], axis=0).argmax(axis=1)

    def kappa(answers):
        values = []
        for a, b in combinations(answers.values(), 2):
            chance = sum((a == k).mean() * (b == k).mean() for k in range(CLASSES))
            values.append(((a == b).mean() - chance) / (1 - chance))
        return np.mean(values)

    e = found.evidence
    assert e.alike == pytest.approx((calls["a"] == calls["b"]).mean())
    assert e.kappa_before == pytest.approx(kappa(calls))
    assert e.kappa_after == pytest.approx(kappa(said))
    assert e.near_after == pytest.approx(np.mean([agreement(X, found.target.argmax(axis=1)) for X in target.values()]))
    assert e.near_before == pytest.approx(np.mean([agreement(X, found.before.argmax(axis=1)) for X in target.values()]))


def test_each_piece_of_evidence_can_stop_it():
    assert Dispute(**GOOD).enough
    for name, value in (("alike", ALIKE), ("kappa_after", FAIR - 0.01), ("gain", 1.9), ("near_before", CLEAR[0]),
                        ("near_after", NEAR - 0.01), ("changed", 5)):  # fmt: skip
        assert not Dispute(**(GOOD | {name: value})).enough, name
    assert "Views of the target call 40% of its rows alike: at least 30%" in disputed(0.4)
    assert len(Dispute(**GOOD).sentences()) == 3
    assert "Only 5 target rows" in Dispute(**(GOOD | {"changed": 5})).sentences()[3]


def test_a_target_of_one_class_is_not_torn_apart(shifted):
    source, y, _, _ = shifted
    one = np.zeros(LEAST + 20, dtype=int)
    target = {"a": rows(one, 1, 0.0), "b": rows(one, 2, 0.0)}
    found = adapt_features(source, y, target)
    assert not found.adapted
    assert (found.target.argmax(axis=1) == 0).mean() > 0.95


def test_views_that_call_rows_alike_are_in_no_dispute(shifted):
    source, y, target, _ = shifted
    found = adapt_features({"a": source["a"], "b": source["a"]}, y, {"a": target["a"], "b": target["a"]})
    assert not isinstance(found.evidence, Dispute)
    assert any("call 100% of its rows alike" in note for note in found.notes)
    assert not any("the views agree by kappa" in note for note in found.notes), "nothing more is fitted for it"


def test_witnesses_are_asked_in_a_dispute_alone(shifted):
    source, y, target, yt = shifted
    alone = adapt_features({"a": source["a"]}, y, {"a": target["a"]})
    heard = adapt_features(source, y, target, witnesses=("b",))
    assert not alone.adapted
    assert heard.adapted
    np.testing.assert_allclose(heard.before, alone.before)
    assert {view for view, _ in heard.members} == {"a", "b"}
    clear = {name: rows(yt, seed, 0.0) for name, seed in (("a", 1), ("b", 2))}
    with_b = adapt_features(source, y, clear, witnesses=("b",))
    without = adapt_features({"a": source["a"]}, y, {"a": clear["a"]})
    np.testing.assert_array_equal(with_b.target, without.target)


def test_a_view_without_groups_bears_witness_but_does_not_answer(shifted):
    source, y, target, yt = shifted
    draw = np.random.default_rng(9)
    blurred = {"b": source["b"] + 3 * draw.standard_normal(source["b"].shape)}
    shown = {"b": target["b"] + 3 * draw.standard_normal(target["b"].shape)}
    found = adapt_features({"a": source["a"]} | blurred, y, {"a": target["a"]} | shown, witnesses=("b",))
    assert found.adapted, found.notes
    assert {view for view, _ in found.members} == {"a"}
    assert (found.target.argmax(axis=1) == yt).mean() > 0.95


def test_few_rows_are_not_settled(shifted):
    source, y, target, _ = shifted
    few = np.random.default_rng(0).permutation(len(target["a"]))[: LEAST - 1]
    found = adapt_features(source, y, {name: X[few] for name, X in target.items()})
    assert not isinstance(found.evidence, Dispute)
