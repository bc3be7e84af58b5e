"""Fitting rows of a table: from a file to a model and back, a domain the model is for, a sensitivity, and groups."""

import json
import math

import numpy as np
import pandas as pd
import pytest

import graft
from graft.data.dataset import Dataset
from graft.data.shared_groups import in_shared_groups, shared_group_notes
from graft.errors import DataError, GraftError
from graft.plan.focus import focused_folds

FAST = {"head": "columns-logistic", "verdict": False}


def patients(n=120, seed=0, shift=0.0):
    rng = np.random.default_rng(seed)
    age, dose = rng.normal(50 + shift, 10, n), rng.normal(size=n)
    sex = rng.choice(["m", "f"], n)
    sick = (age - 50 - shift) / 10 + dose + (sex == "m") + rng.normal(0, 0.7, n) > 0.5
    return pd.DataFrame({"age": age.round(1), "dose": dose, "sex": sex, "sick": np.where(sick, "yes", "no")})


def test_a_table_is_fitted_saved_loaded_and_asked(tmp_path):
    table = patients()
    table.loc[::9, "age"] = None
    table.to_csv(tmp_path / "p.csv", index=False)
    model = graft.fit(tmp_path / "p.csv", target="sick", verdict=False)
    assert model.modality == "table"
    assert model.scores.auroc.value > 0.8
    assert {t["name"].split(" · ")[-1] for t in model.record["trials"]} >= {"columns-logistic", "columns-trees"}
    again = graft.load(model.save(tmp_path / "model"))
    asked = table.drop(columns="sick").iloc[:7]
    answers = model.predict_proba(asked)
    for other in (asked[asked.columns[::-1]], asked.to_dict("records"), asked.assign(more=1)):
        np.testing.assert_allclose(again.predict_proba(other), answers)
    assert again.evaluate(tmp_path / "p.csv").n == len(table)
    with pytest.raises(DataError, match="no column 'dose'"):
        again.predict(asked.drop(columns="dose"))


def test_no_pickle_and_no_scikit_learn_in_a_saved_model(tmp_path):
    model = graft.fit(patients(), target="sick", head="columns-trees", verdict=False)
    place = model.save(tmp_path / "model")
    assert sorted(path.name for path in place.iterdir()) == ["README.md", "model.json", "weights.safetensors"]
    np.testing.assert_array_equal(graft.load(place).predict(patients()), model.predict(patients()))


def test_amounts_of_rows(tmp_path):
    table = patients().assign(cost=lambda t: t["dose"] * 3 + t["age"])
    model = graft.fit(table, target="cost", verdict=False)
    assert model.task == "regression"
    assert model.scores.r2.value > 0.9
    assert graft.load(model.save(tmp_path / "model")).predict(table)[:3] == pytest.approx(model.predict(table)[:3])


def test_choices_and_scores_are_of_the_domain_the_model_is_for():
    here = patients(24, seed=1, shift=15).assign(place="here")
    table = pd.concat([patients().assign(place="there"), here], ignore_index=True)
    model = graft.fit(table, target="sick", domain="place", target_domain="here", **FAST)
    assert model.scores.n <= len(here)
    assert any("choices and scores are made on" in note for note in model.record["notes"])
    asked = here.drop(columns=["sick", "place"])
    np.testing.assert_array_equal(model.predict_proba(asked), model.predict_proba(asked.assign(place="here")))
    assert not np.array_equal(model.predict_proba(asked), model.predict_proba(asked.assign(place="there")))
    told = json.dumps(model.reading)
    assert "place" in told


def test_what_is_wrong_with_a_domain_is_said():
    table = patients().assign(place="there")
    with pytest.raises(DataError, match="Did you mean 'there'"):
        graft.fit(table, target="sick", domain="place", target_domain="ther", **FAST)
    with pytest.raises(DataError, match="say which column"):
        graft.fit(table, target="sick", target_domain="there", **FAST)
    with pytest.raises(DataError, match="is for rows of a table"):
        graft.fit((["a b", "c d"] * 5, ["x", "y"] * 5), target_domain="there")


def test_other_rows_change_no_model_and_the_gap_to_them_is_told_by_columns(tmp_path):
    table, other = patients(), patients(90, seed=2, shift=15).drop(columns="sick")
    other.loc[::2, "dose"] = None
    kept = other.copy()
    model = graft.fit(table, target="sick", adapt_to=other, **FAST)
    assert not model.record["adaptation"]["adapted"]
    assert "label a few rows of the target" in model.record["adaptation"]["verdict"]
    assert any("dose (" in note for note in model.record["adaptation"]["notes"])
    plain = graft.fit(table, target="sick", **FAST)
    np.testing.assert_array_equal(model.predict_proba(other), plain.predict_proba(other))
    pd.testing.assert_frame_equal(other, kept)
    other[["sex", "dose", "age"]].to_csv(tmp_path / "other.csv", index=False)
    (found,) = graft.gap(table, tmp_path / "other.csv", target="sick")
    assert found.found.a_distance > 1
    assert {shift.name for shift in found.columns[:2]} == {"age", "dose"}
    assert any("2 of 3 columns differ" in note and "missing in 0% and 50%" in note for note in found.notes)
    assert json.loads(json.dumps(found.to_dict()))["columns"][2]["name"] == "sex"
    with pytest.raises(DataError, match="no column 'dose'"):
        graft.gap(table, other.drop(columns="dose"), target="sick")
    numbers = np.random.default_rng(0).normal(size=(40, 3))
    labelled = numbers, np.where(numbers[:, 0] > 0, "a", "b")
    assert "no column differs" in str(graft.gap(labelled, numbers)[0]).lower()
    for asked in (lambda: graft.gap(labelled, numbers[:, :2]),
                  lambda: graft.fit(labelled, adapt_to=numbers[:, :2], **FAST)):  # fmt: skip
        with pytest.raises(DataError, match="have 3 columns and those of the target 2"):
            asked()


def test_folds_in_focus_hold_out_nothing_else():
    y, ties, focus = np.arange(60) % 2, np.arange(60), np.arange(60) >= 40
    ties[45] = ties[3]
    found = focused_folds(y, ties, 2, 0, focus)
    assert (found[:40] == -1).all()
    assert found[45] == -1
    assert set(found[focus & (ties != 3)]) == {0, 1, 2, 3, 4}
    few = np.arange(60) >= 59
    assert (focused_folds(y, ties, 2, 0, few) >= 0).sum() > 50


def test_a_wished_sensitivity_is_kept_used_and_scored(tmp_path):
    table = patients(240)
    model = graft.fit(table.iloc[:160], test=table.iloc[160:], target="sick", sensitivity=0.95, positive="yes", **FAST)
    point = model.operating
    assert point.threshold < 0.5
    assert model.classes[point.positive] == "yes"
    again = graft.load(model.save(tmp_path / "model"))
    assert again.operating == point
    asked = table.iloc[160:].drop(columns="sick")
    called = again.predict(asked) == "yes"
    np.testing.assert_array_equal(called, again.predict_proba(asked)[:, 1] >= point.threshold)
    sick = (table["sick"].iloc[160:] == "yes").to_numpy()
    assert model.scores.sensitivity.value == pytest.approx(called[sick].mean())
    assert model.scores.specificity.value == pytest.approx(1 - called[~sick].mean())
    assert again.evaluate(table.iloc[160:]).sensitivity == model.scores.sensitivity
    assert any(note.startswith("'yes' is said from a probability of") for note in model.record["notes"])
    alone = graft.fit(table, target="sick", sensitivity=0.9, **FAST)
    assert alone.scores.source == "nested cross-validation"
    assert alone.scores.sensitivity.value > 0.8


def test_what_is_wrong_with_a_sensitivity_is_said():
    table = patients()
    for words, told in (
        ({"sensitivity": 1.5}, "is no share"),
        ({"sensitivity": 0.9, "positive": "yess"}, "Did you mean 'yes'"),
        ({"positive": "yes"}, "give that too"),
        ({"sensitivity": 0.9, "finetune": "lora"}, "Leave out --sensitivity"),
    ):
        with pytest.raises(GraftError, match=told):
            graft.fit(table, target="sick", **FAST, **words)
    three = table.assign(sick=np.resize(["a", "b", "c"], len(table)))
    with pytest.raises(GraftError, match="Say which of a, b, c"):
        graft.fit(three, target="sick", sensitivity=0.9, **FAST)
    with pytest.raises(GraftError, match="holds amounts"):
        graft.fit(table, target="dose", sensitivity=0.9, verdict=False)


def grouped(groups, names=None):
    n = len(groups)
    return Dataset([f"t{i}" for i in range(n)], [f"r{i}" for i in range(n)], "text", np.zeros(n, np.int64), ("a",),
                   groups=np.asarray(groups), source="s.csv")  # fmt: skip


def test_groups_on_both_sides_are_found_and_those_without_one_share_none():
    learn, test = grouped(["ann", "bob", "alone row 1"]), grouped(["bob", "cy", "alone row 1", "bob"])
    marked = in_shared_groups(learn, test)
    assert marked.tolist() == [True, False, False, True]
    assert shared_group_notes(test, marked) == (
        "2 of 4 test samples are of a group that was learned from (bob) and left out.",
    )
    assert shared_group_notes(test, np.zeros(4, bool)) == ()
    with pytest.raises(DataError, match=r"Every test sample of s\.csv is of a group"):
        shared_group_notes(test, np.ones(4, bool))
    assert not in_shared_groups(Dataset(["a"], ["a"], "text"), test).any()


def test_a_patient_is_never_split(monkeypatch):
    """Five rows of each patient, told apart by nothing but the patient: only a leak could tell the classes."""
    import graft.evaluation.crossval as crossval

    rng = np.random.default_rng(0)
    patient = np.repeat(np.arange(40), 5)
    mark = rng.normal(size=(40, 4))[patient]
    table = pd.DataFrame(mark + rng.normal(0, 1e-3, mark.shape), columns=list("wxyz"))
    table["patient"], table["sick"] = patient, np.where(rng.permutation(40)[patient] < 20, "yes", "no")
    before, rounds = crossval.plan, []

    def watched(folds, groups=None):
        found = before(folds, groups)
        rounds.extend(found if len(folds) == 200 else [])
        return found

    for room in ("graft.plan.trials", "graft.evaluation.nested"):
        monkeypatch.setattr(f"{room}.plan", watched)
    model = graft.fit(table, target="sick", group="patient", verdict=False)
    assert len(rounds) >= 10
    for fold in rounds:
        assert not set(patient[fold.train]) & set(patient[fold.held])
    assert model.scores.accuracy.value < 0.75
    loose = graft.fit(table.drop(columns="patient"), target="sick", head="columns-trees", verdict=False)
    assert loose.scores.accuracy.value > 0.9
    wide, narrow = (m.scores.accuracy.high - m.scores.accuracy.low for m in (model, loose))
    assert wide > 1.5 * narrow
    assert math.isfinite(wide)


def test_a_patient_learned_from_is_left_out_of_the_test():
    table = patients(100).assign(patient=[f"p{k // 5}" for k in range(100)])
    test = pd.concat([table.iloc[90:].assign(age=lambda t: t["age"] + 1), patients(10, seed=5).assign(patient="new")])
    model = graft.fit(table, test=test, target="sick", group="patient", **FAST)
    assert model.scores.n == 10
    assert any("10 of 20 test samples are of 2 groups" in note for note in model.record["notes"])


def test_rank_and_curve_take_rows_with_gaps():
    table = patients(80)
    table.loc[::5, "dose"] = None
    ranking = graft.rank(table, target="sick")
    assert ranking.best == "columns"
    assert 0.5 < ranking.rows[0].score <= 1
    found = graft.curve(table, target="sick", draws=1)
    assert "columns-logistic" in json.dumps(found.to_dict())


def test_rows_on_standard_input_are_json_objects():
    from graft.model.verbs import gather

    lines = ['{"age": 60, "dose": 1, "sex": "m"}', "", '{"dose": -3, "age": 40}']
    rows = gather(["-"], "table", lines)
    model = graft.fit(patients(), target="sick", **FAST)
    assert model.predict(rows).tolist() == ["yes", "no"]
    with pytest.raises(DataError, match="line 2 of standard input is no row"):
        gather(["-"], "table", [lines[0], "[1]"])


def test_a_domain_without_labels_is_left_out_and_said():
    table = pd.concat([patients().assign(place="there"), patients(20, 3).assign(place="new", sick=None)])
    model = graft.fit(table, target="sick", domain="place", **FAST)
    assert any("not adapted to without labels" in note for note in model.record["notes"])
    assert len(model.predict(patients(20, 3).drop(columns="sick"))) == 20
