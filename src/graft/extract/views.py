"""Views: what a head is shown of Features: the embedding, the stages, or the classes the backbone already knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from graft.errors import BackboneError
from graft.extract.features import Features

if TYPE_CHECKING:
    from graft.backbones.base import Matrix


@dataclass(frozen=True)
class View:
    """A view by its kind, and which class scores, or which block, it is narrowed to.

    `embedding` shows the (N, D) pooled features, `stages` the summaries of the stages before them (see
    `graft.backbones.stages`), `class-scores` the (N, C) log-probabilities of the backbone's own classes. `columns`
    narrows class scores to those classes and renormalizes them: log p(c | c in columns). Stages that are blocks alike
    in width are narrowed to those that `columns` counts from 1.
    """

    kind: Literal["embedding", "stages", "class-scores"] = "embedding"
    columns: tuple[int, ...] = ()

    def of(self, features: Features) -> Matrix:
        """Give the (N, D') array a head is fitted on; raises BackboneError when the backbone has no classes."""
        backbone = features.backbone
        if self.kind == "embedding":
            return features.values[:, : backbone.card.dim] if backbone.stages else features.values
        if self.kind == "stages":
            return self._blocks_of(features) if self.columns else features.values[:, backbone.card.dim :]
        scores = backbone.class_scores(np.asarray(features.values))
        if scores is None:
            raise BackboneError(f"{backbone.card.name} has no classes of its own to score.")
        if not self.columns:
            return scores
        own = scores[:, list(self.columns)]
        top = own.max(axis=1, keepdims=True)
        narrowed: Matrix = own - top - np.log(np.exp(own - top).sum(axis=1, keepdims=True))
        return narrowed

    def _blocks_of(self, features: Features) -> Matrix:
        width, count = features.backbone.card.dim, features.backbone.blocks
        if not set(self.columns) <= set(range(1, count + 1)):
            raise BackboneError(f"{features.backbone.card.name} shows {count} blocks, and {self} is asked for.")
        numbers = np.concatenate([np.arange(block * width, (block + 1) * width) for block in self.columns])
        return features.values[:, numbers]

    def __str__(self) -> str:
        if self.kind == "stages" and self.columns:
            return f"block{'s' * (len(self.columns) > 1)} {', '.join(map(str, self.columns))}"
        if self.kind != "class-scores":
            return self.kind
        return "own classes" if self.columns else "class scores"
