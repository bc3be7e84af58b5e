"""Answering together: the model's own probabilities brought to agree, through Python and the command line."""

import csv
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import graft
from graft.cli.verbs import app
from graft.errors import DataError
from graft.heads.transductive.agreement import agreement
from graft.plan.decide import Decision
from graft.plan.together import together_notes

CLI = CliRunner()


def test_answers_are_those_of_agreement_on_the_models_own(photos: Path, tiny_backbone: Path, tmp_path: Path) -> None:
    model = graft.fit(photos, backbone=str(tiny_backbone))
    new = sorted((photos / "train").rglob("*.png"))
    alone = model.predict_proba(new)
    expected = agreement(np.log(np.maximum(alone, 1e-12)), [model.embed(new)])
    found = graft.predict(model, new, together=True)
    assert np.array_equal(found.probabilities, expected)
    assert found.predicted.tolist() == np.asarray(model.classes)[expected.argmax(axis=1)].tolist()
    assert np.array_equal(model.predict_proba(new), alone)
    scores = graft.evaluate(model, photos / "test", together=True)
    right = model.predictions(photos / "test", together=True)
    truth = [Path(name).parent.name for name in right.names]
    assert scores.accuracy.value == pytest.approx(np.mean(right.predicted == np.array(truth)))
    place = model.save(tmp_path / "saved")
    told = CLI.invoke(app, ["predict", str(place), str(photos / "train"), "--together"])
    assert told.exit_code == 0, told.output
    assert [row["prediction"] for row in csv.DictReader(io.StringIO(told.stdout))] == found.predicted.tolist()
    judged = CLI.invoke(app, ["evaluate", str(place), str(photos / "test"), "--together", "--json"])
    assert json.loads(judged.stdout)["scores"]["accuracy"]["value"] == scores.accuracy.value


def test_words_and_amounts_have_no_neighbours_to_agree_with() -> None:
    texts = ["good film", "fine film", "good plot", "lovely", "bad film", "awful", "bad plot", "dull film"]
    words = graft.fit((texts, ["yes"] * 4 + ["no"] * 4), backbone="word-counts")
    with pytest.raises(DataError, match=r"word-counts gives no embedding.*leave out --together"):
        words.predictions(texts, together=True)


def test_amounts_are_not_answered_together(photos: Path, tiny_backbone: Path) -> None:
    files = sorted((photos / "train").rglob("*.png"))
    amounts = graft.fit((files, np.linspace(0, 1, len(files))), task="regression", backbone=str(tiny_backbone))
    with pytest.raises(DataError, match="gives amounts"):
        amounts.predictions(files, together=True)


IMAGES = SimpleNamespace(card=SimpleNamespace(modality="image"), stages=0)


class Seen:
    backbone = IMAGES

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def take(self, rows: np.ndarray) -> "Seen":
        return Seen(self.values[rows])


@pytest.mark.parametrize(("spread", "advised"), [(0.1, True), (9.0, False)])
def test_it_is_advised_only_where_samples_held_out_gain(spread: float, advised: bool) -> None:
    random = np.random.default_rng(0)
    y = np.arange(40) % 2
    X = np.array([[1.0, 0, 0], [0, 1.0, 0]])[y] + spread * random.normal(size=(40, 3))
    said = np.log(np.where(random.random(40)[:, None] < 0.8, 0.2 + 0.6 * np.eye(2)[y], 0.8 - 0.6 * np.eye(2)[y]))
    ground: Any = SimpleNamespace(targets=y, n_classes=2, tied=np.arange(40), weight=np.ones(40))
    material: Any = SimpleNamespace(learn={"b": Seen(X)})
    model: Any = SimpleNamespace(backbones={"b": None})
    notes = together_notes(material, model, Decision((), 1.0, (), said), ground)
    assert [note.startswith("Samples held out were told better when answered together") for note in notes] == (
        [True] if advised else []
    )
