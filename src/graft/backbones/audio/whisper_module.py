"""The encoder of Whisper as modules that bear the names transformers gives its weights.

Radford et al. 2022, "Robust speech recognition via large-scale weak supervision" (arXiv:2212.04356).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import Conv1d, Embedding, LayerNorm, Linear, Module, ModuleList
from torch.nn.functional import gelu, scaled_dot_product_attention


class WhisperModule(Module):
    """Two convolutions, places added, and layers of self-attention; a configuration as transformers writes it."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        width = int(config["d_model"])
        self.conv1 = Conv1d(int(config["num_mel_bins"]), width, 3, padding=1)
        self.conv2 = Conv1d(width, width, 3, stride=2, padding=1)
        self.embed_positions = Embedding(int(config["max_source_positions"]), width)
        self.layers = ModuleList(WhisperLayer(config) for _ in range(int(config["encoder_layers"])))
        self.layer_norm = LayerNorm(width)

    def stem(self, mel: Tensor) -> Tensor:
        """Give the (B, L // 2, D) states that enter the first layer, of (B, L, bands) log-mel spectrograms."""
        x = gelu(self.conv2(gelu(self.conv1(mel.transpose(1, 2))))).transpose(1, 2)
        return x + self.embed_positions.weight[: x.shape[1]]

    def states(self, mel: Tensor) -> list[Tensor]:
        """Give the (B, L // 2, D) states after each layer, those of the last normed."""
        x, found = self.stem(mel), []
        for layer in self.layers:
            x = layer(x)
            found.append(x)
        found[-1] = self.layer_norm(x)
        return found


class WhisperLayer(Module):
    """Self-attention and two dense layers, each on what came in normed, and added to it."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        width, wide = int(config["d_model"]), int(config["encoder_ffn_dim"])
        self.self_attn = WhisperAttention(width, int(config["encoder_attention_heads"]))
        self.self_attn_layer_norm = LayerNorm(width)
        self.fc1, self.fc2 = Linear(width, wide), Linear(wide, width)
        self.final_layer_norm = LayerNorm(width)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Give the (B, P, D) states after this layer; `mask` (B, P) is true where there is a recording."""
        x = x + self.self_attn(self.self_attn_layer_norm(x), mask)
        found: Tensor = x + self.fc2(gelu(self.fc1(self.final_layer_norm(x))))
        return found


class WhisperAttention(Module):
    """Softmax(Q K^T / sqrt(d)) V of every head, side by side; keys have no bias."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj, self.v_proj, self.out_proj = (Linear(width, width) for _ in range(3))
        self.k_proj = Linear(width, width, bias=False)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Give the (B, P, D) attended states."""
        rows, length, width = x.shape
        split = (rows, length, self.heads, width // self.heads)
        query, key, value = (part(x).view(split).transpose(1, 2) for part in (self.q_proj, self.k_proj, self.v_proj))
        seen = None if mask is None else mask[:, None, None, :]
        attended = scaled_dot_product_attention(query, key, value, seen)
        found: Tensor = self.out_proj(attended.transpose(1, 2).reshape(rows, length, width))
        return found


def whisper_module(state: Mapping[str, Tensor], config: Mapping[str, Any]) -> WhisperModule:
    """Give the encoder with a copy of these weights; raises RuntimeError where they do not fit."""
    with torch.device("meta"):
        module = WhisperModule(config)
    module.load_state_dict({key: tensor.float().clone() for key, tensor in state.items()}, strict=True, assign=True)
    for parameter in module.parameters():
        parameter.requires_grad_(True)
    return module.eval()
