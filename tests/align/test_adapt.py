"""The door: it adapts where classes are groups, keeps the source-only heads where they are not, and says why."""

import numpy as np
import pytest

from graft.align import Adaptation, Source, Target, adapt_features
from graft.align.adapt import OUT_OF_TIME
from graft.align.crossing import agreement_gain
from graft.align.evidence import FEWEST_CHANGED, Evidence, called_differently, few_changed
from graft.align.members import fused
from graft.align.placing import place
from graft.errors import DataError, GraftError, ModelError


@pytest.fixture
def views(mistaken):
    source, target, yt = mistaken
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((60, 60)))[0]
    return {"a": source.X, "b": source.X @ turn}, source.y, {"a": target.X, "b": target.X @ turn}, yt


def test_it_adapts_where_classes_are_groups(views):
    source, y, target, yt = views
    found = adapt_features(source, y, target)
    assert found.adapted
    assert found.notes[0].startswith("Adapted by shot and information")
    assert (found.target.argmax(axis=1) == yt).mean() >= (found.before.argmax(axis=1) == yt).mean()
    assert [(view, fitted.method) for view, fitted in found.members] == [
        ("a", "shot"), ("a", "information"), ("b", "shot"), ("b", "information"),
    ]  # fmt: skip
    np.testing.assert_allclose(found.target, fused([fitted.target for _, fitted in found.members]))
    np.testing.assert_allclose(np.exp(found.target).sum(axis=1), 1)


def test_it_stays_where_classes_are_no_groups():
    draw = np.random.default_rng(1)
    w = draw.standard_normal(60)
    S, T = draw.standard_normal((200, 60)), draw.standard_normal((150, 60)) + 0.2
    T[:, :2] *= 4  # the target has groups, which are not the classes
    found = adapt_features({"a": S}, (S @ w > 0).astype(int), {"a": T})
    assert not found.adapted
    assert found.notes[0] == "The source-only heads stay: the evidence for adapting does not do."
    assert "groups were not asked" in found.notes[1]
    np.testing.assert_array_equal(found.target, found.before)


def test_what_is_saved_predicts_new_rows_the_same(views):
    source, y, target, _ = views
    found = adapt_features(source, y, target)
    again = Adaptation.from_state(found.state())
    new = {name: X[:5] * 1.1 for name, X in target.items()}
    np.testing.assert_array_equal(found.predict_log_proba(new), again.predict_log_proba(new))
    np.testing.assert_allclose(found.predict_log_proba(target), found.target, atol=1e-9)
    assert (again.adapted, again.notes) == (found.adapted, found.notes)
    with pytest.raises(DataError, match="features of b are missing"):
        again.predict_log_proba({"a": new["a"]})
    with pytest.raises(ModelError, match="lacks the array views"):
        Adaptation.from_state({k: v for k, v in found.state().items() if k != "views"})


def test_each_piece_of_evidence_can_stop_it():
    good = {"grouped": 0.9, "back_before": 0.8, "back_after": 0.79, "near_before": 0.9, "near_after": 0.9, "changed": 6}
    assert Evidence(**good).enough
    for name, value in (("grouped", 0.7), ("back_after", 0.7), ("near_after", 0.8), ("changed", 5)):
        assert not Evidence(**(good | {name: value})).enough
    assert Evidence(**(good | {"spread": 1.3})).enough  # groups as clear as that are there
    for value in ({"near_before": 0.55}, {"near_before": 0.7, "near_after": 0.85}):
        assert Evidence(**(good | value)).enough
        assert not Evidence(**(good | value | {"spread": 1.06})).enough
    assert 2 * 0.5**FEWEST_CHANGED < 0.05 < 2 * 0.5 ** (FEWEST_CHANGED - 1)


def test_too_few_changed_rows_are_luck(views):
    source, y, target, _ = views
    whole = adapt_features(source, y, target)
    shown = np.flatnonzero(whole.before.argmax(axis=1) == whole.target.argmax(axis=1))
    found = adapt_features(source, y, target, before=whole.target)
    assert not found.adapted
    assert found.evidence.changed == 0
    assert any("Only 0 target rows would be called differently" in note for note in found.notes)
    np.testing.assert_array_equal(found.target, whole.target)
    assert called_differently(whole.before, whole.target) == len(whole.before) - len(shown)
    assert few_changed(1)[0].startswith("Only 1 target row would")
    assert few_changed(6) == ()


def test_sentences_say_the_numbers():
    told = Evidence(0.5, 0.8, 0.6, 0.9, 0.7, 8).sentences()
    assert "by 0.50 (at least 0.8 is asked for)" in told[0]
    assert "falls: 0.800 with the source-only labels, 0.600 with the adapted ones" in told[1]
    assert "agree less in the adapted labels: 0.90 before, 0.70 after" in told[2]


def test_domains_of_the_source_are_centred_each_on_its_own(views):
    source, y, target, yt = views
    moved = {"a": source["a"].copy()}
    moved["a"][::2] += 2.0
    domain = np.where(np.arange(60) % 2 == 0, "x", "y")
    found = adapt_features(moved, y, {"a": target["a"]}, domain=domain)
    assert (found.target.argmax(axis=1) == yt).mean() > 0.9


def test_bad_calls_are_told(views):
    source, y, target, _ = views
    with pytest.raises(DataError, match="source has the views a, b and the target a;"):
        adapt_features(source, y, {"a": target["a"]})
    with pytest.raises(DataError, match="44 and 45 rows"):
        adapt_features(source, y, {"a": target["a"], "b": target["b"][1:]})
    with pytest.raises(GraftError, match="no adaptation method 'shoot'"):
        adapt_features(source, y, target, methods=["shoot"])
    assert not adapt_features(source, y, target, methods=[]).adapted


def test_crossing_counts_the_gain_in_standard_errors():
    others = np.log(np.eye(2)[[0, 0, 0, 1, 1, 1]] * 0.8 + 0.1)
    before, after = others[[0, 3, 3, 3, 3, 0]], others[[0, 0, 0, 3, 3, 0]]
    gain = np.array([0, 1, 1, 0, 0, 0.0])
    assert agreement_gain(before, after, others) == pytest.approx(gain.mean() / (gain.std() / np.sqrt(6)))
    assert agreement_gain(before, before, others) == 0


def test_a_view_is_adapted_where_the_others_agree():
    draw = np.random.default_rng(0)
    y, yt = np.repeat([0, 1], 100), np.repeat([0, 1], 80)
    noisy = [np.eye(2, 10)[labels] * 1.6 + draw.standard_normal((len(labels), 10)) for labels in (y, yt, y, yt)]
    target = {"a": noisy[1] + 3.0 * np.eye(10)[0], "b": noisy[3]}
    found = adapt_features({"a": noisy[0], "b": noisy[2]}, y, target)
    assert found.adapted
    assert found.notes[0] == "Adapted view by view."
    assert {view: part.method for view, part in found.members}["a"] == "standardize"
    assert (found.target.argmax(axis=1) == yt).mean() > (found.before.argmax(axis=1) == yt).mean()


def test_without_time_the_source_only_heads_stay(views):
    source, y, target, _ = views
    found = adapt_features(source, y, target, left=lambda: 0.0)
    assert not found.adapted
    assert found.notes == (OUT_OF_TIME,)
    np.testing.assert_array_equal(found.target, found.before)
    assert adapt_features(source, y, target, left=lambda: 60.0).adapted


def test_the_same_pair_is_placed_once_and_another_anew():
    draw = np.random.default_rng(0)
    source = Source(draw.normal(size=(30, 60)), np.arange(30) % 2)
    one, other = Target(draw.normal(size=(20, 60))), Target(draw.normal(size=(20, 60)))
    first = place(source, one, apart=True)
    assert place(source, one, apart=True)[0] is first[0]
    assert not np.array_equal(place(source, one, apart=False)[0], first[0])
    assert place(source, other, apart=True)[1] is not first[1]
    np.testing.assert_array_equal(place(source, one, apart=True)[1], first[1])
    with pytest.raises(ValueError, match="read-only"):
        first[0][0, 0] = 1.0
