"""Log-mel spectrograms and statistics of cepstra, evaluated a second time plainly."""

import numpy as np
import pytest

from graft.backbones.audio.mel import hann, log_mel, mel_filters
from graft.backbones.audio.statistics import MelStatistics, cosines
from graft.errors import DataError

RNG = np.random.default_rng(0)


def test_the_filters_are_those_of_transformers():
    from transformers.audio_utils import mel_filter_bank

    for bands in (40, 80, 128):
        theirs = mel_filter_bank(201, bands, 0.0, 8000.0, 16000, norm="slaney", mel_scale="slaney")
        assert np.allclose(mel_filters(bands), theirs.T, atol=1e-7)


def test_the_spectrogram_is_that_of_whisper():
    from transformers import WhisperFeatureExtractor

    wave = RNG.uniform(-0.5, 0.5, 16000).astype(np.float32)
    extractor = WhisperFeatureExtractor(feature_size=80, chunk_length=1)
    theirs = extractor(wave, sampling_rate=16000, return_tensors="np")["input_features"][0]
    assert np.allclose(log_mel(wave[None], 80)[0], theirs.T, atol=1e-4)


def test_each_window_is_measured_alone():
    waves = RNG.uniform(-1, 1, (3, 3200)).astype(np.float32) * np.array([[1], [0.1], [0.01]], np.float32)
    together = log_mel(waves, 80)
    assert together.shape == (3, 20, 80)
    for wave, found in zip(waves, together, strict=True):
        assert np.allclose(log_mel(wave[None], 80)[0], found, atol=1e-6)


def test_statistics_are_means_and_deviations_of_cepstra_in_quarters():
    wave = RNG.uniform(-1, 1, 16000).astype(np.float32)
    cepstra = log_mel(wave[None], 40)[0] @ cosines()
    plain = [
        part for q in range(4) for part in (cepstra[25 * q : 25 * q + 25].mean(0), cepstra[25 * q : 25 * q + 25].std(0))
    ]
    backbone = MelStatistics()
    row = backbone.embed([backbone.prepare((wave, 16000))])
    assert row.shape == (1, 160)
    assert np.allclose(row[0], np.concatenate(plain), atol=1e-5)
    assert np.allclose(cosines().T @ cosines(), np.eye(20), atol=1e-6)
    assert abs(hann().sum() - 200) < 1e-3


@pytest.mark.parametrize("count", [1, 200, 2000])
def test_the_shortest_recordings_have_statistics_too(count):
    backbone = MelStatistics()
    assert np.isfinite(backbone.prepare((np.ones(count, np.float32), 16000))).all()
    with pytest.raises(DataError):
        backbone.prepare(b"nothing")
