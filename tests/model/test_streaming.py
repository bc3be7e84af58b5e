"""A model that follows a stream: its moments are kept, and every door takes the word."""

import csv
import dataclasses
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import graft
from graft.align.test_time.contrast import Restoring, stretched
from graft.align.test_time.feature_stream import FeatureStream
from graft.cli.verbs import app
from graft.errors import DataError
from graft.model.streaming import Streaming

CLI = CliRunner()


def test_a_saved_model_follows_as_the_fitted_one(photos: Path, tiny_backbone: Path, tmp_path: Path) -> None:
    model = graft.fit(photos, backbone=str(tiny_backbone), head="logistic")
    (member,) = [m for m in model.members if m.weight == max(m.weight for m in model.members)][:1]
    seen = model.features(photos / "train")[member.backbone]
    shown = np.asarray(member.view.of(seen), np.float64)
    assert member.moments is not None
    again = graft.load(model.save(tmp_path / "saved", self_contained=True))
    assert np.array_equal(again.members[0].moments, model.members[0].moments)
    new = sorted((photos / "test").rglob("*.png"))
    found = graft.predict(again, new, stream=True)
    assert np.array_equal(found.probabilities, model.predictions(new, stream=True).probabilities)
    alone = FeatureStream(lambda X: np.log(np.maximum(member.head.predict_proba(X), 1e-12)), member.moments)
    logs = alone.predict_log_proba(shown[:4])
    assert logs.shape == (4, 2)
    told = CLI.invoke(app, ["predict", str(tmp_path / "saved"), str(photos / "test"), "--stream"])
    assert told.exit_code == 0, told.output
    assert {row["prediction"] for row in csv.DictReader(io.StringIO(told.stdout))} <= {"red", "green"}
    assert graft.evaluate(again, photos / "test", stream=True).n == 6
    with pytest.raises(DataError, match="not both"):
        again.predictions(new, stream=True, together=True)


def test_what_keeps_no_moments_cannot_follow() -> None:
    texts = ["good film", "fine film", "good plot", "lovely", "bad film", "awful", "bad plot", "dull film"]
    words = graft.fit((texts, ["yes"] * 4 + ["no"] * 4), backbone="word-counts")
    with pytest.raises(DataError, match="keeps no moments"):
        Streaming(words)


def test_photos_that_lost_their_contrast_are_given_it_back(photos: Path, tiny_backbone: Path) -> None:
    model = graft.fit(photos, backbone=str(tiny_backbone), head="logistic")
    assert set(model.record["contrast"]) == {"mean", "spread"}
    known = {"mean": np.log(60.0), "spread": 0.1}
    misty = dataclasses.replace(model, record=model.record | {"contrast": known})
    paths = sorted((photos / "train").rglob("*.png"))
    features = misty.features(paths)
    factor = Restoring(known).factor(next(iter(features.values())).dataset.inputs[:32])
    plain, restored = Streaming(model), Streaming(misty)
    rows = np.arange(min(32, len(paths)))
    shown = {name: one.take(rows) for name, one in features.items()}
    assert factor > 1
    assert not np.array_equal(plain.answer(shown), restored.answer(shown))
    by_hand = [stretched(np.asarray(Image.open(path).convert("RGB")), factor) for path in paths[: len(rows)]]
    expected = Streaming(model).answer(model.features(by_hand))
    np.testing.assert_allclose(Streaming(misty).answer(shown), expected, rtol=1e-6)
