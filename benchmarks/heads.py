"""Heads at scale: time against N up to 1,000,000 x 384 features of 100 classes on disk, beside scikit-learn's solvers.

`heads.py [ROWS] [RIVAL_ROWS]` (1000000 and 20000 unless given). Features are made, not real: Gaussian classes whose
columns are correlated. The rivals get the penalty that graft chose, standardized features in memory, and RIVAL_ROWS
rows; their time for ROWS is that times ROWS / RIVAL_ROWS and is called extrapolated.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from common import say, straight
from numpy.typing import NDArray

from graft.heads import make

WIDTH, CLASSES, TEST = 384, 100, 10_000
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000)
RIVALS: dict[str, dict[str, Any]] = {
    "lbfgs": {"max_iter": 1000},
    "newton-cg": {"max_iter": 1000},
    "saga": {"max_iter": 20},
}


def write_features(folder: Path, rows: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Write (rows, WIDTH) float32 features in blocks and give them as a memory map, with their classes."""
    random = np.random.default_rng(0)
    turn = np.linalg.qr(random.normal(size=(WIDTH, WIDTH)))[0].astype(np.float32)
    scale = (1 / np.sqrt(np.arange(1, WIDTH + 1))).astype(np.float32)
    means = 0.12 * random.standard_normal((CLASSES, WIDTH), dtype=np.float32)
    y = random.integers(0, CLASSES, rows)
    values = np.lib.format.open_memmap(folder / "x.npy", "w+", np.float32, (rows, WIDTH))
    for start in range(0, rows, 50_000):
        part = slice(start, min(start + 50_000, rows))
        noise = random.standard_normal((part.stop - start, WIDTH), dtype=np.float32)
        values[part] = (noise + means[y[part]]) * scale @ turn + 0.1
    values.flush()
    return np.load(folder / "x.npy", mmap_mode="r"), y


def own_megabytes() -> float:
    """Give the resident memory that is this process's own (pages of the file on disk are not), or nan off Linux."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon")), float("nan"))


def timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Run it; give its result, its wall and processor seconds, and the most of its own memory seen meanwhile."""
    done, seen, before = threading.Event(), [own_megabytes()], own_megabytes()

    def watch() -> None:
        while not done.wait(0.05):
            seen.append(own_megabytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    figures = {
        "seconds": round(time.perf_counter() - wall, 2),
        "processor_seconds": round(time.process_time() - processor, 2),
        "peak_mb": round(max(seen) - before),
    }
    done.set()
    watcher.join()
    return result, figures


def mean_loss(Z: NDArray[np.float32], y: NDArray[np.int64], coef: NDArray[Any], intercept: NDArray[Any]) -> float:
    """Give the mean of -log softmax(Z coef' + intercept)[y], in float64, block by block."""
    total = 0.0
    for start in range(0, len(y), 10_000):
        scores = Z[start : start + 10_000].astype(np.float64) @ coef.T + intercept
        scores -= scores.max(axis=1, keepdims=True)
        own = scores[np.arange(len(scores)), y[start : start + 10_000]]
        total += float((np.log(np.exp(scores).sum(axis=1)) - own).sum())
    return total / len(y)


def rivals(X: NDArray[np.float32], y: NDArray[np.int64], test: slice, rows: int, full: int, ours_full: float) -> None:
    """Print one line for each solver of scikit-learn on the first rows, beside graft's on the same rows."""
    from sklearn.linear_model import LogisticRegression

    here, classes = np.array(X[:rows]), y[:rows]
    chosen, choosing = timed(lambda: make("logistic").fit(here, classes))
    ours, figures = timed(lambda: make("logistic", penalty=chosen.penalty_).fit(here, classes))
    mean, deviation = here.mean(axis=0, dtype=np.float64), here.std(axis=0, dtype=np.float64)
    Z, Z_test = (((part - mean) / deviation).astype(np.float32) for part in (here, X[test]))

    def penalized(coef: NDArray[Any], intercept: NDArray[Any]) -> float:
        size = float((coef.astype(float) ** 2).sum())
        return mean_loss(Z, classes, coef, intercept) + float(chosen.penalty_) / 2 * size

    own = penalized(ours.coef_ * deviation, ours.intercept_ + ours.coef_ @ mean)
    for solver, settings in RIVALS.items():
        model = LogisticRegression(C=1 / (chosen.penalty_ * rows), solver=solver, **settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, theirs = timed(partial(model.fit, Z, classes))
        say(
            data="heads", rival=f"scikit-learn {solver}", rows=rows,
            **{f"rival_{k}": v for k, v in theirs.items()}, rival_iterations=int(model.n_iter_.max()),
            graft_seconds=figures["seconds"], graft_seconds_with_choice=choosing["seconds"],
            ratio=round(theirs["seconds"] / figures["seconds"], 1),
            rival_objective_above_graft=round(penalized(model.coef_, model.intercept_) - own, 7),
            accuracy=round(ours.score(X[test], y[test]), 4), rival_accuracy=round(model.score(Z_test, y[test]), 4),
            extrapolated_rows=full, rival_seconds_extrapolated=round(theirs["seconds"] * full / rows),
            ratio_extrapolated_with_choice=round(theirs["seconds"] * full / rows / ours_full, 1),
        )  # fmt: skip


def main() -> None:
    """Fit at every size, then with the penalty given, then the rivals."""
    full, fewer = (int(text) for text in (sys.argv[1:] + ["1000000", "20000"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        X, y = write_features(Path(folder), full + TEST)
        test = slice(full, full + TEST)
        make("logistic").fit(X[:500], y[:500])
        sizes, seconds = [size for size in SIZES if size < full] + [full], []
        for size in sizes:
            head, figures = timed(partial(make("logistic").fit, X[:size], y[:size]))
            seconds.append(figures["seconds"])
            say(data="heads", rows=size, width=WIDTH, classes=CLASSES, **figures, penalty=float(f"{head.penalty_:.3g}"),
                path_points=len(head.path_), accuracy=round(head.score(X[test], y[test]), 4))  # fmt: skip
        say(data="heads", **straight(sizes, seconds))
        _, figures = timed(lambda: make("logistic", penalty=head.penalty_).fit(X[:full], y[:full]))
        say(data="heads", rows=full, penalty_given=True, **figures,
            choice_costs=round(seconds[-1] / figures["seconds"], 2))  # fmt: skip
        rivals(X, y, test, fewer, full, seconds[-1])


if __name__ == "__main__":
    main()
