"""The room of a recording: noise behind it and, 10 dB lower, beneath it."""

import numpy as np

from graft.backbones.audio.ears import hiss, laid_out, with_room

RNG = np.random.default_rng(0)


def test_the_room_is_as_loud_as_the_quietest_twelfth_behind_and_ten_decibels_lower_beneath():
    waves = [RNG.uniform(-0.5, 0.5, count).astype(np.float32) for count in (2400, 3600)]
    waves[0][600:800] *= 0.01  # the fourth of twelve parts
    waves[1][-300:] *= 0.1
    found = with_room(laid_out(waves, 6000), [2400, 3600])
    for wave, row, quiet in zip(waves, found, (waves[0][600:800], waves[1][-300:]), strict=True):
        level = np.sqrt(np.mean(quiet.astype(np.float64) ** 2))
        assert np.allclose(row[: len(wave)], wave + 0.3 * level * hiss()[: len(wave)], atol=1e-6)
        assert np.allclose(row[len(wave) :], level * hiss()[len(wave) : 6000], atol=1e-6)
        assert abs(20 * np.log10(row[len(wave) :].std() / level)) < 0.5


def test_a_recording_with_digital_silence_in_it_has_no_room_and_nothing_is_written_to():
    wave = RNG.uniform(-0.5, 0.5, 1200).astype(np.float32)
    wave[300:400] = 0
    given = laid_out([wave], 2000)
    before = given.copy()
    assert np.array_equal(with_room(given, [1200]), before)
    assert np.array_equal(given, before)
