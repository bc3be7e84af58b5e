"""A backbone for images, whatever its network: pixels in fixed batches to features, and its own class scores."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.backbones.base import Backbone
from graft.backbones.batching import in_fixed_batches
from graft.backbones.blueprint import Blueprint
from graft.backbones.choice import Engine, Makers
from graft.backbones.pixels import check_card, manner, pixels

if TYPE_CHECKING:
    import torch

    from graft.backbones.trainable import Trainable

ROWS_CPU, ROWS_GRAPH, ROWS_ELSEWHERE = 4, (1, 4), (32, 64, 128, 256)
SCORE_ROWS = 32


class ImageBackbone(Backbone):
    """Runs an engine on (R, S, S, 3) uint8 pixels, R of them always.

    The engine gives the pooled features, then `stages` numbers of stage summaries. `classifier` is the weight (C, D)
    and bias (C,) of the classes the network was trained on, or None.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        engine: Engine,
        make_module: Callable[[Blueprint], torch.nn.Module],
        classifier: tuple[NDArray[np.float32], NDArray[np.float32]] | None,
        *,
        exact: bool,
    ) -> None:
        self.blueprint = blueprint
        self.card = check_card(blueprint.card)
        self.group = engine.rows
        self.stages = engine.width - blueprint.card.dim
        self.exact = exact
        self.runtime = engine.name
        self.device = getattr(engine.runtime, "device", "cpu")
        self.class_names = blueprint.classes if classifier is not None else ()
        self._run = engine.runtime
        self._make_module = make_module
        self._classifier = classifier if self.class_names else None
        self._fingerprint = blueprint.fingerprint(
            f"{engine.runtime.numerics} {manner(blueprint.card, not exact)}, {self.stages} of stages"
        )

    @property
    def fingerprint(self) -> str:
        """Same weights, same preprocessing and same numerics give the same string."""
        return self._fingerprint

    def prepare(self, item: Any) -> NDArray[np.uint8]:
        """Decode one image to (S, S, 3) pixels; raises DataError with a reason when it cannot be read."""
        return pixels(item, self.card, scaled=not self.exact)

    def embed(self, batch: Sequence[Any]) -> NDArray[np.float32]:
        """Give the (B, width) pooled features and stage summaries of B prepared images."""
        if not batch:
            return np.empty((0, self.width), np.float32)
        return in_fixed_batches(batch, self.group, lambda rows: self._run(np.stack(rows)))

    def class_scores(self, features: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """Give the (N, C) log-probabilities log softmax(F W^T + b) of the classes it was trained on, or None."""
        if self._classifier is None:
            return None
        weight, bias = self._classifier
        if not len(features):
            return np.empty((0, len(bias)), np.float32)
        logits = in_fixed_batches(
            list(features), SCORE_ROWS, lambda rows: np.stack(rows)[:, : weight.shape[1]] @ weight.T + bias
        )
        logits -= logits.max(axis=1, keepdims=True)
        found: NDArray[np.float32] = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return found

    @property
    def module(self) -> torch.nn.Module:
        """A float32 network of its own with these weights, for fine-tuning."""
        return self._make_module(self.blueprint)

    def trainable(self) -> Trainable:
        """Give a new copy of the network as a function with gradients."""
        from graft.backbones.trainable_image import ImageTrainable

        return ImageTrainable(self.blueprint, self.module)


def engine_rows(
    device: str, with_torch: Callable[[int], Engine], with_openvino: Callable[[int], Engine] | None = None
) -> Makers:
    """Give what to choose from: few rows a call on a processor (they stay in its cache), elsewhere more."""
    if device != "cpu":
        return {f"torch/{rows}": functools.partial(with_torch, rows) for rows in ROWS_ELSEWHERE}
    makers = {"torch": functools.partial(with_torch, ROWS_CPU)}
    if with_openvino:
        makers |= {f"openvino/{rows}": functools.partial(with_openvino, rows) for rows in ROWS_GRAPH}
    return makers


def pixels_like(blueprint: Blueprint, rows: int) -> tuple[NDArray[np.uint8]]:
    """Give pixels of all levels of the shape of one call, to time it by."""
    side = blueprint.card.input_size
    return (np.resize(np.arange(251, dtype=np.uint8), (rows, side, side, 3)),)
