"""Preprocessing: the same pixels as resizing everything and cutting out the centre, for any size of image."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from graft.backbones.base import Card
from graft.backbones.pixels import check_card, pixels
from graft.errors import BackboneError

CARD = Card("c", "image", "s", "l", 1, 8, input_size=32, mean=(0.5,) * 3, std=(0.5,) * 3, interpolation="bicubic",
            crop=0.875)  # fmt: skip


def plainly(image: Image.Image, size: int, crop: float, filtering: int) -> np.ndarray:
    short = int(size / crop)
    width, height = image.size
    wide, high = (short, int(short * height / width)) if width <= height else (int(short * width / height), short)
    left, top = round((wide - size) / 2), round((high - size) / 2)
    return np.asarray(image.resize((wide, high), filtering).crop((left, top, left + size, top + size)))


def smooth(width: int, height: int, seed: int) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


@given(st.integers(1, 90), st.integers(1, 90), st.sampled_from([0.875, 0.95, 1.0]), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_only_the_centre_is_computed_and_it_is_the_same(width, height, crop, seed):
    image = smooth(width, height, seed)
    for name in ("bicubic", "bilinear"):
        card = dataclasses.replace(CARD, crop=crop, interpolation=name)
        expected = plainly(image, 32, crop, Image.Resampling[name.upper()])
        difference = np.abs(pixels(image, card, scaled=False).astype(int) - expected)
        assert difference.max() <= 2  # Pillow may take the two directions in another order, and rounds between them
        assert difference.mean() < 0.3


def test_it_is_what_torchvision_does():
    from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Resize

    image = smooth(101, 77, 0)
    reference = Compose([Resize(36, InterpolationMode.BICUBIC), CenterCrop(32)])
    difference = np.abs(pixels(image, CARD, scaled=False).astype(int) - np.asarray(reference(image)))
    assert difference.max() <= 1
    assert difference.mean() < 0.1


def test_an_image_a_thousand_times_longer_than_high_is_no_trouble():
    assert (
        pixels(Image.new("RGB", (20000, 4), (9, 8, 7)), CARD, scaled=False).reshape(-1, 3).tolist()
        == [[9, 8, 7]] * 1024
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"interpolation": "bicubik"}, "Did you mean 'bicubic'"),
        ({"input_size": 0}, "no colour images of one fixed size"),
        ({"crop": 1.5}, "no colour images of one fixed size"),
        ({"mean": (0.5,)}, "no colour images of one fixed size"),
    ],
)
def test_a_card_that_cannot_be_followed_is_refused(change, said):
    with pytest.raises(BackboneError, match=said):
        check_card(dataclasses.replace(CARD, **change))
