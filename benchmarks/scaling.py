"""Time against N, from 1,000 to 100,000 samples and beyond: extraction of cheap inputs, every head, and the scores.

`scaling.py [MOST]` (200000 unless given). Prints, for each stage, processor and wall seconds at each N, the straight
line through the processor seconds with the share of their variance it explains, and the exponent of N between the
last two sizes (1: in proportion; below 1: a constant part still shows). Features are made, not real.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from common import say, straight
from numpy.typing import NDArray

from graft.backbones.base import Backbone, Card
from graft.data.dataset import Dataset
from graft.evaluation.scores import score_classification
from graft.extract import Cache, embed
from graft.heads import make

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
WIDTH, CLASSES = 64, 10
NAMES = tuple(f"class {number}" for number in range(CLASSES))
HEADS = ("nearest-mean", "lda", "ridge", "logistic", "nearest-neighbours", "network")


class Letters(Backbone):
    """Counts the letters of a text: as good as free, so that what is measured is everything around it."""

    card = Card("letters", "text", "made", "none", 1, WIDTH)
    fingerprint = "5ca1ab1e" * 4

    def prepare(self, item: Any) -> Any:
        """Give the text's bytes."""
        return np.frombuffer(item.encode("ascii"), np.uint8) % WIDTH

    def embed(self, batch: Any) -> NDArray[np.float32]:
        """Give the counts."""
        return np.stack([np.bincount(row, minlength=WIDTH) for row in batch]).astype(np.float32)


def texts(count: int) -> Dataset:
    """Give texts, all different."""
    items = [f"review {number} of a film {number * 7919 % 1_000_003}" for number in range(count)]
    return Dataset(items, [str(number) for number in range(count)], "text")


def samples(count: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Give features around the means of overlapping classes."""
    random = np.random.default_rng(0)
    means = 0.4 * random.standard_normal((CLASSES, WIDTH), dtype=np.float32)
    y = random.integers(0, CLASSES, count)
    return means[y] + random.standard_normal((count, WIDTH), dtype=np.float32), y


def extraction(count: int, folder: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Give the two passes: with an empty cache and with a full one."""
    dataset, cache = texts(count), Cache(folder / str(count))
    run = partial(embed, dataset, Letters(), cache=cache, show_progress=False)
    yield "extract, new", run
    yield "extract, kept", run


def fitting(count: int, name: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Give the fit of a head, and its prediction of 1,000 samples."""
    X, y = samples(count + 1_000)
    head: Any = make(name)
    yield f"fit {name}", partial(head.fit, X[:count], y[:count])
    yield f"predict 1000 by {name}", partial(head.predict_proba, X[count:])


def scoring(count: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Give the scores with their intervals."""
    _, y = samples(count)
    p = np.random.default_rng(1).dirichlet(np.ones(CLASSES), count)
    p[np.arange(count), y] += 0.5
    yield "score", partial(score_classification, y, p / p.sum(axis=1, keepdims=True), NAMES)


def main() -> None:
    """Time each stage at each size."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    sizes = [size for size in SIZES if size < most] + [most]
    figures: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in (sizes[0], *sizes):  # the first size twice: its first time is the imports'
            stages = [extraction(size, Path(folder) / str(len(figures))), scoring(size)]
            for stage in stages + [fitting(size, name) for name in HEADS]:
                for name, work in stage:
                    wall, processor = time.perf_counter(), time.process_time()
                    work()
                    figures.setdefault(name, []).append((time.process_time() - processor, time.perf_counter() - wall))
    for name, pairs in figures.items():
        used, took = (np.array(column) for column in zip(*pairs[1:], strict=True))
        exponent = np.log(used[-1] / used[-2]) / np.log(sizes[-1] / sizes[-2])
        say(
            data="scaling", stage=name, sizes=sizes, processor_seconds=used.round(3).tolist(),
            seconds=took.round(3).tolist(), exponent=round(float(exponent), 2), **straight(sizes, used),
        )  # fmt: skip


if __name__ == "__main__":
    main()
