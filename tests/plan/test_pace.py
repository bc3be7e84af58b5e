"""What an epoch is expected to take follows the number of inputs and the size small images are trained at."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from graft.backbones import load
from graft.data.dataset import Dataset
from graft.finetune.moving import moving_share
from graft.finetune.strategies import STRATEGIES
from graft.plan import pace


def images(count: int, side: int) -> Dataset:
    pixels = np.random.default_rng(0).integers(0, 256, (count, side, side, 3), np.uint8)
    return Dataset([Image.fromarray(each) for each in pixels], [str(i) for i in range(count)], "image")


def test_an_epoch_is_three_passes_and_a_look(tiny_backbone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([10.0, 18.0, 10.0, 18.0])  # eight seconds for eight inputs
    monkeypatch.setattr(pace.time, "monotonic", lambda: next(ticks))
    backbone = load(str(tiny_backbone))
    assert backbone.card.input_size == 32
    share = moving_share(backbone.trainable(), STRATEGIES["last-blocks"])
    assert 0.2 < share < 0.5
    found = pace.seconds_an_epoch(backbone, images(40, 64), images(7, 64), ["lp-ft", "last-blocks"])
    assert found == pytest.approx([3 * 40 + 7, (1 - share + 3 * share) * 40 + 7])
    monkeypatch.setattr("graft.finetune.sizes.suited_size", lambda *_: 16)
    (found,) = pace.seconds_an_epoch(backbone, images(40, 8), images(7, 8), ["lp-ft"])
    assert found == pytest.approx((3 * 40 + 7) / 4)
