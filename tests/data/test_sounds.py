"""Recordings: formats, rates, channels and lengths to one channel at one rate; what is wrong is said in a sentence."""

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import tone

from graft.data import read, sounds
from graft.data.content import content_key
from graft.data.sounds import decode_sound, holds_sound
from graft.errors import DataError


def encoded(samples, rate, kind="WAV", **how):
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=kind, **how)
    return buffer.getvalue()


def sentence(item, rate=16000):
    with pytest.raises(DataError) as caught:
        decode_sound(item, rate)
    return str(caught.value)


def pitch(samples, rate):
    return np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3", "AIFF"])
def test_every_format_gives_the_same_sound(kind):
    wave = np.sin(2 * np.pi * 440 * np.arange(32000) / 32000).astype(np.float32) * 0.5
    heard = decode_sound(encoded(wave, 32000, kind), 16000)
    assert heard.dtype == np.float32
    assert abs(len(heard) - 16000) <= 1200  # mp3 pads its frames
    assert abs(pitch(heard, 16000) - 440) < 3
    assert abs(np.abs(heard[4000:12000]).max() - 0.5) < 0.02
    assert holds_sound(encoded(wave, 32000, kind))


@given(st.integers(1000, 96000), st.integers(1, 3), st.integers(100, 4000))
@settings(max_examples=40, deadline=None)
def test_any_rate_channels_and_length(rate, channels, count):
    samples = np.full((count, channels), 0.25, np.float32)
    heard = decode_sound((samples, rate), 16000)
    assert abs(len(heard) - count * 16000 / rate) <= 1
    assert heard.ndim == 1
    assert np.isfinite(heard).all()


def test_channels_are_averaged_and_a_rate_that_fits_changes_nothing():
    samples = np.random.default_rng(0).uniform(-1, 1, (600, 2)).astype(np.float32)
    before = samples.copy()
    assert np.allclose(decode_sound((samples, 16000), 16000), samples.mean(axis=1), atol=1e-7)
    assert np.array_equal(samples, before)


@pytest.mark.parametrize(("dtype", "value"), [(np.int16, -16384), (np.int32, -(2**30)), (np.uint8, 64), (float, -0.5)])
def test_whole_numbers_are_taken_over_full_scale(dtype, value):
    assert np.allclose(decode_sound((np.full(50, value, dtype), 16000), 16000), -0.5)


def test_rate_and_samples_come_in_either_order():
    wave = tone(300)
    assert np.array_equal(decode_sound((8000, wave), 16000), decode_sound((wave, 8000), 16000))


def test_a_part_at_a_time_gives_what_the_whole_gives(monkeypatch):
    wave = tone(500, seconds=1.0)
    whole = decode_sound(encoded(wave, 8000, "FLAC"), 16000)
    monkeypatch.setattr(sounds, "BLOCK", 999)
    assert np.allclose(decode_sound(encoded(wave, 8000, "FLAC"), 16000), whole, atol=1e-6)


def test_what_is_wrong_is_said(tmp_path, monkeypatch):
    assert sentence(b"").startswith("The recording cannot be decoded (it has no bytes")
    assert sentence(b"no sound at all") == (
        "The recording is no recording that can be read: its content is of no known format."
    )
    assert "does not exist" in sentence(tmp_path / "gone.wav")
    assert sentence((np.zeros(0, np.float32), 16000)) == "The recording holds no samples: the recording is empty."
    assert sentence((np.zeros(900, np.float32), 16000)) == (
        "The recording is silent from start to end, so there is nothing to hear in it."
    )
    assert "no finite numbers" in sentence((np.array([0.1, np.nan]), 16000))
    assert "It says 12 samples a second, and recordings have 1,000 to 1,000,000" in sentence((np.ones(9), 12))
    assert sentence(np.ones(9)) == (
        "Samples without their rate cannot be heard: give (samples, rate), such as (samples, 16000)."
    )
    assert "An array of shape (2, 3, 4)" in sentence((np.ones((2, 3, 4)), 16000))
    assert "would be 900 channels" in sentence((np.ones((2, 900)), 16000))
    assert sentence({"a": 1}) == "An input of type dict is not a path, bytes, or samples with their rate."
    path = tmp_path / "cut.flac"
    path.write_bytes(encoded(tone(300, 2.0), 8000, "FLAC")[:60])
    assert sentence(path).startswith("cut.flac ")
    monkeypatch.setattr(sounds, "LONGEST", 0.1)
    assert "cut it into pieces" in sentence((tone(300), 8000))
    assert "cut it into pieces" in sentence(encoded(tone(300), 8000))


@pytest.mark.parametrize("form", ["WAV", "AIFF", "MP3"])
def test_a_recording_cut_short_is_no_sample(form):
    whole = encoded(tone(300, 2.0), 8000, form)
    assert len(decode_sound(whole, 16000)) > 30000
    said = sentence(whole[: len(whole) // 2])
    assert said.startswith("It is cut short: ")
    assert said.endswith("% is there of what its header says. Copy the file again.")
    assert decode_sound(whole[: len(whole) - 40], 16000).any()


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF])
def test_a_header_written_before_the_length_was_known_is_no_cut(size):
    whole = bytearray(encoded(tone(300, 2.0), 8000, "WAV"))
    at = whole.index(b"data") + 4
    whole[at : at + 4] = size.to_bytes(4, "little")
    assert len(decode_sound(bytes(whole), 16000)) == 32000


def test_lists_tables_and_single_recordings_are_read(tmp_path):
    for name in ("a", "b"):
        soundfile.write(tmp_path / f"{name}.wav", tone(300), 8000)
    (tmp_path / "table.csv").write_text("path,label\na.wav,x\nb.wav,y\ngone.wav,x\n", encoding="utf-8")
    table = read(tmp_path / "table.csv")
    assert table.modality == "audio"
    assert table.names == ["a.wav", "b.wav"]
    assert "There is no file 'gone.wav'" in table.skipped[0].reason
    assert read([tmp_path / "a.wav", tmp_path / "b.wav"], labelled=False).modality == "audio"
    assert read(tmp_path / "a.wav", labelled=False).modality == "audio"
    pairs = read(([(tone(300), 8000), (tone(500), 16000)], ["x", "y"]))
    assert pairs.modality == "audio"
    assert decode_sound(pairs.inputs[1], 16000).shape == (2400,)
    stored = {"array": tone(300), "sampling_rate": 8000}
    hugging = read(([stored, stored], ["x", "y"]))
    assert hugging.modality == "audio"
    assert len(decode_sound(hugging.inputs[0], 8000)) == len(stored["array"])
    data = (tmp_path / "a.wav").read_bytes()
    assert read(([data, data], ["x", "y"])).modality == "audio"
    assert len(read((tone(300), 8000), labelled=False)) == 1
    with pytest.raises(DataError, match=r"a\.wav is a single recording: to learn, give a folder"):
        read(tmp_path / "a.wav")


def test_a_folder_is_of_what_most_of_its_files_are(tmp_path):
    for name in ("x/1.wav", "x/2.flac", "y/1.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / name, tone(300), 8000)
    (tmp_path / "x" / "cover.png").write_bytes(b"x")
    found = read(tmp_path)
    assert found.modality == "audio"
    assert found.names == ["x/1.wav", "x/2.flac", "y/1.wav"]
    assert found.notes[0] == "1 file is no recording and not used (1 .png)."
    assert read(tmp_path, modality="image", labelled=False).names == ["x/cover.png"]


def test_the_key_of_samples_counts_their_rate():
    wave = tone(300)
    assert content_key((wave, 8000)) == content_key((wave.copy(), 8000))
    assert content_key((wave, 8000)) != content_key((wave, 16000))
    assert content_key((wave, 8000)) != content_key(wave)
