"""Scores: what a model reached, every number with its interval, to print, to save and to read back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graft.errors import ModelError, did_you_mean
from graft.evaluation.panel import WORDS

HEADLINE = ("sensitivity", "specificity", "accuracy", "macro_f1", "auroc", "mae", "rmse", "r2")
BESIDE = ("per_class", "confusion", "classes", "n", "source")
WIDEST = 12


def shown(number: float) -> str:
    """Write a number to three places, or a dash where it is undefined."""
    return "–" if math.isnan(number) else f"{number:.3f}" if abs(number) < 1000 else f"{number:.4g}"


@dataclass(frozen=True)
class Score:
    """A value and the ends of its 95 % interval; NaN where undefined."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{shown(self.value)} [{shown(self.low)}, {shown(self.high)}]"

    def to_dict(self) -> dict[str, float | None]:
        """Give {"value", "low", "high"} for JSON, NaN as None."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        return {name: None if math.isnan(number) else number for name, number in numbers.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, float | None]) -> Score:
        """Take back what `to_dict` gave; raises ModelError when it is something else."""
        if not isinstance(data, Mapping) or set(data) != {"value", "low", "high"}:
            raise ModelError(f"A saved score is {data!r}; it needs exactly a value, a low and a high end.")
        return cls(*(math.nan if (number := data[key]) is None else float(number) for key in ("value", "low", "high")))


@dataclass(frozen=True)
class Scores:
    """Scores by name (also as attributes: `scores.accuracy.value`), per class, and how they were found.

    `per_class` maps a class name to its scores; `confusion` counts true classes (rows) against predicted (columns);
    `source` says what was scored, such as "test set" or "nested cross-validation".
    """

    values: dict[str, Score]
    per_class: dict[str, dict[str, Score]] = field(default_factory=dict)
    confusion: list[list[int]] = field(default_factory=list)
    classes: tuple[str, ...] = ()
    n: int = 0
    source: str = ""

    def __getattr__(self, name: str) -> Score:
        values: dict[str, Score] = self.__dict__.get("values", {})
        if name in values:
            return values[name]
        raise AttributeError(f"There is no score {name!r}. {did_you_mean(name, values)}")

    def __str__(self) -> str:
        return " · ".join(f"{WORDS[name]} {self.values[name]}" for name in HEADLINE if name in self.values)

    def to_dict(self) -> dict[str, Any]:
        """Give plain types for JSON: each score under its own name, beside per_class, confusion, classes, n, source."""
        return {
            **{name: score.to_dict() for name, score in self.values.items()},
            "per_class": {
                label: {name: score.to_dict() for name, score in scores.items()}
                for label, scores in self.per_class.items()
            },
            "confusion": [list(row) for row in self.confusion],
            "classes": list(self.classes),
            "n": self.n,
            "source": self.source,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Scores:
        """Take back what `to_dict` gave; raises ModelError when a part is missing or a score is none."""
        if missing := [name for name in BESIDE if name not in data]:
            raise ModelError(f"The saved scores lack {', '.join(missing)}; the file is cut short or not from graft.")
        return cls(
            values={name: Score.from_dict(score) for name, score in data.items() if name not in BESIDE},
            per_class={
                label: {name: Score.from_dict(score) for name, score in scores.items()}
                for label, scores in data["per_class"].items()
            },
            confusion=[[int(cell) for cell in row] for row in data["confusion"]],
            classes=tuple(data["classes"]),
            n=int(data["n"]),
            source=str(data["source"]),
        )

    def table(self) -> str:
        """Write all scores as aligned text: the whole, each class, and the confusion matrix of 12 classes or fewer."""
        head = f"{self.n:,} samples" + (f", {self.source}" if self.source else "")
        blocks: list[list[tuple[str, ...]]] = [
            [(WORDS.get(name, name), str(score)) for name, score in self.values.items()]
        ]
        if self.per_class:
            names = list(next(iter(self.per_class.values())))
            titles = ("class", *(WORDS.get(name, name) for name in names))
            rows = [(label, *(str(row[name]) for name in names)) for label, row in self.per_class.items()]
            blocks.append([titles, *rows])
        if 0 < len(self.confusion) <= WIDEST:
            counted = [(c, *map(str, row)) for c, row in zip(self.classes, self.confusion, strict=True)]
            blocks.append([("true \\ predicted", *self.classes), *counted])
        return "\n\n".join([head, *map(aligned, blocks)])


def aligned(rows: list[tuple[str, ...]]) -> str:
    """Write rows of cells as columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)
