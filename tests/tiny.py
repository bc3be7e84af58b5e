"""Tiny data that tests write themselves."""

from pathlib import Path

import numpy as np
from PIL import Image

COLOURS = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200)}


def write_photos(folder: Path, per_class: int, classes: tuple[str, ...] = ("red", "green"), seed: int = 0) -> Path:
    """Write noisy squares of a colour, one folder a class."""
    rng = np.random.default_rng(seed)
    for name in classes:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for i in range(per_class):
            noise = rng.integers(-30, 30, (24, 24, 3))
            pixels = np.clip(np.array(COLOURS[name]) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{i}.png")
    return folder


def tone(hertz: float, seconds: float = 0.3, rate: int = 8000, seed: int = 0) -> np.ndarray:
    """Give a tone of a wavering pitch with a little noise."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * rate)) / rate
    wave = np.sin(2 * np.pi * hertz * rng.uniform(0.97, 1.03) * time)
    return (0.3 * rng.uniform(0.7, 1.3) * wave + 0.01 * rng.standard_normal(len(time))).astype(np.float32)


def write_tones(folder: Path, per_class: int, classes: tuple[str, ...] = ("low", "high"), seed: int = 0) -> Path:
    """Write short tones, one folder a class, in several formats and rates."""
    import soundfile

    kinds = (("wav", 8000), ("flac", 16000), ("ogg", 22050), ("wav", 11025))
    for number, name in enumerate(classes):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for i in range(per_class):
            ending, rate = kinds[i % len(kinds)]
            wave = tone(300 * 3**number, 0.2 + 0.02 * (i % 5), rate, seed=1000 * seed + i)
            soundfile.write(folder / name / f"{i}.{ending}", wave, rate)
    return folder
