"""A backbone of your own for recordings: on spectrograms, with labels and without."""

import numpy as np
import pytest
from backbones.test_whisper import write_whisper
from tiny import tone, write_tones

import graft
from graft.errors import DataError
from graft.pretraining.views import SOUND, named, views_for


@pytest.mark.parametrize(("method", "labelled"), [("auto", True), ("vicreg", False)])
def test_pretraining_on_recordings(tmp_path, method, labelled):
    folder = write_tones(tmp_path / "tones", 9)
    source = folder if labelled else folder / "low"
    made = graft.pretrain(source, out=tmp_path / "mine", method=method, epochs=1 if labelled else None, budget=2.0)
    assert made.card.modality == "audio"
    assert made.card.parent == "random/conv-mel"
    again = graft.backbones.load(str(tmp_path / "mine"), device="cpu")
    wave = (tone(500), 8000)
    assert np.allclose(again.embed([again.prepare(wave)]), made.embed([made.prepare(wave)]), atol=1e-5)
    page = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    assert "- reads: audio, 64 × 64 pixels" in page


def test_a_speech_network_goes_on_with_labels_but_makes_no_views(tmp_path):
    write_whisper(tmp_path / "tiny")
    folder = write_tones(tmp_path / "tones", 5)
    made = graft.pretrain(folder, backbone=str(tmp_path / "tiny"), method="supervised", epochs=1)
    assert made.card.modality == "audio"
    with pytest.raises(DataError, match="choose the backbone conv-mel for recordings, or the method supervised"):
        graft.pretrain(folder, backbone=str(tmp_path / "tiny"), method="vicreg")


def test_spectrograms_are_never_mirrored():
    assert views_for(np.zeros((2, 8, 8, 3), np.uint8), "audio") == SOUND
    assert SOUND.mirror == 0
    assert named(SOUND) == "spectrograms"
