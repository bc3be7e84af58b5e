"""A tiny network, and drawings of many classes to draw tasks from."""

import dataclasses
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from graft.backbones import conv_net
from graft.backbones.base import Backbone
from graft.backbones.catalogue import build
from graft.backbones.random_weights import with_random_weights
from graft.meta.pool import Pool
from graft.meta.tail import Tail

SIDE = 8


def tiny_backbone(width: int = 6) -> Backbone:
    base, config = conv_net.plan("conv"), {"blocks": 2, "width": width, "channels": 1, "pooling": "flat"}
    card = dataclasses.replace(base.card, input_size=SIDE, dim=4 * width)
    plan = with_random_weights(dataclasses.replace(base, card=card, config=config), "random/tiny")
    return build(plan, "cpu", False, "torch")


def tiny_tail(parts: int = 0) -> Tail:
    return Tail(tiny_backbone().trainable(), parts)


def random_pool(classes: int = 8, each: int = 9, seed: int = 0) -> Pool:
    """Every class is a pattern, its samples are the pattern with noise."""
    random = np.random.default_rng(seed)
    patterns = random.integers(0, 2, (classes, 1, SIDE, SIDE, 1)) * 160 + 40
    pixels = patterns + random.normal(0, 25, (classes, each, SIDE, SIDE, 1))
    pixels = np.broadcast_to(pixels, (classes, each, SIDE, SIDE, 3)).reshape(-1, SIDE, SIDE, 3)
    return Pool((torch.from_numpy(pixels.clip(0, 255).astype(np.uint8)),), np.repeat(np.arange(classes), each))


def write_alphabets(folder: Path, alphabets: int = 3, characters: int = 4, drawers: int = 8) -> Path:
    """Write alphabet/character/drawer.png, a pattern for each character with a few pixels changed by each drawer."""
    random = np.random.default_rng(1)
    for alphabet in range(alphabets):
        for character in range(characters):
            place = folder / f"alphabet{alphabet}" / f"character{character}"
            place.mkdir(parents=True)
            pattern = random.integers(0, 2, (SIDE, SIDE))
            for drawer in range(drawers):
                changed = pattern ^ (random.random((SIDE, SIDE)) < 0.05)
                Image.fromarray((changed * 255).astype(np.uint8)).save(place / f"{drawer}.png")
    return folder
