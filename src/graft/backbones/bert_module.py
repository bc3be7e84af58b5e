"""A BERT encoder with gradients: the network of `bert.py` as modules that bear the names of its weights.

Devlin et al. 2018 (arXiv:1810.04805). It starts faster than the same network of transformers, which has to be imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import Dropout, Embedding, LayerNorm, Linear, Module, ModuleList
from torch.nn.functional import gelu, scaled_dot_product_attention


class BertModule(Module):
    """An encoder of random weights; its `state_dict` has the names of a transformers BERT without pooler."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.embeddings = Embeddings(config)
        self.encoder = Module()
        self.encoder.layer = ModuleList(EncoderLayer(config) for _ in range(config["num_hidden_layers"]))


class Embeddings(Module):
    """Words, places and the first kind of sentence, added and normed."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        width = config["hidden_size"]
        self.word_embeddings = Embedding(config["vocab_size"], width)
        self.position_embeddings = Embedding(config["max_position_embeddings"], width)
        self.token_type_embeddings = Embedding(config.get("type_vocab_size", 2), width)
        self.LayerNorm = LayerNorm(width, config["layer_norm_eps"])
        self.dropout = Dropout(config.get("hidden_dropout_prob", 0.1))

    def forward(self, ids: Tensor) -> Tensor:
        """Give the (B, L, D) states of (B, L) token ids."""
        places = self.position_embeddings.weight[: ids.shape[1]] + self.token_type_embeddings.weight[0]
        found: Tensor = self.dropout(self.LayerNorm(self.word_embeddings(ids) + places))
        return found


class EncoderLayer(Module):
    """Self-attention and two dense layers, each added to what came in and normed."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        width, wide = config["hidden_size"], config["intermediate_size"]
        self.attention = Module()
        self.attention.add_module("self", Attention(config))
        self.attention.output = _Added(width, width, config)
        self.intermediate = Module()
        self.intermediate.dense = Linear(width, wide)
        self.output = _Added(wide, width, config)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Give the (B, L, D) states after this layer; `mask` (B, L) is true where there is a token."""
        attention: Any = self.attention
        x = attention.output(attention.get_submodule("self")(x, mask), x)
        intermediate: Any = self.intermediate
        found: Tensor = self.output(gelu(intermediate.dense(x)), x)
        return found


class Attention(Module):
    """Softmax(Q K^T / sqrt(d)) V of every head, side by side.

    No weights are dropped in training: the fused kernel cannot, and without it a step takes twice the time.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        width = config["hidden_size"]
        self.heads = int(config["num_attention_heads"])
        self.query, self.key, self.value = (Linear(width, width) for _ in range(3))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Give the (B, L, D) attended states."""
        rows, length, width = x.shape
        split = (rows, length, self.heads, width // self.heads)
        query, key, value = (part(x).view(split).transpose(1, 2) for part in (self.query, self.key, self.value))
        attended = scaled_dot_product_attention(query, key, value, mask[:, None, None, :])
        return attended.transpose(1, 2).reshape(rows, length, width)


class _Added(Module):
    def __init__(self, wide: int, width: int, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.dense = Linear(wide, width)
        self.LayerNorm = LayerNorm(width, config["layer_norm_eps"])
        self.dropout = Dropout(config.get("hidden_dropout_prob", 0.1))

    def forward(self, x: Tensor, before: Tensor) -> Tensor:
        """Give the (B, L, D) norm of x W^T + b added to what came before."""
        found: Tensor = self.LayerNorm(before + self.dropout(self.dense(x)))
        return found


def bert_module(state: Mapping[str, Tensor], config: Mapping[str, Any]) -> BertModule:
    """Give the encoder with a copy of these weights; raises RuntimeError where they do not fit."""
    with torch.device("meta"):
        module = BertModule(config)
    module.load_state_dict({key: tensor.float().clone() for key, tensor in state.items()}, strict=True, assign=True)
    for parameter in module.parameters():
        parameter.requires_grad_(True)
    return module
