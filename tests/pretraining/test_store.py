"""Decoding once: what the store holds, what is left out, and when too much is."""

import numpy as np
import pytest

from graft.backbones.conv_net import plan
from graft.data.dataset import Dataset
from graft.errors import DataError
from graft.pretraining.store import decoded

CARD = plan("conv").card


def dataset(count: int, broken: tuple[int, ...] = ()) -> Dataset:
    level = [np.full((40, 40, 3), 10 * i, np.uint8) for i in range(count)]
    return Dataset(
        [b"no image" if i in broken else level[i] for i in range(count)], [f"{i}.png" for i in range(count)], "image"
    )


def test_images_that_cannot_be_read_are_left_out_and_named() -> None:
    store = decoded(dataset(8, broken=(0, 3)), CARD, max_skipped=0.3)
    assert store.pixels.shape == (6, 36, 36, 3)
    assert store.pixels[:, 0, 0, 0].tolist() == [10, 20, 40, 50, 60, 70]
    assert list(store.dataset.names) == ["1.png", "2.png", "4.png", "5.png", "6.png", "7.png"]
    assert [skip.name for skip in store.skipped] == ["0.png", "3.png"]
    assert "no image that can be read" in store.skipped[0].reason


def test_too_many_and_none_are_refused() -> None:
    with pytest.raises(DataError, match=r"2 of 8 inputs cannot be used \(25%, more than 5%\): 0\.png"):
        decoded(dataset(8, broken=(0, 3)), CARD)
    with pytest.raises(DataError, match="None of the 2 inputs can be used"):
        decoded(dataset(2, broken=(0, 1)), CARD)
    with pytest.raises(DataError, match="no image to learn from"):
        decoded(dataset(0), CARD)
