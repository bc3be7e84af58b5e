"""Data sets of a few samples that are easy to tell apart."""

import numpy as np

from graft.data.dataset import Dataset


def photos(count=24, seed=0):
    """Noisy images, darker or brighter by class."""
    random = np.random.default_rng(seed)
    y = np.arange(count) % 2
    images = random.integers(0, 120, (count, 32, 32, 3)) + 60 * y[:, None, None, None]
    return Dataset(list(images.astype(np.uint8)), [str(i) for i in range(count)], "image", y, ("dark", "bright"))


def reviews(count=24, seed=0):
    """Sentences of different lengths with one telling word."""
    random = np.random.default_rng(seed)
    y = np.arange(count) % 2
    texts = [f"the film was {'very ' * int(random.integers(1, 9))}{('bad', 'good')[k]} ." for k in y]
    return Dataset(texts, [str(i) for i in range(count)], "text", y, ("bad", "good"))
