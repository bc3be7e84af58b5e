"""Evidence: what a fit saw of each sample and said of it, from which a report is written without embedding again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Evidence:
    """N samples: those learned from, those tested on, those of an unlabelled target, in this order.

    `parts` (N,) are "train", "validation", "test" or "target". `output` is the answer of a model that had no part in
    the sample, (N, K) calibrated log-probabilities or (N,) numbers, NaN where there is none; `raw` the same before
    calibration, and `before` that of the heads before adaptation, where there was one. `scored` (N,) marks the samples
    that the model's scores are of. Targets are NaN or -1 where unknown.

    `mapped` (M,) are the samples of the map: `maps` holds (M, P) main coordinates of their features by name, "features"
    first; `near` (M, k) the positions in `mapped` of the most alike, `apart` (M, k) their cosine distances.
    `inputs` are the samples themselves; None where they were not kept.
    """

    names: Sequence[str]
    parts: NDArray[np.str_]
    keys: NDArray[np.uint8]
    targets: NDArray[Any]
    output: Floats
    raw: Floats
    scored: NDArray[np.bool_]
    mapped: NDArray[np.int64]
    maps: Mapping[str, NDArray[np.float32]]
    near: NDArray[np.int64]
    apart: NDArray[np.float32]
    backbone: str = ""
    domains: NDArray[np.str_] | None = None
    before: Floats | None = None
    inputs: Sequence[Any] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Mark (N,) the samples that a model without them has answered."""
        return np.asarray(np.isfinite(self.output.reshape(len(self), -1)).all(axis=1))

    @property
    def labelled(self) -> NDArray[np.bool_]:
        """Mark (N,) the samples with a known target."""
        return np.asarray(np.isfinite(self.targets) if self.targets.dtype.kind == "f" else self.targets >= 0)


class Joined(Sequence[Any]):
    """Several sequences as one, nothing of them read until it is asked for."""

    def __init__(self, *parts: Sequence[Any]) -> None:
        self.parts = parts
        self.ends = np.cumsum([len(part) for part in parts])

    def __len__(self) -> int:
        return int(self.ends[-1])

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place = int(index) if index >= 0 else len(self) + int(index)
        if not 0 <= place < len(self):
            raise IndexError(f"There are {len(self)} samples and none at {index}.")
        part = int(np.searchsorted(self.ends, place, side="right"))
        return self.parts[part][place - int(self.ends[part - 1] if part else 0)]
