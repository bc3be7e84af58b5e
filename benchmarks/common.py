"""What the benchmarks share: where the real data lies, folds as test sets, and one JSON line at the end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import graft
from graft.data.content import KEY_BYTES, content_key
from graft.data.dataset import Dataset
from graft.data.splits import folds, tied

DATA = Path(__file__).parents[2] / "shared" / "data"


def need(folder: str) -> Path:
    """Give a folder or file of the shared data, or end with a sentence where it is missing."""
    place = DATA / folder
    if not place.exists():
        sys.exit(f"{place} is missing: this benchmark needs it.")
    return place


def say(**figures: Any) -> None:
    """Print one JSON line."""
    print(json.dumps(figures, ensure_ascii=False), flush=True)


def cross_fit(dataset: Dataset, n: int = 5, seed: int = 0, budget: str = "2m") -> Iterator[graft.Model]:
    """Fit on all folds but one and score on that one, for each fold; nothing is chosen on the fold that is scored."""
    keys = np.frombuffer(b"".join(content_key(item) for item in dataset.inputs), np.uint8).reshape(-1, KEY_BYTES)
    assert dataset.targets is not None
    fold = folds(dataset.targets, tied(dataset.groups, keys), n, seed, stratify=True)
    for i in range(n):
        yield graft.fit(dataset.where(fold != i), test=dataset.where(fold == i), budget=budget, seed=seed)
