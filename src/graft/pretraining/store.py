"""Images decoded once: small pixels in a file without a name, that epochs of views are made from."""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graft.backbones.base import Card
from graft.backbones.pixels import pixels
from graft.backbones.runtime import usable_cores
from graft.data.checks import check_skipped, too_few_left
from graft.data.dataset import Dataset, Skipped
from graft.errors import DataError
from graft.progress import progress

ROOM = 9 / 7
SAMPLE = 256
CHUNK = 1024


@dataclass(frozen=True, eq=False)
class Store:
    """The (N, T, T, 3) `pixels` of the N images of `dataset` that could be read, mapped from disk."""

    pixels: NDArray[np.uint8]
    dataset: Dataset
    skipped: tuple[Skipped, ...]

    @property
    def mark(self) -> str:
        """What tells this store from another: the number of its images and a hash of up to 256 of them."""
        step = max(1, len(self.pixels) // SAMPLE)
        return f"{len(self.pixels)} images {hashlib.sha256(self.pixels[::step].tobytes()).hexdigest()[:16]}"


def decoded(dataset: Dataset, card: Card, max_skipped: float = 0.05) -> Store:
    """Decode every image once, at 9/7 of the size the network reads, so that views can be cut out and turned.

    Raises DataError when more than the share `max_skipped` cannot be read, or none can.
    """
    larger = dataclasses.replace(card, input_size=round(card.input_size * ROOM), crop=1.0)
    side, total = larger.input_size, len(dataset)
    if not total:
        raise DataError("There is no image to learn from.")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the mapping keeps it open, and with the mapping it goes
    array = np.memmap(file, np.uint8, "w+", shape=(total, side, side, 3))
    reasons: dict[int, str] = {}

    def one(index: int) -> None:
        """Decode one image into its place, or note why not."""
        try:
            array[index] = pixels(dataset.inputs[index], larger, scaled=True)
        except DataError as error:
            reasons[index] = str(error)

    with progress("Decoding", total) as step, ThreadPoolExecutor(usable_cores()) as pool:
        for start in range(0, total, CHUNK):
            for _ in pool.map(one, range(start, min(start + CHUNK, total))):
                step()
    return _kept(array, dataset, reasons, max_skipped)


def _kept(array: NDArray[np.uint8], dataset: Dataset, reasons: dict[int, str], max_skipped: float) -> Store:
    skipped = tuple(Skipped(str(dataset.names[index]), reasons[index]) for index in sorted(reasons))
    if len(skipped) == len(dataset):
        raise too_few_left(len(dataset), skipped)
    check_skipped(skipped, len(dataset), max_skipped)
    if not skipped:
        return Store(array, dataset, ())
    good = np.array([index for index in range(len(dataset)) if index not in reasons], dtype=np.int64)
    for place, index in enumerate(good):
        array[place] = array[index]
    return Store(array[: len(good)], dataset.take(good), skipped)
