"""Views: an affine map and colours against plain evaluations; which views suit which images; batches by number."""

import numpy as np
import torch

from graft.backbones.conv_net import plan
from graft.data.dataset import Dataset
from graft.pretraining.store import decoded
from graft.pretraining.view_batches import ViewBatches
from graft.pretraining.views import DRAWING, PHOTO, Views, moved_images, recoloured, view, views_for

STILL = Views(area=(1.0, 1.0), aspect=1.0, mirror=0.0, colour=0.0, grey=0.0)


def pictures(count: int = 6, side: int = 10) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, (count, side, side, 3), dtype=np.uint8))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_views_that_change_nothing_give_the_image_and_mirrored_ones_its_mirror() -> None:
    images = pictures()
    before = images.clone()
    assert torch.equal(view(images, 10, STILL, generator()), images)
    mirrored = Views(area=(1.0, 1.0), aspect=1.0, mirror=1.0, colour=0.0, grey=0.0)
    assert torch.equal(view(images, 10, mirrored, generator()), images.flip(2))
    assert torch.equal(images, before)


def test_a_quarter_of_the_area_is_half_of_each_side() -> None:
    ramp = torch.arange(16.0).repeat(16, 1)[None, :, :, None].repeat(1, 1, 1, 3)
    quarter = Views(area=(0.25, 0.25), aspect=1.0, mirror=0.0, colour=0.0, grey=0.0)
    found = moved_images(ramp, 8, quarter, generator(3))[0, 0, 0]
    np.testing.assert_allclose(np.diff(found), 1.0, atol=1e-4)
    assert 0 <= float(found[0]) <= float(found[-1]) <= 15


def test_a_turn_by_a_right_angle_is_a_rotation() -> None:
    images = pictures(1, 8)
    turned = Views(turn=90.0, area=(1.0, 1.0), aspect=1.0, mirror=0.0, colour=0.0, grey=0.0, shift=0.0)
    random = generator()
    random_ends = torch.Generator().manual_seed(0)
    torch.rand(1, generator=random_ends), torch.rand(1, generator=random_ends)
    angle = float(torch.rand(1, generator=random_ends) * 2 - 1) * 90
    found = moved_images(images, 8, turned, random)[0, 0].numpy()
    centre = np.array([3.5, 3.5])
    radians = np.deg2rad(angle)
    source = (
        centre
        + np.array([np.cos(radians), np.sin(radians)]) * 0.5
        + np.array([-np.sin(radians), np.cos(radians)]) * 0.5
    )
    x, y = source  # where the pixel right of and below the centre is taken from
    left, top = int(np.floor(x)), int(np.floor(y))
    plain, grey = 0.0, images[0, :, :, 0].numpy()
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        plain += (1 - abs(x - left - j)) * (1 - abs(y - top - i)) * float(grey[top + i, left + j])
    assert abs(float(found[4, 4]) - plain) < 1e-2


def test_colours_by_the_formula() -> None:
    images = pictures(3, 4).permute(0, 3, 1, 2).float()
    found = recoloured(images, Views(colour=0.3, grey=0.5), generator(7)).numpy()
    random = generator(7)
    b, c, s = ((1 + 0.3 * (2 * torch.rand(3, 1, 1, 1, generator=random) - 1)).numpy().ravel() for _ in range(3))
    dull = (torch.rand(3, 1, 1, 1, generator=random) < 0.5).numpy().ravel()
    weights = np.array([0.299, 0.587, 0.114])
    for i in range(3):
        x = np.clip(images[i].numpy() * b[i], 0, 255)
        level = np.tensordot(weights, x, 1).mean()
        x = np.clip(c[i] * x + (1 - c[i]) * level, 0, 255)
        strength = 0.0 if dull[i] else s[i]
        x = strength * x + (1 - strength) * np.tensordot(weights, x, 1)[None]
        np.testing.assert_allclose(found[i], x, atol=1e-2)


def test_drawings_are_told_from_photos_by_their_pixels() -> None:
    paper = np.full((5, 20, 20, 3), 250, np.uint8)
    paper[:, 5:15, 9:11] = 10
    assert views_for(paper) == DRAWING
    assert views_for(255 - paper) == DRAWING
    assert views_for(np.random.default_rng(0).integers(0, 255, (5, 20, 20, 3), dtype=np.uint8)) == PHOTO
    grey = np.repeat(np.random.default_rng(0).integers(0, 255, (5, 20, 20, 1), dtype=np.uint8), 3, axis=3)
    assert views_for(grey) == PHOTO
    red = paper.copy()
    red[..., 1:] //= 2
    assert views_for(red) == PHOTO


def batches(seed: int = 0) -> ViewBatches:
    arrays = list(np.random.default_rng(1).integers(0, 256, (10, 30, 30, 3), dtype=np.uint8))
    dataset = Dataset(arrays, [str(i) for i in range(10)], "image")
    store = decoded(dataset, plan("conv").card)
    return ViewBatches(store, 28, PHOTO, count=2, size=4, seed=seed, others=(torch.arange(10),))


def test_an_epoch_depends_on_its_number_alone_and_can_start_anywhere() -> None:
    made = batches()
    first = list(made.epoch(3))
    list(made.epoch(1))
    assert len(made) == len(first) == 3
    assert all(
        torch.equal(a, b)
        for x, y in zip(first[1:], made.epoch_from(3, 1), strict=True)
        for a, b in zip(x, y, strict=True)
    )
    assert not torch.equal(first[0][0], next(made.epoch(4))[0])
    assert not torch.equal(first[0][0], first[0][1])
    assert first[0][0].dtype == torch.uint8
    assert first[0][0].shape[1:] == (28, 28, 3)
    assert sorted(torch.cat([batch[2] for batch in first]).tolist()) == list(range(10))
    assert batches().mark == made.mark != batches(1).mark
