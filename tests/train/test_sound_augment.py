"""Random changes of recordings, evaluated a second time plainly."""

import numpy as np
import pytest

from graft.train.augment import gain, noise, shift, spec_augment

WAVE = np.random.default_rng(1).standard_normal((2, 4000)).astype(np.float32)
ALL = {"noise": noise(chance=1), "gain": gain(), "shift": shift(), "spec": spec_augment(chance=1)}


@pytest.mark.parametrize("name", ALL)
def test_shape_and_kind_stay_and_the_input_is_left_alone(name):
    before = WAVE.copy()
    found = ALL[name](WAVE, np.random.default_rng(0))
    assert found.shape == WAVE.shape
    assert found.dtype == np.float32
    assert not np.array_equal(found, WAVE)
    assert np.array_equal(WAVE, before)
    assert np.array_equal(found, ALL[name](WAVE, np.random.default_rng(0)))


def test_noise_lies_so_many_decibels_under():
    added = noise((20, 20), chance=1)(WAVE, np.random.default_rng(0)) - WAVE
    assert abs(20 * np.log10(WAVE.std() / added.std()) - 20) < 0.3
    assert noise(chance=0)(WAVE, np.random.default_rng(0)) is WAVE


def test_gain_is_one_factor_within_its_bounds():
    factors = [gain(6)(WAVE, np.random.default_rng(seed)) / WAVE for seed in range(40)]
    decibels = [20 * np.log10(factor.mean()) for factor in factors]
    assert all(factor.std() < 1e-5 for factor in factors)
    assert max(np.abs(decibels)) <= 6.001
    assert max(decibels) > 3
    assert min(decibels) < -3


def test_shift_moves_and_fills_with_silence():
    seen = set()
    for seed in range(30):
        moved = shift(0.1)(WAVE, np.random.default_rng(seed))
        by = int(np.random.default_rng(seed).integers(-400, 401))
        seen.add(np.sign(by))
        plain = np.zeros_like(WAVE)
        for i in range(4000):
            if 0 <= i - by < 4000:
                plain[:, i] = WAVE[:, i - by]
        assert np.array_equal(moved, plain)
    assert {-1, 1} <= seen


def test_spec_augment_silences_a_stretch_and_a_band():
    silent = spec_augment(time=0.5, band=0, chance=1)(WAVE, np.random.default_rng(3))
    gone = np.flatnonzero(np.abs(silent).max(axis=0) < 1e-6)
    assert 0 < len(gone) <= 2000
    assert np.array_equal(gone, np.arange(gone[0], gone[-1] + 1))
    waves = np.abs(np.fft.rfft(spec_augment(time=0, band=0.5, chance=1)(WAVE, np.random.default_rng(3))))
    missing = np.flatnonzero(waves.max(axis=0) < 1e-2)
    assert 0 < len(missing) <= 1001
    assert np.array_equal(missing, np.arange(missing[0], missing[-1] + 1))
