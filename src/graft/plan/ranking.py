"""Ranking: backbones in order, with their scores and what each costs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ranked:
    """One backbone: its score (higher is better; None where it has none, `note` says why), and what it costs.

    `seconds` is what loading, embedding the samples and scoring took here; `embedded` of the samples were not in the
    cache before. `megabytes` are those of float32 weights.
    """

    name: str
    score: float | None
    seconds: float
    embedded: int
    megabytes: float
    parameters: int
    licence: str
    note: str = ""


@dataclass(frozen=True)
class Ranking:
    """Backbones from the highest score down, by which score, on how many samples, and what was noted on the way."""

    rows: tuple[Ranked, ...]
    score: str
    samples: int
    notes: tuple[str, ...] = ()

    @property
    def best(self) -> str:
        """The name of the backbone with the highest score."""
        return self.rows[0].name

    def to_dict(self) -> dict[str, Any]:
        """Give plain types for JSON."""
        return dataclasses.asdict(self) | {"rows": [dataclasses.asdict(row) for row in self.rows]}
