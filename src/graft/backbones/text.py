"""A backbone for texts, whatever its network: tokens in buckets of one length, pooled to one vector."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.backbones.base import Backbone
from graft.backbones.batching import in_buckets, in_fixed_batches
from graft.backbones.blueprint import Blueprint
from graft.backbones.choice import Engine
from graft.errors import BackboneError, DataError

if TYPE_CHECKING:
    import torch

    from graft.backbones.trainable import Trainable

STEP = 4
TOKENS_CPU, TOKENS_ELSEWHERE = 256, 4096
GROUP_CPU, GROUP_ELSEWHERE = 2048, 8192


class TextBackbone(Backbone):
    """Runs an engine on (R, L) token ids and their mask.

    L is the number of tokens rounded up to a multiple of 4 and R the rows that fit the token budget at that length, so
    a text always meets the network in the same shape.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        engine: Engine,
        make_module: Callable[[Blueprint], torch.nn.Module],
        *,
        budget: int,
        exact: bool,
    ) -> None:
        self.blueprint = blueprint
        self.card = blueprint.card
        self.exact = exact
        self.runtime = engine.name
        self.device = getattr(engine.runtime, "device", "cpu")
        self._run = engine.runtime
        self._make_module = make_module
        self._budget = budget
        self.group = GROUP_CPU if budget == TOKENS_CPU else GROUP_ELSEWHERE
        self._padding = int(blueprint.config["pad_token_id"] or 0)
        self._tokenizer = _tokenizer(blueprint)
        self.stages = engine.width - blueprint.card.dim
        stages = f", {self.stages} of stages" * bool(self.stages)
        self._fingerprint = blueprint.fingerprint(engine.runtime.numerics + stages)

    @property
    def fingerprint(self) -> str:
        """Same weights, same preprocessing and same numerics give the same string."""
        return self._fingerprint

    def prepare(self, item: Any) -> NDArray[np.int32]:
        """Give the token ids of one text, cut at the card's `max_tokens`; raises DataError when it is no text."""
        return np.asarray(self._tokenizer.encode(clean(item)).ids, dtype=np.int32)

    def cost(self, prepared: Any) -> int:
        """Give the number of tokens."""
        return len(prepared)

    def embed(self, batch: Sequence[Any]) -> NDArray[np.float32]:
        """Give the (B, width) pooled states, and the summaries of middle layers, of B prepared texts."""
        features = np.empty((len(batch), self.width), np.float32)
        buckets = in_buckets([len(ids) for ids in batch], STEP, self.card.max_tokens)
        for length, indices in buckets.items():
            rows = max(1, self._budget // length)
            features[indices] = in_fixed_batches([batch[i] for i in indices], rows, self._runner(length))
        return features

    def _runner(self, length: int) -> Callable[[Sequence[Any]], NDArray[np.float32]]:
        def run(rows: Sequence[Any]) -> NDArray[np.float32]:
            """Pad R texts to the length of their bucket and run them."""
            ids = np.full((len(rows), length), self._padding, np.int64)
            mask = np.zeros((len(rows), length), np.bool_)
            for row, tokens in enumerate(rows):
                ids[row, : len(tokens)] = tokens
                mask[row, : len(tokens)] = True
            return self._run(ids, mask)

        return run

    @property
    def module(self) -> torch.nn.Module:
        """A float32 network of its own with these weights, for fine-tuning."""
        return self._make_module(self.blueprint)

    def trainable(self) -> Trainable:
        """Give a new copy of the network as a function with gradients."""
        from graft.backbones.trainable_text import text_trainable

        return text_trainable(self.blueprint, self._make_module)


def clean(item: Any) -> str:
    """Give a text in composed Unicode without broken halves of characters; raises DataError when it is no text."""
    if not isinstance(item, str):
        raise DataError(f"It is no text but a {type(item).__name__}.")
    return unicodedata.normalize("NFC", item.encode("utf-8", "replace").decode("utf-8"))


def budget_on(device: str) -> int:
    """Give how many tokens one call runs: few on a processor (they stay in its cache), many elsewhere."""
    return TOKENS_CPU if device == "cpu" else TOKENS_ELSEWHERE


def _tokenizer(blueprint: Blueprint) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(blueprint.tokenizer)
    except Exception as error:
        raise BackboneError(f"The tokenizer of {blueprint.card.name} cannot be read ({error}).") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(blueprint.card.max_tokens)
    return tokenizer
