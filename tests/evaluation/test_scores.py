"""Scores: what they hold, how they print, and that they come back from JSON as they were."""

import copy
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graft.errors import DataError, ModelError
from graft.evaluation.panel import CLASSIFICATION, LOWER_IS_BETTER, PER_CLASS, REGRESSION, WORDS
from graft.evaluation.proportions import auroc_bounds, f1_bounds, wilson
from graft.evaluation.scores import Score, Scores, score_classification, score_regression


def sample(n: int = 120, k: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, k, n)
    logits = rng.normal(size=(n, k)) + 1.5 * np.eye(k)[y]
    p = np.exp(logits)
    return y, p / p.sum(axis=1, keepdims=True)


def test_scores_hold_every_number_with_its_interval() -> None:
    y, p = sample()
    scores = score_classification(y, p, ["a", "b", "c"], source="test set")
    assert list(scores.values) == list(CLASSIFICATION)
    assert list(scores.per_class) == ["a", "b", "c"]
    assert all(list(row) == list(PER_CLASS) for row in scores.per_class.values())
    for score in [*scores.values.values(), *(s for row in scores.per_class.values() for s in row.values())]:
        assert score.low < score.value < score.high
        assert score.low >= 0
        assert score.high <= 1 or score in (scores.log_loss, scores.brier)
    assert scores.accuracy.value == np.mean(p.argmax(axis=1) == y)
    assert np.sum(scores.confusion) == scores.n == 120
    for whole, part in {
        "macro_precision": "precision",
        "macro_recall": "recall",
        "macro_f1": "f1",
        "auroc": "auroc",
    }.items():
        mean = np.mean([row[part].value for row in scores.per_class.values()])
        assert scores.values[whole].value == pytest.approx(mean)
    assert np.trace(scores.confusion) == round(120 * scores.accuracy.value)


def test_the_same_seed_gives_the_same_scores_and_the_inputs_stay() -> None:
    y, p = sample()
    before = y.copy(), p.copy()
    first = score_classification(y, p, ["a", "b", "c"], seed=1)
    assert first == score_classification(y, p, ["a", "b", "c"], seed=1)
    assert first != score_classification(y, p, ["a", "b", "c"], seed=2)
    np.testing.assert_array_equal(y, before[0])
    np.testing.assert_array_equal(p, before[1])


def test_nothing_wrong_still_leaves_doubt() -> None:
    y = np.arange(40) % 2
    p = np.where(np.eye(2)[y] == 1, 0.9, 0.1)
    for groups in (None, np.arange(40) // 4):
        scores = score_classification(y, p, ["a", "b"], groups=groups)
        assert scores.accuracy.high == scores.auroc.high == scores.per_class["a"]["f1"].high == 1
        assert scores.accuracy.low == pytest.approx(40 / (40 + 1.959964**2))
        assert scores.auroc.low == pytest.approx(auroc_bounds(np.array([1]), np.array([20]), np.array([20]))[0][0])
        for name in ("balanced_accuracy", "macro_precision", "macro_recall", "macro_f1", "auroc", "average_precision"):
            assert 0.8 < scores.values[name].low < 0.97
        assert all(0.8 < score.low < 0.97 for score in scores.per_class["b"].values())


def test_alone_precision_recall_and_f1_have_the_closed_form() -> None:
    y, p = sample()
    scores = score_classification(y, p, ["a", "b", "c"])
    (hits, *missed), called = scores.confusion[0], np.sum(scores.confusion, axis=0)[0]
    actual = hits + sum(missed)
    row = scores.per_class["a"]
    for score, (share, n) in {
        row["recall"]: (hits / actual, actual),
        row["precision"]: (hits / called, called),
        scores.accuracy: (np.trace(scores.confusion) / 120, 120),
    }.items():
        low, high = wilson(np.array([share]), np.array([n]))
        assert (score.low, score.high) == pytest.approx((low[0], high[0]))
    low, high = f1_bounds(np.array([2 * hits / (actual + called)]), np.array([actual + called - hits]))
    assert (row["f1"].low, row["f1"].high) == pytest.approx((low[0], high[0]))


def test_one_group_gives_no_interval() -> None:
    y, p = sample()
    scores = score_classification(y, p, ["a", "b", "c"], groups=np.zeros(120))
    assert all(math.isnan(score.low) and math.isnan(score.high) for score in scores.values.values())
    assert "[–, –]" in str(scores)


def test_two_classes_are_headed_by_the_second() -> None:
    y, p = sample(k=2)
    scores = score_classification(y, p, ["no", "yes"])
    assert scores.auroc.value == scores.per_class["yes"]["auroc"].value
    assert scores.average_precision == scores.per_class["yes"]["average_precision"]
    assert scores.average_precision.value != scores.per_class["no"]["average_precision"].value


def test_decisions_may_differ_from_the_most_probable() -> None:
    y, p = sample(k=2)
    all_yes = score_classification(y, p, ["no", "yes"], predicted=np.ones(120, dtype=int))
    usual = score_classification(y, p, ["no", "yes"])
    assert all_yes.accuracy.value == np.mean(y)
    assert (all_yes.auroc, all_yes.log_loss) == (usual.auroc, usual.log_loss)
    assert all_yes.confusion == [[0, int(np.sum(y == 0))], [0, int(np.sum(y == 1))]]
    assert math.isnan(all_yes.per_class["no"]["precision"].value)


def test_an_absent_class_is_nan_and_becomes_none_in_json() -> None:
    y, p = sample()
    keep = y != 2
    scores = score_classification(y[keep], p[keep], ["a", "b", "c"])
    assert math.isnan(scores.per_class["c"]["recall"].value)
    assert not math.isnan(scores.balanced_accuracy.value)
    assert scores.to_dict()["per_class"]["c"]["recall"] == {"value": None, "low": None, "high": None}
    json.dumps(scores.to_dict(), allow_nan=False)


def test_regression() -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=80)
    p = y + rng.normal(size=80) / 2
    scores = score_regression(y, p, source="test set")
    assert list(scores.values) == list(REGRESSION)
    assert scores.rmse.value == pytest.approx(np.sqrt(np.mean((y - p) ** 2)))
    assert scores.mae.low < scores.mae.value < scores.mae.high
    assert str(scores).startswith("MAE 0.")
    assert Scores.from_dict(json.loads(json.dumps(scores.to_dict()))) == scores


def test_how_scores_print() -> None:
    scores = Scores({"accuracy": Score(0.961, 0.922, 0.984), "macro_f1": Score(0.96, 0.92, 0.98)}, n=153)
    assert str(scores) == "accuracy 0.961 [0.922, 0.984] · macro-F1 0.960 [0.920, 0.980]"
    y, p = sample()
    text = score_classification(y, p, ["ant", "honey bee", "c"], source="test set").table()
    assert text.startswith("120 samples, test set\n")
    assert "honey bee" in text
    assert "true \\ predicted" in text
    assert text.count("expected") == 0
    assert str(Score(1234567.0, 1e6, 2e6)) == "1.235e+06 [1e+06, 2e+06]"


def test_attributes() -> None:
    scores = Scores({"accuracy": Score(1, 1, 1)})
    assert scores.accuracy.value == 1
    with pytest.raises(AttributeError, match="Did you mean 'accuracy'"):
        _ = scores.acuracy
    assert copy.deepcopy(scores) == scores
    assert set(WORDS) == set(CLASSIFICATION) | set(PER_CLASS) | set(REGRESSION) | {"sensitivity", "specificity"}
    assert set(CLASSIFICATION) | set(REGRESSION) > LOWER_IS_BETTER


FLOATS = st.floats(allow_infinity=False, allow_nan=False)
SCORES = st.builds(Score, FLOATS, FLOATS, FLOATS)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from(list(CLASSIFICATION)), SCORES, max_size=3),
    st.dictionaries(st.text(min_size=1), st.fixed_dictionaries({"recall": SCORES}), max_size=2),
    st.text(),
)
def test_scores_come_back_from_json(values: dict, per_class: dict, source: str) -> None:
    scores = Scores(values, per_class, [[1, 2], [3, 4]], tuple(per_class), 10, source)
    assert Scores.from_dict(json.loads(json.dumps(scores.to_dict(), allow_nan=False))) == scores


def test_broken_json_gets_a_sentence() -> None:
    whole = Scores({"accuracy": Score(1, 1, 1)}).to_dict()
    with pytest.raises(ModelError, match="lack n"):
        Scores.from_dict({name: part for name, part in whole.items() if name != "n"})
    with pytest.raises(ModelError, match="needs exactly a value"):
        Scores.from_dict(whole | {"accuracy": {"value": 1}})
    with pytest.raises(ModelError, match="score is 0"):
        Scores.from_dict(whole | {"accuracy": 0})


P = np.array([[0.5, 0.5], [0.2, 0.8]])
BAD = [
    (np.array([0, 2]), P, {}, "hold 2 at position 1; there are 2 classes"),
    (np.array([0.0, 1.0]), P, {}, "whole numbers"),
    (np.array([], dtype=int), P[:0], {}, "one sample or more"),
    (np.array([0, 1, 1]), P, {}, r"shape \(2, 2\)"),
    (np.array([0, 1]), P * 2, {}, "Row 0 of the probabilities"),
    (np.array([0, 1]), np.array([[0.5, 0.5], [np.nan, 1]]), {}, "Row 1"),
    (np.array([0, 1]), np.array([[1.5, -0.5], [0, 1]]), {}, "Row 0"),
    (np.array([0, 1]), P, {"predicted": np.array([0])}, "1 predictions for 2 targets"),
    (np.array([0, 1]), P, {"predicted": np.array([0, -1])}, "predictions hold -1"),
    (np.array([0, 1]), P, {"groups": np.array([0])}, "1 groups but 2 samples"),
]


@pytest.mark.parametrize(("y", "p", "extra", "sentence"), BAD)
def test_bad_input_gets_a_sentence(y: np.ndarray, p: np.ndarray, extra: dict, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        score_classification(y, p, ["a", "b"], **extra)


def test_bad_names_and_numbers_get_a_sentence() -> None:
    with pytest.raises(DataError, match="share a name"):
        score_classification(np.array([0, 1]), P, ["a", "a"])
    with pytest.raises(DataError, match="one number per sample, 2"):
        score_regression(np.array([0.0, 1.0]), np.array([0.0]))
    with pytest.raises(DataError, match="hold nan at position 1"):
        score_regression(np.array([0.0, np.nan]), np.array([0.0, 1.0]))
