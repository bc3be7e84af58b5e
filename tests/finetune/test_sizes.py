"""The size at which images are trained on."""

import numpy as np
import pytest
from PIL import Image
from small_tasks import photos

from graft.finetune import STRATEGIES, Tuning
from graft.finetune.sizes import suited_size


@pytest.mark.parametrize(("side", "wanted"), [(28, 64), (16, 32), (33, 96), (112, 224), (500, 224), (1, 32)])
def test_small_images_are_trained_on_at_twice_their_size(side, wanted):
    images = [Image.fromarray(np.zeros((side + 40, side, 3), np.uint8))] * 5
    assert suited_size(images, 224) == wanted
    assert suited_size([], 224) == 224


def test_the_new_backbone_says_its_size(eye):
    learn = photos(16)
    small = [image[:12, :12].copy() for image in learn.inputs]
    tuning = Tuning(eye, learn, photos(4, 1), STRATEGIES["head-only"], device="cpu")
    assert tuning.finish().backbone.card.input_size == 32
    import dataclasses

    from graft.backbones import at_size

    tuning = Tuning(at_size(eye, 64), dataclasses.replace(learn, inputs=small), photos(4, 1), STRATEGIES["lp-ft"])
    assert tuning.finish().backbone.card.input_size == 32
