"""Without the source: groups of the target named by the model, class shares kept, and both only with evidence."""

import re

import numpy as np
import pytest

from graft.align.algebra import log_softmax
from graft.align.aligned import logs_of
from graft.align.domains import Target
from graft.align.evidence import LoneEvidence, spread_of
from graft.align.head import AlignedHead
from graft.align.linear_training import Problem, scores
from graft.align.members import fused, member
from graft.align.source_free.door import adapt_alone
from graft.align.source_free.shares import kept_shares
from graft.align.source_free.shifted import Shifted, share_bias
from graft.align.source_free.shot import shot_alone
from graft.errors import DataError, GraftError, ModelError
from graft.heads.logistic import Logistic


def said(pair):
    source, target, yt = pair
    head = Logistic(penalty=0.1).fit(source.X, source.y)
    return logs_of(head, target.X), target, yt


def test_shot_alone_is_its_formula(mistaken):
    before, target, _ = said(mistaken)
    kept = target.X.copy()
    found = shot_alone(target, before)
    T = found.placing(target.X)
    rows = target.X - target.X.mean(axis=0)
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose(T @ T.T, rows @ rows.T, atol=1e-9)
    share = np.exp(before)
    theta = Problem(T, share, np.ones(len(T)), T).source_only()
    for _ in range(3):
        unit = T / np.linalg.norm(T, axis=1, keepdims=True)
        labels, weights = share.argmax(axis=1), share
        for _ in range(2):
            C = weights.T @ unit
            labels = (unit @ (C / np.linalg.norm(C, axis=1, keepdims=True)).T).argmax(axis=1)
            weights = np.eye(3)[labels]

        def diverse_and_sure(z):
            p = np.exp(log_softmax(z))
            mean = p.mean(axis=0)
            value = (mean * np.log(mean)).sum() - (p * np.log(p)).sum() / len(p)
            slope = (np.log(mean) - np.log(p)) / len(p)
            return value, p * (slope - (p * slope).sum(axis=1, keepdims=True))

        theta = Problem(T, 0.3 * np.eye(3)[labels], np.ones(len(T)), T).solve(diverse_and_sure, 1.0, theta)
        share = np.exp(log_softmax(scores(theta, T)))
    np.testing.assert_allclose(np.exp(found.target), share, atol=1e-4)
    np.testing.assert_array_equal(target.X, kept)


def test_the_door_adapts_where_the_models_classes_are_groups(wide):
    before, target, yt = said(wide)
    wrong = [np.flatnonzero(yt == k)[:3] for k in range(3)]
    before[np.concatenate(wrong)] = np.roll(before[np.concatenate(wrong)], 1, axis=1)  # as many of each class
    views = {"a": target.X, "b": target.X[:, ::-1]}
    found = adapt_alone(views, before, grouped=0.9)
    assert found.adapted
    assert found.notes[0].startswith("Adapted by shot without the source")
    assert (found.target.argmax(axis=1) == yt).mean() > (before.argmax(axis=1) == yt).mean()
    np.testing.assert_allclose(found.target, fused([part.target for _, part in found.members]))
    np.testing.assert_allclose(found.predict_log_proba(views), found.target, atol=1e-9)


def test_a_target_drawn_to_one_class_is_kept_as_one_that_is_mostly_of_it_would_be(mistaken):
    before, target, _ = said(mistaken)
    found = adapt_alone({"a": target.X}, before, grouped=0.9)
    assert not found.adapted
    assert re.search(r"as if there were 1\.\d\d times as many: a target that is mostly of some", found.notes[1])


def test_the_door_keeps_a_model_whose_classes_are_no_groups():
    draw = np.random.default_rng(0)
    before = log_softmax(draw.standard_normal((80, 2)))
    found = adapt_alone({"a": draw.standard_normal((80, 60))}, before)
    assert not found.adapted
    assert found.members == ()
    np.testing.assert_allclose(found.target, before)
    assert "are no groups in the target" in found.notes[1]


def test_a_class_the_target_lacks_gets_no_group(wide):
    before, target, yt = said(wide)
    some = yt != 2
    logs = before[some] - np.array([0, 0, 9])
    wrong = [*np.flatnonzero(yt[some] == 0)[:3], *np.flatnonzero(yt[some] == 1)[:3]]
    logs[wrong] = logs[wrong][:, [1, 0, 2]]
    found = adapt_alone({"a": target.X[some]}, logs, grouped=0.9)
    assert found.adapted, found.notes
    assert (found.target.argmax(axis=1) == yt[some]).mean() == 1
    assert np.exp(found.target[:, 2]).max() < 1e-9


def test_each_piece_of_evidence_can_stop_it():
    assert LoneEvidence(0.85, 0.85, 6).enough
    assert not LoneEvidence(0.85, 0.85, 5).enough
    assert not LoneEvidence(0.79, 0.9, 6).enough
    assert not LoneEvidence(0.9, 0.89, 6).enough
    assert LoneEvidence(0.7, 0.9, 6, grouped=0.8).enough
    assert LoneEvidence(0.85, 0.95, 6, spread=1.05).enough
    assert not LoneEvidence(0.85, 0.95, 6, spread=1.06).enough
    assert LoneEvidence(0.7, 0.91, 6, grouped=0.95).enough
    assert not LoneEvidence(0.7, 0.89, 6, grouped=0.95).enough
    assert "0.89 after (at least 0.90 is asked for)." in LoneEvidence(0.7, 0.89, 6, grouped=0.95).sentence()
    assert "0.91 after." in LoneEvidence(0.7, 0.91, 6, grouped=0.95).sentence()
    assert "as if there were 1.06 times as many" in LoneEvidence(0.59, 0.95, 6, 0.9, 1.06).sentence()
    assert not LoneEvidence(0.9, 0.95, 6, grouped=0.79).enough


def test_the_door_refuses_rows_that_disagree(mistaken):
    before, target, _ = said(mistaken)
    with pytest.raises(DataError, match="There are 44 and 45 target rows"):
        adapt_alone({"a": target.X}, before[1:])


def test_a_bias_brings_the_shares_back():
    logs = log_softmax(np.random.default_rng(0).standard_normal((200, 3)) + np.array([1.0, 0.0, -1.0]))
    shares = np.array([0.2, 0.3, 0.5])
    bias = share_bias(logs, shares)
    p = np.exp(logs + bias)
    np.testing.assert_allclose((p / p.sum(axis=1, keepdims=True)).mean(axis=0), shares, atol=1e-6)
    assert abs(bias.sum()) < 1e-9


def test_a_view_is_shifted_where_the_others_agree_more_with_it():
    draw = np.random.default_rng(1)
    y = np.repeat([0, 1], 300)
    truth = 2.0 * np.stack([y == 0, y == 1], axis=1)
    right, drawn = (log_softmax(truth + draw.standard_normal((600, 2))) for _ in range(2))
    drawn = log_softmax(drawn + np.array([3.0, 0.0]))
    biases, notes = kept_shares({"words": drawn, "sentences": right}, np.array([0.5, 0.5]))
    assert set(biases) == {"words"}
    shifted = log_softmax(drawn + biases["words"]).argmax(axis=1)
    assert (shifted == y).mean() > (drawn.argmax(axis=1) == y).mean() + 0.05
    assert notes[0].startswith("words: shifted")
    assert notes[1].startswith("sentences: as it was")
    assert kept_shares({"words": drawn}, np.array([0.5, 0.5]))[0] == {}


def test_a_view_that_knows_little_is_no_witness_of_class_shares():
    draw = np.random.default_rng(0)
    sure = log_softmax(np.stack([2.0 + 1.5 * draw.standard_normal(400), np.zeros(400)], axis=1))  # all are of one class
    guesses = log_softmax(0.3 * draw.standard_normal((400, 2)))
    found, notes = kept_shares({"sentences": sure, "words": guesses}, np.array([0.5, 0.5]))
    assert found == {}
    assert notes[0].startswith("sentences: as it was")
    assert "views that agree so little" in notes[0]


def test_a_head_of_a_member_keeps_bit_for_bit(mistaken):
    before, target, _ = said(mistaken)
    source = mistaken[0]
    head = Logistic(penalty=0.1).fit(source.X, source.y)
    for fitted in (shot_alone(target, before), Shifted(head, np.array([0.5, 0.0, -0.5]), before)):
        made = AlignedHead.of(fitted)
        state = made.state()
        assert all(value.dtype.kind != "U" for value in state.values()), "safetensors hold no text"
        assert (made.get_params(), repr(made)) == ({}, "AlignedHead()")
        again = AlignedHead().load_state({name: np.array(value, order="C") for name, value in state.items()})
        np.testing.assert_array_equal(again.predict_proba(target.X), made.predict_proba(target.X))
        assert (again.method, again.classes_.tolist()) == (made.method, [0, 1, 2])
    with pytest.raises(GraftError, match="not fitted on labelled rows alone"):
        AlignedHead().fit(source.X, source.y)


def test_a_damaged_shifted_head_is_refused(mistaken):
    source = mistaken[0]
    head = Logistic(penalty=0.1).fit(source.X, source.y)
    state = Shifted(head, np.zeros(3), np.empty((0, 3))).state()
    with pytest.raises(ModelError, match="lacks the array prior"):
        member({name: value for name, value in state.items() if name != "prior"})
    with pytest.raises(ModelError, match="'ridge-regression', which is no classifier"):
        member(state | {"head_kind": np.array("ridge-regression")})


def test_a_target_of_one_place_has_no_directions():
    found = shot_alone(Target(np.ones((5, 4))), np.log(np.full((5, 2), 0.5)))
    assert np.isfinite(found.target).all()


def test_spread_is_the_ratio_of_exponential_entropies():
    before, after = (np.log(np.eye(3)[calls] * 0.9 + 0.03) for calls in ([0, 0, 0, 0, 0, 1], [0, 0, 1, 1, 2, 2]))
    p = np.array([5 / 6, 1 / 6])
    assert spread_of(before, after) == pytest.approx(3 / np.exp(-(p * np.log(p)).sum()))
    assert spread_of(after, after) == 1
