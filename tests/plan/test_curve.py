"""curve: nested subsets scored on the same samples, intervals that hold, a law, and what it says of a wished score."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from tiny import write_photos
from typer.testing import CliRunner

import graft
from graft.errors import DataError, GraftError
from graft.evaluation.power_law import PowerLaw
from graft.evaluation.proportions import wilson
from graft.plan.curve import Curve, curve
from graft.plan.curve_points import Point, root_point, share_point
from graft.plan.curve_reach import law_of, reach_of

RANDOM = np.random.default_rng(0)
WORDS = [["good", "fine", "great", "superb"], ["bad", "dull", "poor", "weak"]]
LABELS = [i % 2 for i in range(160)]
TEXTS = [
    " ".join([WORDS[label ^ (RANDOM.random() < 0.15)][RANDOM.integers(4)], f"thing{RANDOM.integers(9)}", f"n{i}"])
    for i, label in enumerate(LABELS)
]
NAMES = [["no", "yes"][label] for label in LABELS]


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Curve:
    patch = pytest.MonkeyPatch()
    patch.setenv("GRAFT_CACHE", str(tmp_path_factory.mktemp("cache")))
    try:
        return curve((TEXTS, NAMES), backbone="word-counts", reach=0.99, draws=3)
    finally:
        patch.undo()


def test_sizes_grow_to_all_that_is_not_held_out(counted: Curve) -> None:
    labels = [point.labels for point in counted.points]
    assert labels == sorted(labels)
    assert labels[0] == 8
    assert labels[-1] + counted.tested_on == 160
    assert [point.draws for point in counted.points] == [3] * (len(labels) - 1) + [1]
    assert counted.points[-1].value > counted.points[0].value
    assert all(point.low <= point.value <= point.high for point in counted.points)
    assert any("held out" in note for note in counted.notes)
    assert counted.model == "word-counts · embedding · tfidf-logistic"


def test_the_last_point_is_the_head_on_all_samples() -> None:
    test, train = list(range(0, 160, 4)), [i for i in range(160) if i % 4]
    found = curve(
        ([TEXTS[i] for i in train], [NAMES[i] for i in train]),
        test=([TEXTS[i] for i in test], [NAMES[i] for i in test]),
        backbone="word-counts",
        draws=2,
    )
    from graft.backbones.words import WordCounts
    from graft.heads import make

    counts = WordCounts().embed(TEXTS)
    head = make("tfidf-logistic").fit(counts[train], np.array(LABELS)[train])
    right = np.mean(head.predict(counts[test]) == np.array(LABELS)[test])
    assert found.points[-1].value == right
    assert found.points[-1].labels == 120
    assert found.tested_on == 40


def test_the_same_seed_gives_the_same_curve(counted: Curve) -> None:
    assert curve((TEXTS, NAMES), backbone="word-counts", reach=0.99, draws=3) == counted


def test_a_point_is_the_mean_with_wilsons_interval_for_its_error() -> None:
    right = (np.random.default_rng(1).random((4, 50)) < 0.8).astype(float)
    point = share_point(30, right, np.arange(50), [])
    error = np.hypot(right.mean(axis=1).std(ddof=1) / 2, right.mean(axis=0).std(ddof=1) / np.sqrt(50))
    alike = min(200, right.mean() * (1 - right.mean()) / error**2)
    assert point.value == right.mean()
    assert point.deviation == pytest.approx(error)
    assert (point.low, point.high) == pytest.approx([float(end) for end in wilson(right.mean(), alike)])


def test_a_perfect_point_keeps_the_doubt_of_its_test_samples() -> None:
    point = share_point(30, np.ones((4, 50)), np.arange(50), [])
    assert point.high == 1
    assert point.low == pytest.approx(float(wilson(np.array(1.0), np.array(50))[0]))
    assert point.deviation > 0


def test_one_draw_takes_the_spread_of_the_point_before() -> None:
    before = Point(10, 0.7, 0.6, 0.8, 0.05, 5, 0.04)
    right = (np.arange(50) % 5 > 0).astype(float)[None]
    point = share_point(50, right, np.arange(50), [before])
    assert point.spread is None
    assert point.deviation == pytest.approx(np.hypot(0.04, right[0].std(ddof=1) / np.sqrt(50)))


def test_groups_of_test_samples_widen_the_interval() -> None:
    right = np.repeat(np.random.default_rng(2).random(10) < 0.7, 5)[None].astype(float)
    alone, grouped = (share_point(9, right, unit, []) for unit in (np.arange(50), np.arange(50) // 5))
    assert grouped.high - grouped.low > 1.5 * (alone.high - alone.low)


def test_a_point_of_amounts_is_the_root_of_the_mean_square() -> None:
    squares = np.random.default_rng(3).normal(size=(3, 40)) ** 2
    point = root_point(20, squares, np.arange(40), [])
    assert point.value == pytest.approx(np.sqrt(squares.mean()))
    assert point.low < point.value < point.high
    assert root_point(20, 0 * squares, np.arange(40), []).value == 0


def points_of(law: PowerLaw, noise: float = 0.004) -> list[Point]:
    errors = [float(law.at(n)) for n in (10, 20, 40, 80, 160)]
    return [
        Point(n, 1 - e, 1 - e - noise, 1 - e + noise, noise, 5, noise)
        for n, e in zip((10, 20, 40, 80, 160), errors, strict=True)
    ]


def test_what_lies_beyond_is_said_to_be_an_extrapolation() -> None:
    points = points_of(PowerLaw(0.8, 0.5, 0.0))
    found = reach_of(points, law_of(points, True), 0.96, True, 0)
    assert found.labels == pytest.approx(400, rel=0.1)
    assert found.low is not None
    assert found.low < 400
    assert found.extrapolated
    assert "takes about" in found.sentence
    assert "extrapolation" in found.sentence


def test_what_was_measured_is_no_extrapolation() -> None:
    points = points_of(PowerLaw(0.8, 0.5, 0.0))
    found = reach_of(points, law_of(points, True), 0.9, True, 0)
    assert found.labels == pytest.approx(64, rel=0.1)
    assert not found.extrapolated
    assert "within what was measured" in found.sentence


def test_what_is_never_reached_is_said_to_be_so() -> None:
    points = points_of(PowerLaw(0.8, 0.9, 0.2))
    found = reach_of(points, law_of(points, True), 0.95, True, 0)
    assert found.labels is None
    assert "levels off at 0.8" in found.sentence
    assert "never reached" in found.sentence
    assert "extrapolation" in found.sentence


def test_a_model_lends_its_backbones_views_and_heads(tiny_backbone: Path, tmp_path: Path) -> None:
    folder = write_photos(tmp_path / "p", 30, classes=("red", "green", "blue"))
    model = graft.fit(folder, backbone=str(tiny_backbone), head="lda", budget="20s")
    found = curve(folder, model=model, draws=2, sizes=4)
    assert found.model == " + ".join(f"{m.backbone} · {m.view} · {m.head.name}" for m in model.members)
    assert found.points[-1].value > 0.9


def test_amounts_get_a_curve_of_rmse(tiny_backbone: Path, tmp_path: Path) -> None:
    places = sorted(write_photos(tmp_path / "p", 20, classes=("red", "green", "blue")).rglob("*.png"))
    with (tmp_path / "amounts.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "amount"])
        writer.writerows([str(p), 10.0 * ("red" in p.parts) + 0.01 * i] for i, p in enumerate(places))
    found = curve(tmp_path / "amounts.csv", target="amount", backbone=str(tiny_backbone), reach=0.5, draws=2)
    assert found.score == "rmse"
    assert found.points[-1].value < found.points[0].value
    assert found.reach is not None
    assert "RMSE" in found.reach.sentence


def test_copies_in_the_test_set_are_left_out() -> None:
    found = curve((TEXTS[:100], NAMES[:100]), test=(TEXTS[80:], NAMES[80:]), backbone="word-counts", draws=1)
    assert found.tested_on == 60
    assert any("left out" in note for note in found.notes)


def test_too_few_sizes_for_a_law_are_noted() -> None:
    found = curve((TEXTS[:10], NAMES[:10]), test=(TEXTS[20:40], NAMES[20:40]), backbone="word-counts", reach=0.9)
    assert [point.labels for point in found.points] == [8, 9, 10]
    assert found.law is None
    assert found.reach is None
    assert any("No law was fitted" in note and "there are 3" in note for note in found.notes)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"sizes": 3}, "A curve of 3 sizes"),
        ({"draws": 0}, "0 draws"),
        ({"seed": -1}, "The seed is -1"),
        ({"reach": 95.0}, "An accuracy of 95 cannot be wished"),
        ({"head": "logistik"}, "There is no head 'logistik'. Did you mean 'logistic'"),
        ({"head": "ridge-regression"}, "predicts no classes|does not predict classes"),
    ],
)
def test_wrong_words_get_a_sentence(words: dict[str, object], said: str) -> None:
    with pytest.raises(GraftError, match=said):
        curve((TEXTS, NAMES), backbone="word-counts", **words)  # type: ignore[arg-type]


def test_too_few_samples_get_a_sentence() -> None:
    with pytest.raises(DataError, match="too few for a curve"):
        curve((TEXTS[:12], NAMES[:12]), backbone="word-counts")


def test_a_model_for_something_else_is_refused(tiny_backbone: Path, photos: Path) -> None:
    model = graft.fit((TEXTS[:20], NAMES[:20]), backbone="word-counts")
    folder = write_photos(photos.parent / "more", 20)
    with pytest.raises(DataError, match="The model is for classification of text inputs"):
        curve(folder, model=model)


def test_the_verb_prints_a_table_and_json(tmp_path: Path) -> None:
    import typer

    from graft.cli.curve_verb import curve as verb

    place = tmp_path / "texts.csv"
    with place.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["text", "label"], *zip(TEXTS, NAMES, strict=True)])
    app = typer.Typer()
    app.command()(verb)
    words = [str(place), "--backbone", "word-counts", "--draws", "2", "--reach", "0.99"]
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 0, said.output
    assert "95 % interval" in said.output
    assert "Fitted law: 1 - accuracy =" in said.output
    told = json.loads(CliRunner().invoke(app, [*words, "--json"]).output.splitlines()[-1])
    assert told["score"] == "accuracy"
    assert told["points"][-1]["draws"] == 1
