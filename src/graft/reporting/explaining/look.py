"""Occlusion: how much surer the model is with a part of a sample than without it, and whether that is so at all.

Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks"; the deletion test is that of Samek et
al. 2017, "Evaluating the visualization of what a deep neural network has learned".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.data.dataset import Dataset
from graft.extract.embedding import embed
from graft.reporting.explaining.base import Parts

if TYPE_CHECKING:
    from graft.model.model import Model

SHARE, DRAWS = 0.25, 4
TINY = 1e-6


def look(model: Model, parts: Parts, said: int | None = None, seed: int = 0) -> dict[str, Any]:
    """Explain one sample cut into parts; give values that JSON can hold.

    With f the log-odds of the class `said` (None: the most probable one), or the number said, part i weighs
    f(all) - f(without i). The deletion test removes the quarter of the parts that weighs most, and as many at random
    (the mean of four draws): `deleted` and `random` are the probabilities that are left of the class said (numbers:
    minus how far the answer moved).
    """
    count = max(1, round(SHARE * parts.count))
    one = [np.arange(parts.count) == i for i in range(parts.count)]
    f = answers(model, [parts.without(mask) for mask in [np.zeros(parts.count, bool), *one]])
    said = int(f[0].argmax()) if f.ndim == 2 and said is None else said or 0
    value = _log_odds(f[:, said]) if f.ndim == 2 else f
    weights = value[0] - value[1:]
    order = np.argsort(-(weights if f.ndim == 2 else np.abs(weights)), kind="stable")
    rng = np.random.default_rng(seed)
    drawn = [order[:count], *(rng.permutation(parts.count)[:count] for _ in range(DRAWS))]
    left = answers(model, [parts.without(np.isin(np.arange(parts.count), gone)) for gone in drawn])
    kept = left[:, said] if f.ndim == 2 else -np.abs(left - f[0])
    return {
        "said": said if f.ndim == 2 else round(float(f[0]), 6),
        "sure": float(f[0, said]) if f.ndim == 2 else 0.0,
        "weights": [round(float(w), 4) for w in weights],
        "across": parts.across,
        "pieces": list(parts.pieces) or None,
        "share": count / parts.count,
        "deleted": float(kept[0]),
        "random": float(kept[1:].mean()),
    }


def answers(model: Model, items: list[Any]) -> NDArray[np.float64]:
    """Give the answers to inputs in memory, which no cache keeps."""
    dataset = Dataset(items, [str(i) for i in range(len(items))], model.modality)
    found = {
        name: embed(dataset, backbone, show_progress=False, max_skipped=0.0)
        for name, backbone in model.backbones.items()
    }
    return np.asarray(model.answer(found), dtype=np.float64)


def _log_odds(p: NDArray[np.float64]) -> NDArray[np.float64]:
    clipped = np.clip(p, TINY, 1 - TINY)
    found: NDArray[np.float64] = np.log(clipped / (1 - clipped))
    return found
