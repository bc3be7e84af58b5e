"""Predictions: what a Model says of each input, as rows, CSV or JSON Lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.dataset import Skipped


@dataclass(frozen=True, eq=False)
class Predictions:
    """The answers for N inputs: `predicted` (N,) class names or numbers, `probabilities` (N, K) or None.

    `skipped` lists the inputs that could not be read; they have no row.
    """

    names: list[str]
    predicted: NDArray[Any]
    classes: tuple[str, ...] = ()
    probabilities: NDArray[np.float64] | None = None
    skipped: tuple[Skipped, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give one dict a row: input, prediction, confidence, and the probability of each class."""
        for i, name in enumerate(self.names):
            if self.probabilities is None:
                yield {"input": name, "prediction": float(self.predicted[i])}
                continue
            shares = [round(float(p), 6) for p in self.probabilities[i]]
            row = {"input": name, "prediction": str(self.predicted[i]), "confidence": max(shares)}
            yield row | {f"p({c})": share for c, share in zip(self.classes, shares, strict=True)}

    def to_csv(self) -> str:
        """Give a CSV table with a header line."""
        out = io.StringIO()
        header = ["input", "prediction"]
        if self.probabilities is not None:
            header += ["confidence", *(f"p({c})" for c in self.classes)]
        writer = csv.DictWriter(out, fieldnames=header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows())
        return out.getvalue()

    def to_jsonl(self) -> str:
        """Give one JSON object a line."""
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in self.rows())
