"""Every kind of image to 8-bit RGB the right way up."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from graft.data.images import decode, eight_bit
from graft.errors import DataError

GRADIENT = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5
COLOURS = np.stack([GRADIENT, GRADIENT[::-1], GRADIENT[:, ::-1]], axis=-1)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


def pixels(item, **options) -> np.ndarray:
    image = decode(item, **options)
    assert image.mode == "RGB"
    return np.asarray(image)


def grey(values: np.ndarray) -> np.ndarray:
    return np.repeat(values[:, :, None], 3, axis=2)


def sentence(item) -> str:
    with pytest.raises(DataError) as caught:
        decode(item)
    return str(caught.value)


def test_path_bytes_and_image_give_the_same(tmp_path):
    data = encoded(Image.fromarray(COLOURS), "PNG")
    path = tmp_path / "Ä b.PnG"
    path.write_bytes(data)
    for item in (path, data, bytearray(data), Image.open(path), COLOURS):
        assert np.array_equal(pixels(item), COLOURS)


@pytest.mark.parametrize("turn", range(1, 9))
def test_exif_rotation_is_applied(turn):
    upright = Image.fromarray(COLOURS)
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = upright.transpose(Image.Transpose(undo[turn])) if turn > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = turn
    assert np.array_equal(pixels(encoded(stored, "PNG", exif=exif)), COLOURS)


def test_broken_exif_says_nothing():
    data = encoded(Image.fromarray(COLOURS), "JPEG", exif=b"Exif\0\0broken", quality=95)
    assert pixels(data).shape == (6, 8, 3)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_alpha_lies_on_white(mode):
    image = Image.fromarray(np.zeros((2, 2), np.uint8)).convert({"RGBA": "RGB", "LA": "L", "PA": "P"}[mode])
    image.putalpha(Image.fromarray(np.array([[0, 255], [51, 255]], np.uint8)))
    assert image.mode == mode
    assert pixels(image)[:, :, 0].tolist() == [[255, 0], [204, 0]]


def test_palette_with_a_transparent_colour():
    image = Image.fromarray(np.array([[0, 1], [1, 0]], np.uint8), mode=None).convert("P")
    image.putpalette([255, 0, 0, 0, 0, 255])
    assert pixels(encoded(image, "PNG"))[0].tolist() == [[255, 0, 0], [0, 0, 255]]
    assert pixels(encoded(image, "PNG", transparency=0))[0].tolist() == [[255, 255, 255], [0, 0, 255]]


def test_grey_one_bit_and_cmyk():
    assert np.array_equal(pixels(encoded(Image.fromarray(GRADIENT), "PNG")), grey(GRADIENT))
    bits = GRADIENT > 100
    assert np.array_equal(pixels(encoded(Image.fromarray(bits), "PNG")), grey(bits.astype(np.uint8) * 255))
    cmyk = Image.new("CMYK", (3, 2), (0, 255, 255, 0))
    assert pixels(encoded(cmyk, "TIFF"))[0, 0].tolist() == [255, 0, 0]
    near = pixels(encoded(cmyk, "JPEG"))[0, 0].astype(int)
    assert np.abs(near - [255, 0, 0]).max() < 8


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(kind):
    deep = np.linspace(0, 65535, 48).astype(np.uint16).reshape(6, 8)
    assert np.array_equal(pixels(encoded(Image.fromarray(deep), kind)), grey(np.rint(deep / 257).astype(np.uint8)))
    twelve = np.linspace(0, 4095, 48).astype(np.uint16).reshape(6, 8)
    expected = np.rint(twelve * (255 / 4095)).astype(np.uint8)
    assert np.array_equal(pixels(encoded(Image.fromarray(twelve), kind)), grey(expected))


def test_thirty_two_bits():
    whole = np.array([[-1000, 0], [1000, 3000]], np.int32)
    assert pixels(encoded(Image.fromarray(whole), "TIFF"))[:, :, 0].tolist() == [[0, 64], [128, 255]]
    parts = np.array([[0.0, 0.25], [0.5, 1.0]], np.float32)
    assert pixels(encoded(Image.fromarray(parts), "TIFF"))[:, :, 0].tolist() == [[0, 64], [128, 255]]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_of_an_animation(kind):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ((255, 0, 0), (0, 255, 0))]
    data = encoded(
        frames[0], kind, save_all=True, append_images=frames[1:], **({"lossless": True} if kind == "WEBP" else {})
    )
    assert pixels(data)[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (GRADIENT, grey(GRADIENT)),
        (GRADIENT[:, :, None], grey(GRADIENT)),
        (COLOURS, COLOURS),
        (np.dstack([COLOURS, np.full((6, 8), 255, np.uint8)]), COLOURS),
        (np.moveaxis(COLOURS, 2, 0), COLOURS),
        (GRADIENT[None], grey(GRADIENT)),
        (COLOURS / 255.0, COLOURS),
        (COLOURS.astype(np.float32), COLOURS),
        (COLOURS.astype(np.int64), COLOURS),
        (COLOURS.astype(np.uint16) * 257, COLOURS),
        (GRADIENT > 100, grey((GRADIENT > 100).astype(np.uint8) * 255)),
    ],
)
def test_arrays(array, expected):
    before = array.copy()
    assert np.array_equal(pixels(array), expected)
    assert np.array_equal(array, before)


def test_values_that_are_not_finite_do_not_spoil_the_rest():
    assert eight_bit(np.array([[np.nan, 0.0], [np.inf, 1.0]])).tolist() == [[0, 0], [0, 255]]


def test_an_image_handed_in_is_left_as_it_is():
    image = Image.fromarray(COLOURS)
    out = decode(image)
    out.putpixel((0, 0), (1, 2, 3))
    assert np.array_equal(np.asarray(image), COLOURS)
    layered = Image.fromarray(COLOURS).convert("RGBA")
    decode(layered)
    assert layered.mode == "RGBA"


@pytest.mark.parametrize(("at_least", "size"), [(None, (400, 240)), (240, (400, 240)), (121, (400, 240)),
                                                (120, (200, 120)), (50, (100, 60)), (1, (50, 30))])  # fmt: skip
def test_a_large_jpeg_is_decoded_small_but_not_too_small(at_least, size):
    data = encoded(Image.new("RGB", (400, 240), (10, 200, 30)), "JPEG")
    assert decode(data, at_least=at_least).size == size
    assert decode(encoded(Image.new("L", (400, 240)), "PNG"), at_least=10).size == (400, 240)


@pytest.mark.parametrize("width", [331, 500, 1023, 4000])
@pytest.mark.parametrize("height", [256, 333, 2047])
def test_the_short_side_stays_long_enough(width, height):
    image = decode(encoded(Image.new("L", (width, height)), "JPEG"), at_least=100)
    assert min(image.size) >= 100


def test_sentences(tmp_path, monkeypatch):
    good = encoded(Image.effect_noise((64, 64), 50), "JPEG")
    (tmp_path / "cut.jpg").write_bytes(good[: len(good) // 2])
    assert "cut.jpg is cut short" in sentence(tmp_path / "cut.jpg")
    (tmp_path / "empty.png").write_bytes(b"")
    assert "empty.png" in sentence(tmp_path / "empty.png")
    assert "no bytes" in sentence(b"")
    assert "no known format" in sentence(b"hello, I am a text")
    assert "does not exist" in sentence(tmp_path / "gone.png")
    assert "cannot be decoded" in sentence(tmp_path)
    assert "int is not a path" in sentence(3)
    assert "str is not a path" in sentence("photo.jpg")
    assert "(2, 3, 5)" in sentence(np.zeros((2, 3, 5)))
    assert "(0, 4)" in sentence(np.zeros((0, 4)))
    assert "is no image" in sentence(np.array([["a", "b"]]))
    assert "no finite value" in sentence(np.full((2, 2), np.nan))
    png = encoded(Image.fromarray(COLOURS), "PNG")
    assert "cut short" in sentence(png[:-30]) or "cannot be decoded" in sentence(png[:-30])
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert "more pixels than is safe" in sentence(png)


@pytest.mark.real
def test_real_photos_decode(real):
    folder: Path = real("images/hymenoptera")
    for path in sorted(folder.rglob("*.jpg"))[:20]:
        assert min(decode(path, at_least=200).size) >= 200 or min(decode(path).size) < 200
