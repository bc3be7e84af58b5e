"""Networks for recordings with gradients: windows of samples in, pooled embeddings out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from graft.backbones.audio.ears import Ear, MelEar, laid_out
from graft.backbones.audio.whisper_module import WhisperModule
from graft.backbones.blueprint import Blueprint
from graft.backbones.pooling import pooled
from graft.backbones.trainable import States, Trainable, names_by_piece
from graft.backbones.trainable_text import by_layer

OUTSIDE, BEHIND, OWN = 0, 1, 2


class AudioTrainable(Trainable):
    """A network that reads what an ear makes of samples; of a recording of several windows it reads the middle one.

    Where `place` (B, P) goes from part to part it is 2 in the recording, 1 in the silence behind it, and 0 beyond.
    """

    def __init__(self, network: torch.nn.Module, dim: int, ear: Ear) -> None:
        super().__init__(network, dim)
        self._ear = ear

    def length(self, prepared: Any) -> int:
        """Give the positions of a recording's window, with the silence behind."""
        return int((prepared.shape[1] + self._ear.tail) // self._ear.unit)

    def heard(self, prepared: Sequence[Any]) -> tuple[Tensor, Tensor, list[int]]:
        """Give the ear's (B, …) inputs and (B, P) positions of B recordings, and their own lengths in samples."""
        rows = [one[len(one) // 2] for one in prepared]
        own = [len(row) for row in rows]
        inputs, seen = self._ear(laid_out(rows, max(own) + self._ear.tail), own)
        return torch.from_numpy(inputs), torch.from_numpy(seen), own


class WhisperTrainable(AudioTrainable):
    """Whisper's encoder cut into what comes before its layers, and its layers."""

    network: WhisperModule

    def __init__(self, blueprint: Blueprint, network: WhisperModule) -> None:
        super().__init__(network, blueprint.card.dim, MelEar(int(blueprint.config["num_mel_bins"])))
        if network.reader is not None:  # it is no part of the embedding
            network.reader.requires_grad_(False)
        layers: Any = network.layers
        used = layers[: int(blueprint.config["block"])]
        self._last = len(used) == len(layers)
        *others, final = used
        self.parts = [self._stem, *map(_through, others), self._ending(final)]

    def collate(self, prepared: Sequence[Any]) -> States:
        """Give B recordings as (B, L, bands) spectrograms and (B, L // 2) places."""
        mel, _, own = self.heard(prepared)
        place = np.zeros((len(own), mel.shape[1] // 2), np.uint8)
        for row, count in zip(place, own, strict=True):
            row[: (count + self._ear.tail) // self._ear.unit] = BEHIND
            row[: count // self._ear.unit] = OWN
        return mel, torch.from_numpy(place)

    def depths(self) -> list[list[str]]:
        """Give the parameters' names: what comes before the layers, then each layer."""
        network: Any = self.network
        stem = torch.nn.ModuleList([network.conv1, network.conv2, network.embed_positions])
        used = list(network.layers[: len(self.parts) - 1])
        if self._last:
            used[-1] = torch.nn.ModuleList([used[-1], network.layer_norm])
        return names_by_piece(network, [stem, *used])

    def _stem(self, mel: Tensor, place: Tensor) -> States:
        return self.network.stem(mel), place

    def _ending(self, layer: Any) -> Any:
        def ending(x: Tensor, place: Tensor) -> States:
            """Run the last layer and give the mean over the recording."""
            x = layer(x, place != OUTSIDE)
            return (pooled(self.network.layer_norm(x) if self._last else x, place == OWN, "mean", False),)

        return ending


class EncoderTrainable(AudioTrainable):
    """A network of transformers for recordings; one part."""

    def __init__(self, network: torch.nn.Module, dim: int, ear: Ear, pool: Any) -> None:
        super().__init__(network, dim, ear)
        self._pool = pool
        self.parts = [self._whole]

    def collate(self, prepared: Sequence[Any]) -> States:
        """Give B recordings as the ear makes them, and which positions are their own."""
        inputs, seen, _ = self.heard(prepared)
        return inputs, seen

    def depths(self) -> list[list[str]]:
        """Give the parameters' names: what comes before the layers, each layer, what comes after."""
        return by_layer(self.network)

    def _whole(self, inputs: Tensor, seen: Tensor) -> States:
        return (self._pool(self.network(inputs), seen),)


def _through(layer: torch.nn.Module) -> Any:
    def through(x: Tensor, place: Tensor) -> States:
        """Run one layer."""
        return layer(x, place != OUTSIDE), place

    return through
