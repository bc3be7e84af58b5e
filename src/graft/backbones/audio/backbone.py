"""A backbone for recordings, whatever its network: windows in buckets of one length, and the mean over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.backbones.audio.ears import Ear, laid_out, windows
from graft.backbones.base import Backbone
from graft.backbones.batching import in_buckets, in_fixed_batches
from graft.backbones.blueprint import Blueprint
from graft.backbones.choice import Engine
from graft.data.sounds import decode_sound

if TYPE_CHECKING:
    import torch

    from graft.backbones.trainable import Trainable

MAKING = "sounds 3"
POSITIONS_CPU, POSITIONS_ELSEWHERE = 256, 16384
GROUP_CPU, GROUP_ELSEWHERE = 256, 1024


class AudioBackbone(Backbone):
    """Runs an engine on what an ear makes of windows: the mean over a recording's own positions, then over windows.

    A window always meets the network at the same length, in the same number of rows, whatever its company. Features are
    the mean of the block the card names, then those of every block, what reads the last of them counting as one more.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        engine: Engine,
        ear: Ear,
        make_module: Callable[[Blueprint], torch.nn.Module],
        make_trainable: Callable[[Blueprint], Trainable],
        *,
        budget: int,
        exact: bool,
    ) -> None:
        self.blueprint, self.card, self.exact = blueprint, blueprint.card, exact
        self.runtime = engine.name
        self.device = getattr(engine.runtime, "device", "cpu")
        self.stages = engine.width - blueprint.card.dim
        self.blocks = self.stages // blueprint.card.dim
        self.group = GROUP_CPU if budget == POSITIONS_CPU else GROUP_ELSEWHERE
        self._run, self._ear, self._budget = engine.runtime, ear, budget
        self._make_module, self._make_trainable = make_module, make_trainable
        self._fingerprint = blueprint.fingerprint(f"{engine.runtime.numerics} {MAKING} {self.stages} of stages")

    @property
    def fingerprint(self) -> str:
        """Same weights, same preprocessing and same numerics give the same string."""
        return self._fingerprint

    def prepare(self, item: Any) -> NDArray[np.float32]:
        """Decode one recording to (W, N) windows of samples; raises DataError when it cannot be read."""
        return windows(decode_sound(item, self._ear.rate), self._ear)

    def cost(self, prepared: Any) -> int:
        """Give the number of positions the network will see."""
        return int(prepared.shape[0] * (prepared.shape[1] + self._ear.tail) // self._ear.unit)

    def embed(self, batch: Sequence[Any]) -> NDArray[np.float32]:
        """Give the (B, width) means over the windows of B prepared recordings."""
        if not batch:
            return np.empty((0, self.width), np.float32)
        cut = [row for prepared in batch for row in prepared]
        found = np.empty((len(cut), self.width), np.float32)
        steps = self._ear.step
        most = -(-(self._ear.longest + self._ear.tail) // steps) * steps
        for length, indices in in_buckets([len(row) + self._ear.tail for row in cut], steps, most).items():
            rows = max(1, self._budget * self._ear.unit // length)
            found[indices] = in_fixed_batches([cut[i] for i in indices], rows, self._runner(length))
        counts = [len(prepared) for prepared in batch]
        starts = np.cumsum([0, *counts[:-1]])
        return np.asarray(np.add.reduceat(found, starts, axis=0) / np.array(counts)[:, None], np.float32)

    def _runner(self, length: int) -> Callable[[Sequence[Any]], NDArray[np.float32]]:
        def run(rows: Sequence[Any]) -> NDArray[np.float32]:
            """Lay R windows out at the length of their bucket and run them."""
            return self._run(*self._ear(laid_out(rows, length), [len(row) for row in rows]))

        return run

    @property
    def module(self) -> torch.nn.Module:
        """A float32 network of its own with these weights, for fine-tuning."""
        return self._make_module(self.blueprint)

    def trainable(self) -> Trainable:
        """Give a new copy of the network as a function with gradients."""
        return self._make_trainable(self.blueprint)


def budget_on(device: str) -> int:
    """Give how many positions one call runs: few on a processor (they stay in its cache), many elsewhere."""
    return POSITIONS_CPU if device == "cpu" else POSITIONS_ELSEWHERE


def sample_for(ear: Ear, device: str) -> tuple[tuple[NDArray[Any], ...], int]:
    """Give inputs of the length of a spoken word, to time a runtime by, and their number of rows."""
    length = -(-(ear.rate // 2 + ear.tail) // ear.step) * ear.step
    rows = max(1, budget_on(device) * ear.unit // length)
    noise = np.random.default_rng(0).standard_normal((rows, length)).astype(np.float32)
    return ear(noise, [ear.rate // 2] * rows), rows
