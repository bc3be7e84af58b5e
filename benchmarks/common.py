"""What the benchmarks share: where the real data lies, folds as test sets, and one JSON line at the end."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
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


def measured(command: Sequence[str], env: Mapping[str, str] | None = None) -> tuple[float, float]:
    """Give the wall and the processor seconds of a process, from its start to its end; its output is not shown."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=env, check=True, capture_output=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def straight(sizes: Sequence[int], seconds: Any) -> dict[str, float]:
    """Give the straight line of seconds against N by least squares, and the share of their variance it explains."""
    measured = np.array(seconds)
    slope, start = np.polyfit(sizes, measured, 1)
    left = np.square(measured - start - slope * np.array(sizes)).sum() / np.square(measured - measured.mean()).sum()
    return {
        "microseconds_per_row": round(1e6 * float(slope), 2),
        "seconds_at_zero": round(float(start), 3),
        "r_squared": round(float(1 - left), 4),
    }


def cross_fit(dataset: Dataset, n: int = 5, seed: int = 0, budget: str = "2m") -> Iterator[graft.Model]:
    """Fit on all folds but one and score on that one, for each fold; nothing is chosen on the fold that is scored."""
    keys = np.frombuffer(b"".join(content_key(item) for item in dataset.inputs), np.uint8).reshape(-1, KEY_BYTES)
    assert dataset.targets is not None
    fold = folds(dataset.targets, tied(dataset.groups, keys), n, seed, stratify=True)
    for i in range(n):
        yield graft.fit(dataset.where(fold != i), test=dataset.where(fold == i), budget=budget, seed=seed)
