"""Recordings as pictures, and the small network that reads them."""

import numpy as np
import pytest
import torch
from tiny import tone

from graft.backbones import load
from graft.backbones.audio.spectrogram import spectrogram
from graft.errors import DataError


def test_a_tone_is_a_line_as_high_as_its_pitch():
    heights = []
    for hertz in (200, 800, 3200):
        picture = spectrogram((np.sin(2 * np.pi * hertz * np.arange(8000) / 16000), 16000), 64)
        assert picture.shape == (64, 64, 3)
        assert picture.dtype == np.uint8
        assert np.array_equal(picture[:, :, 0], picture[:, :, 2])
        rows = picture[:, :, 0].astype(int).mean(axis=1)
        heights.append(63 - rows.argmax())
        assert picture.max() == 255
    assert heights == sorted(heights)
    assert heights[0] < 10
    assert heights[2] > 35


def test_what_is_early_is_on_the_left():
    wave = np.concatenate([np.zeros(8000), np.sin(np.arange(8000) / 3)])
    picture = spectrogram((wave, 16000), 32)[:, :, 0]
    assert picture[:, :12].max() == 0
    assert picture[:, 20:].max() == 255


@pytest.mark.parametrize("count", [1, 100, 90_000])
def test_every_length_is_one_size(count):
    assert spectrogram((np.ones(count), 16000), 64).shape == (64, 64, 3)


def test_the_small_network_reads_recordings():
    backbone = load("random/conv-mel", device="cpu", exact=True)
    assert (backbone.card.modality, backbone.card.input_size, backbone.card.dim) == ("audio", 64, 64)
    prepared = [backbone.prepare((tone(hertz), 8000)) for hertz in (300, 900)]
    row = backbone.embed(prepared)
    assert row.shape == (2, backbone.width)
    body = backbone.trainable()
    with torch.no_grad():
        found = body(*body.collate(prepared)).numpy()
    assert np.allclose(found, row[:, :64], atol=1e-4)
    with pytest.raises(DataError):
        backbone.prepare(b"nothing")
