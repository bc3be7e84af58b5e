"""Every augmentation, evaluated a second time plainly."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn.functional import cross_entropy

from graft.errors import DataError
from graft.train.augment import (
    Augment,
    colour_jitter,
    flip,
    in_turn,
    rand_augment,
    random_resized_crop,
    token_dropout,
)
from graft.train.augment.crop import window
from graft.train.augment.cutmix import cutmix
from graft.train.augment.mixing import Mix, one_of
from graft.train.augment.mixup import mixup
from graft.train.augment.rand_augment import FILL, OPERATIONS

PHOTO = np.random.default_rng(0).integers(0, 256, (20, 24, 3), dtype=np.uint8)
IMAGES = {
    "crop": random_resized_crop(),
    "flip": flip(),
    "colour": colour_jitter(),
    "rand": rand_augment(3, 9),
}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("augment", IMAGES.values(), ids=IMAGES)
def test_images_change_by_the_generator_alone_and_stay_as_they_were_for_the_caller(augment: Augment) -> None:
    before = PHOTO.copy()
    found = [augment(PHOTO, rng(seed)) for seed in range(12)]
    assert np.array_equal(PHOTO, before)
    assert all(np.array_equal(image, augment(PHOTO, rng(seed))) for seed, image in enumerate(found))
    assert len({image.tobytes() for image in found}) > 1
    assert {image.dtype for image in found} == {np.dtype(np.uint8)}
    assert len({image.shape for image in found}) == 1


def test_a_flip_mirrors_half_of_the_time() -> None:
    assert np.array_equal(flip(1.0)(PHOTO, rng()), PHOTO[:, ::-1])
    assert np.array_equal(flip(0.0)(PHOTO, rng()), PHOTO)
    random = rng()
    count = sum(not np.array_equal(flip()(PHOTO, random), PHOTO) for _ in range(400))
    assert 160 < count < 240


def test_a_crop_is_a_window_resized() -> None:
    area, aspect = (0.3, 0.9), (0.75, 4 / 3)
    found = random_resized_crop(10, area, aspect)(PHOTO, rng(5))
    left, top, width, height = window(24, 20, area, aspect, rng(5))
    plain = (
        Image.fromarray(PHOTO).crop((left, top, left + width, top + height)).resize((10, 10), Image.Resampling.BILINEAR)
    )
    assert np.array_equal(found, np.asarray(plain))


def test_windows_have_areas_and_ratios_within_bounds_and_lie_inside() -> None:
    random = rng()
    for _ in range(300):
        left, top, width, height = window(200, 160, (0.2, 0.8), (0.5, 2.0), random)
        assert 0.19 < width * height / 32000 < 0.81
        assert 0.49 < width / height < 2.05
        assert left >= 0
        assert top >= 0
        assert left + width <= 200
        assert top + height <= 160
    assert window(10, 200, (1.0, 1.0), (1.0, 1.0), random) == (0, 0, 10, 200)


def test_colours_are_blended_as_the_formula_says() -> None:
    found = colour_jitter(0.3, 0.5, 0.7)(PHOTO, rng(2))
    random = rng(2)
    b, c, s = (random.uniform(1 - x, 1 + x) for x in (0.3, 0.5, 0.7))
    grey = lambda v: v @ np.array([0.299, 0.587, 0.114])  # noqa: E731
    step = lambda v: np.rint(np.clip(v, 0, 255))  # noqa: E731
    values = step(b * PHOTO.astype(float))
    values = step(c * values + (1 - c) * grey(values).mean())
    values = step(s * values + (1 - s) * grey(values)[..., None])
    assert np.abs(found.astype(int) - values).max() <= 1
    assert (found == values).mean() > 0.99
    assert np.array_equal(colour_jitter(0, 0, 0)(PHOTO, rng()), PHOTO)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_keeps_the_shape_and_does_nothing_at_no_strength(name: str) -> None:
    image = Image.fromarray(PHOTO)
    for strength in (-1.0, 1.0, 0.5):
        assert OPERATIONS[name](image, strength).size == image.size
    if name not in {"autocontrast", "equalize"}:
        assert np.array_equal(np.asarray(OPERATIONS[name](image, 0.0)), PHOTO)


def test_operations_do_what_they_are_called() -> None:
    image = Image.fromarray(PHOTO)
    run: Callable[[str, float], np.ndarray] = lambda name, strength: np.asarray(OPERATIONS[name](image, strength))  # noqa: E731
    shift = round(0.45 * 24 / 2.7)  # 4 pixels
    moved = run("translate x", shift / (0.45 * 24))
    assert np.array_equal(moved[:, :-shift], PHOTO[:, shift:])
    assert (moved[:, -shift + 1 :] == FILL).all()
    assert np.array_equal(run("translate y", -2 / (0.45 * 20))[2:], PHOTO[:-2])
    assert np.array_equal(run("posterize", -1.0), PHOTO & 0xF0)
    assert np.array_equal(run("solarize", 0.5), np.where(PHOTO >= 128, 255 - PHOTO, PHOTO))
    darker = np.clip(0.1 * PHOTO.astype(float), 0, 255)
    assert np.abs(run("brightness", -1.0) - darker).max() <= 1
    square = Image.fromarray(PHOTO[:20, :20])
    turned = np.asarray(OPERATIONS["rotate"](square, 3.0))
    expected = np.rot90(PHOTO[:20, :20], -1)[1:-1, 1:-1].astype(int)
    assert np.abs(turned[1:-1, 1:-1] - expected).max() <= 1


def test_rand_augment_applies_that_many_operations_from_the_list() -> None:
    assert np.array_equal(rand_augment(0)(PHOTO, rng()), PHOTO)
    found, random = rand_augment(2, 7)(PHOTO, rng(4)), rng(4)
    image = Image.fromarray(PHOTO)
    for _ in range(2):
        name = list(OPERATIONS)[random.integers(len(OPERATIONS))]
        image = OPERATIONS[name](image, (1 if random.random() < 0.5 else -1) * 0.7)
    assert np.array_equal(found, np.asarray(image))


def test_augmentations_in_turn_share_one_stream() -> None:
    random = rng(3)
    expected = flip()(random_resized_crop()(PHOTO, random), random)
    assert np.array_equal(in_turn([random_resized_crop(), flip()])(PHOTO, rng(3)), expected)


def test_tokens_are_left_out_or_covered_but_never_the_ends_nor_all() -> None:
    ids = np.arange(100, 160, dtype=np.int32)
    kept, covered = token_dropout(0.3)(ids, rng(1)), token_dropout(0.3, mask=7)(ids, rng(1))
    gone = rng(1).random(58) < 0.3
    assert np.array_equal(kept, np.concatenate([[100], ids[1:-1][~gone], [159]]))
    assert np.array_equal(covered, np.concatenate([[100], np.where(gone, 7, ids[1:-1]), [159]]))
    assert covered.dtype == kept.dtype == np.int32
    for length in range(5):
        short = np.arange(length, dtype=np.int32)
        found = token_dropout(0.999)(short, rng())
        assert len(found) == min(length, 3)
        assert set(found[[0, -1]] if length else []) == set(short[[0, -1]] if length else [])


def batch_of(pixels: torch.Tensor) -> tuple[torch.Tensor, ...]:
    return pixels, torch.tensor([0, 2, 1, 2]), torch.tensor([1.0, 0.5, 2.0, 0.0])


def test_mixup_lays_images_over_one_another() -> None:
    images = torch.from_numpy(np.stack([PHOTO, PHOTO[::-1], PHOTO[:, ::-1], 255 - PHOTO]))
    mixed, y, w = mixup(3, 0.4)(batch_of(images), rng(1))
    random = rng(1)
    share, partner = random.beta(0.4, 0.4), random.permutation(4)
    values = images.numpy().astype(float)
    assert np.abs(mixed.numpy() - (share * values + (1 - share) * values[partner])).max() <= 0.51
    assert mixed.dtype == torch.uint8
    weights, onehot = np.array([1.0, 0.5, 2.0, 0.0]), np.eye(3)[[0, 2, 1, 2]]
    assert np.allclose(w.numpy(), share * weights + (1 - share) * weights[partner], atol=1e-6)
    assert np.allclose(y.numpy().sum(1), 1)
    logits = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    one = cross_entropy(logits, torch.from_numpy(onehot), reduction="none").numpy() * weights
    other = cross_entropy(logits, torch.from_numpy(onehot[partner]), reduction="none").numpy() * weights[partner]
    loss = (cross_entropy(logits, y, reduction="none") * w).numpy()
    assert np.allclose(loss, share * one + (1 - share) * other, atol=1e-5)


def test_mixup_of_numbers_mixes_the_numbers() -> None:
    x, y = torch.arange(4.0)[:, None], torch.tensor([1.0, 2.0, 3.0, 5.0])
    mixed, targets, _ = mixup(0)((x, y, torch.ones(4)), rng(1))
    random = rng(1)
    share, partner = random.beta(0.2, 0.2), random.permutation(4)
    assert np.allclose(mixed[:, 0], share * np.arange(4) + (1 - share) * np.arange(4)[partner], atol=1e-6)
    assert np.allclose(targets, share * y.numpy() + (1 - share) * y.numpy()[partner], atol=1e-6)


def test_cutmix_replaces_a_window_and_mixes_targets_by_its_area() -> None:
    images = torch.stack([torch.full((8, 10, 3), i, dtype=torch.uint8) for i in range(4)])
    for seed in range(20):
        mixed, y, _ = cutmix(4)((images, torch.arange(4), torch.ones(4)), rng(seed))
        for i in range(4):
            shares = torch.bincount(mixed[i].flatten().long(), minlength=4) / 240
            assert torch.allclose(y[i], shares, atol=1e-6)
    assert all((images[i] == i).all() for i in range(4))
    assert math.isclose(float(y.sum()), 4, rel_tol=1e-6)


def test_one_of_several_mixes_is_drawn() -> None:
    def marked(value: float) -> Mix:
        return lambda batch, random: (*batch[:-1], torch.tensor(value))

    drawn = {float(one_of([marked(1.0), marked(2.0)])((torch.zeros(1),) * 3, rng(seed))[-1]) for seed in range(20)}
    assert drawn == {1.0, 2.0}


def test_strengths_out_of_range_are_refused() -> None:
    with pytest.raises(DataError, match=r"within 0..1"):
        colour_jitter(1.5)
    with pytest.raises(DataError, match=r"within 0..10, not 11"):
        rand_augment(2, 11)
