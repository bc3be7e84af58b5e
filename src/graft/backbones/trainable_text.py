"""Text encoders with gradients: token ids and their mask in, pooled embeddings out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from graft.backbones.bert_module import BertModule, bert_module
from graft.backbones.blueprint import Blueprint
from graft.backbones.pooling import pooled
from graft.backbones.trainable import States, Trainable, names_by_piece

LAYER = re.compile(r"(?:^|\.)(?:layers?|h|block)\.(\d+)\.")
UNUSED = re.compile(r"(?:^|\.)pooler\.")


class TextTrainable(Trainable):
    """An encoder that reads (B, L) token ids and their mask, padded to the longest text; one part."""

    def __init__(self, blueprint: Blueprint, network: torch.nn.Module) -> None:
        super().__init__(network, blueprint.card.dim)
        self._padding = int(blueprint.config["pad_token_id"] or 0)
        self._pooling: tuple[str, bool] = (blueprint.config["pooling"], blueprint.config["normalise"])
        self.parts = [self._whole]

    def length(self, prepared: Any) -> int:
        """Give the number of tokens."""
        return len(prepared)

    def collate(self, prepared: Sequence[Any]) -> States:
        """Pad B texts to the longest: (B, L) int64 token ids and a mask that is true where there is a token."""
        lengths = [len(ids) for ids in prepared]
        ids = torch.full((len(prepared), max(lengths)), self._padding, dtype=torch.int64)
        mask = torch.zeros(ids.shape, dtype=torch.bool)
        for row, tokens in enumerate(prepared):
            ids[row, : len(tokens)] = torch.as_tensor(tokens, dtype=torch.int64)
            mask[row, : len(tokens)] = True
        return ids, mask

    def depths(self) -> list[list[str]]:
        """Give the parameters' names: what comes before the layers, each layer, what comes after."""
        return by_layer(self.network)

    def pool(self, states: Tensor, mask: Tensor) -> Tensor:
        """Give the (B, D) embeddings of the (B, L, D) states of the last layer."""
        return pooled(states, mask, *self._pooling)

    def _whole(self, ids: Tensor, mask: Tensor) -> States:
        states = self.network(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        return (self.pool(states, mask),)


class BertTrainable(TextTrainable):
    """A BERT cut into its embeddings and its layers; (B, L, D) states and the mask go from part to part."""

    network: BertModule

    def __init__(self, blueprint: Blueprint) -> None:
        super().__init__(blueprint, bert_module(blueprint.state, blueprint.config))
        layers: Any = self.network.encoder.layer
        *others, final = layers
        self._pieces = [self.network.embeddings, *layers]
        self.parts = [self._embedded, *map(_through, others), self._ending(final)]

    def depths(self) -> list[list[str]]:
        """Give the parameters' names: the embeddings, then each layer."""
        return names_by_piece(self.network, self._pieces)

    def _embedded(self, ids: Tensor, mask: Tensor) -> States:
        return self.network.embeddings(ids), mask

    def _ending(self, layer: torch.nn.Module) -> Any:
        def ending(states: Tensor, mask: Tensor) -> States:
            """Run the last layer and pool its states."""
            return (self.pool(layer(states, mask), mask),)

        return ending


def by_layer(network: torch.nn.Module) -> list[list[str]]:
    """Give the names of the parameters a network uses, by the numbers of its layers in them."""
    levels: list[list[str]] = [[]]
    deepest = -1
    for name, _ in network.named_parameters():
        found = LAYER.search(name)
        if UNUSED.search(name):
            continue
        if found and int(found[1]) > deepest:
            deepest = int(found[1])
            levels.append([])
        levels[-1].append(name)
    return [level for level in levels if level]


def text_trainable(blueprint: Blueprint, make_module: Callable[[Blueprint], torch.nn.Module]) -> TextTrainable:
    """Give the encoder of a blueprint with gradients; a plain BERT needs no transformers."""
    if blueprint.kind == "bert":
        return BertTrainable(blueprint)
    return TextTrainable(blueprint, make_module(blueprint))


def _through(layer: torch.nn.Module) -> Any:
    def through(states: Tensor, mask: Tensor) -> States:
        """Run one layer."""
        return layer(states, mask), mask

    return through
