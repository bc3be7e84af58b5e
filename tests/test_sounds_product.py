"""The whole product for recordings: tiny tones in wav, flac and ogg to a saved, reloaded, predicting model."""

import shutil

import numpy as np
import pytest
import soundfile
from tiny import tone, write_tones

import graft


@pytest.fixture
def tones(tmp_path):
    write_tones(tmp_path / "tones" / "train", 10)
    write_tones(tmp_path / "tones" / "test", 6, seed=1)
    return tmp_path / "tones"


def test_folder_to_saved_reloaded_predicting_model(tones, tmp_path):
    model = graft.fit(tones, backbone="mel-statistics", finetune="never", verdict=False)
    assert model.modality == "audio"
    assert model.scores.n == 12
    assert model.scores.accuracy.value == 1.0
    assert graft.fit(tones, backbone="mel-statistics", finetune="never", verdict=False).record["embedded"] == 0
    new = sorted((tones / "test").rglob("*.*"))
    before = model.predict_proba(new)
    model.save(tmp_path / "saved", self_contained=True)
    again = graft.load(tmp_path / "saved")
    assert np.array_equal(again.predict_proba(new), before)
    assert again.predict([(tone(300), 8000), (tone(900, rate=16000), 16000)]).tolist() == ["low", "high"]
    assert graft.evaluate(tmp_path / "saved", tones / "test").accuracy.value == 1.0
    assert graft.rank(tones, backbones=["mel-statistics"]).best == "mel-statistics"
    assert graft.curve(tones / "train", test=tones / "test", backbone="mel-statistics", draws=1).points


def test_broken_recordings_are_left_out_with_the_reason(tones):
    (tones / "train" / "low" / "broken.wav").write_bytes(b"RIFF and nothing else")
    soundfile.write(tones / "train" / "low" / "silent.wav", np.zeros(800), 8000)
    model = graft.fit(tones, backbone="mel-statistics", finetune="never", verdict=False, max_skipped=0.2)
    reasons = {skip["name"]: skip["reason"] for skip in model.record["skipped"]}
    assert "is silent from start to end" in reasons["train/low/silent.wav"]
    assert set(reasons) == {"train/low/silent.wav", "train/low/broken.wav"}
    answers = graft.predict(model, tones / "train" / "low")
    assert len(answers.skipped) == 2


def test_a_table_with_groups(tones, tmp_path):
    files = sorted((tones / "train").rglob("*.*"))
    lines = [f"{path},{path.parent.name},speaker {i % 4}" for i, path in enumerate(files)]
    (tmp_path / "table.csv").write_text("\n".join(["file,label,speaker", *lines]), encoding="utf-8")
    model = graft.fit(tmp_path / "table.csv", group="speaker", backbone="mel-statistics", verdict=True)
    assert model.scores.n == 20
    assert "mel cepstra and logistic regression" in model.record["transfer"]["sentence"]
    shutil.copy(files[0], tmp_path / "one.wav")
    assert graft.predict(model, tmp_path / "one.wav").predicted.tolist() == ["high"]


def test_weights_of_a_speech_network_move(tones, tmp_path):
    from backbones.test_whisper import write_whisper

    write_whisper(tmp_path / "tiny")
    from graft.finetune import finetune

    dataset = graft.read(tones / "train").take(range(0, 20, 2))
    for strategy in ("last-blocks", "full"):
        tuned = finetune(graft.backbones.load(str(tmp_path / "tiny"), device="cpu"), dataset, strategy, epochs=1)
        assert tuned.backbone.card.parent
