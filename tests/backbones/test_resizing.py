"""The fast resize is PIL's, within a rounding."""

import numpy as np
import pytest
from PIL import Image

from graft.backbones import resizing
from graft.backbones.resizing import is_fast, resized


def smooth(width, height):
    coarse = np.random.default_rng(0).integers(0, 256, (9, 9, 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize("size", [(500, 375), (100, 333), (2900, 2000)])
def test_both_ways_compute_the_same_filter(interpolation, size):
    if not is_fast(interpolation):
        pytest.skip("cykooz-resizer is not installed")
    image = smooth(*size)
    before = image.tobytes()
    box = (size[0] * 0.1, 1.25, size[0] * 0.9, size[1] - 2.5)
    fast, plain = (np.asarray(resized(image, 64, interpolation, box, way), np.int64) for way in (True, False))
    assert fast.shape == (64, 64, 3)
    assert np.abs(fast - plain).mean() < 0.5
    assert np.abs(fast - plain).max() <= 4
    assert image.tobytes() == before


def test_without_the_package_or_the_filter_pil_is_used(monkeypatch):
    assert not is_fast("box")
    is_fast.cache_clear()
    monkeypatch.setattr(resizing.importlib.util, "find_spec", lambda name: None)
    assert not is_fast("bicubic")
    monkeypatch.undo()
    is_fast.cache_clear()


@pytest.mark.parametrize("size", [(70, 122), (32, 32), (300, 60)])
def test_enlarging_is_left_to_pil(size, monkeypatch):
    monkeypatch.setattr(resizing, "_filter", lambda name: pytest.fail("the fast way crashes on some enlargements"))
    image = smooth(*size)
    plain = image.resize((64, 64), Image.Resampling.BICUBIC, box=(0, 0, 30, 30))
    assert np.array_equal(resized(image, 64, "bicubic", (0, 0, 30, 30), fast=True), plain)
