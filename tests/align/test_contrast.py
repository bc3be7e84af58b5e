"""Contrast: what it is of a photo, when that of a stream is far below, and how it is given back."""

import io
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from graft.align.test_time.contrast import FEWEST, Restoring, contrast_of, drawn_photos, log_contrast, stretched
from graft.data.dataset import Dataset
from graft.errors import DataError

DRAW = np.random.default_rng(0)


def photo(spread: float) -> np.ndarray:
    """Give an image of 64 x 64 pixels in blocks of two, whose values vary by about `spread`."""
    blocks = DRAW.normal(128, spread, (32, 32, 3)).clip(0, 255)
    return np.repeat(np.repeat(blocks, 2, axis=0), 2, axis=1).astype(np.uint8)


def test_it_is_the_deviation_of_the_reduced_pixels(tmp_path):
    image = photo(40)
    reduced = image[::2, ::2].astype(float)
    expected = math.log(np.mean([reduced[..., c].std() for c in range(3)]))
    assert log_contrast(image) == pytest.approx(expected, abs=0.01)
    packed = io.BytesIO()
    Image.fromarray(image).save(packed, "PNG")
    assert log_contrast(packed.getvalue()) == pytest.approx(expected, abs=0.01)
    assert log_contrast(np.full((40, 40, 3), 7, np.uint8)) == 0.0
    (tmp_path / "no.png").write_bytes(b"no image")
    with pytest.raises(DataError, match=r"no\.png"):
        log_contrast(tmp_path / "no.png")


def test_what_is_kept_of_the_source():
    images = [photo(spread) for spread in (30, 40, 50)]
    found = contrast_of(images)
    values = [log_contrast(image) for image in images]
    assert found == pytest.approx({"mean": np.mean(values), "spread": np.std(values, ddof=1)})
    gone = Path("gone.png")
    assert contrast_of([*images, gone]) == pytest.approx(found), "left out"
    assert contrast_of([images[0], gone]) == {}
    assert contrast_of(images[:1]) == {}
    assert contrast_of([]) == {}


def test_photos_are_drawn_and_nothing_else_is():
    many = [np.full((2, 2, 3), i, np.uint8) for i in range(50)]
    drawn = [int(p[0, 0, 0]) for p in drawn_photos(Dataset(many, [str(i) for i in range(50)], "image"))]
    assert len(set(drawn)) == len(drawn) == 32
    assert drawn != sorted(drawn)
    assert len(drawn_photos(Dataset(many[:3], list("abc"), "image"))) == 3
    assert drawn_photos(Dataset(["x", "y"], ["a", "b"], "text")) == []


def test_a_stream_is_restored_where_it_is_far_below():
    known = {"mean": math.log(40), "spread": 0.2}
    misty, clear = [photo(6) for _ in range(FEWEST)], [photo(40) for _ in range(FEWEST)]
    factor = Restoring(known).factor(misty)
    assert factor == pytest.approx(40 / math.exp(np.mean([log_contrast(p) for p in misty])))
    assert Restoring(known).factor(clear) == 1.0
    assert Restoring(known).factor([photo(90) for _ in range(FEWEST)]) == 1.0, "it is never lowered"
    assert Restoring(known).factor([photo(33) for _ in range(FEWEST)]) == 1.0, "not far enough"
    slowly = Restoring(known)
    assert slowly.factor(misty[:-1]) == 1.0, "too few to say"
    assert slowly.factor(misty[-1:]) == pytest.approx(factor)
    before = [p.copy() for p in misty]
    restored = [stretched(p, factor) for p in misty]
    assert np.mean([log_contrast(p) for p in restored]) == pytest.approx(math.log(40), abs=0.05)
    for old, now in zip(before, misty, strict=True):
        np.testing.assert_array_equal(old, now)


@given(st.integers(0, 2**32 - 1), st.floats(1, 8))
def test_stretching_is_the_formula(seed, factor):
    pixels = np.random.default_rng(seed).integers(0, 256, (5, 4, 3), dtype=np.uint8)
    found = stretched(pixels, factor)
    for c in range(3):
        mean = pixels[..., c].mean()
        wanted = np.clip((pixels[..., c].astype(float) - mean) * factor + mean, 0, 255)
        assert np.abs(found[..., c] - wanted).max() <= 0.5 + 1e-6
    assert found.dtype == np.uint8
