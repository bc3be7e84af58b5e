"""Whisper's decoder, asked for the first word: one state that has read the whole recording."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import LayerNorm, Linear, Module, ModuleList, Parameter
from torch.nn.functional import gelu

from graft.backbones.audio.whisper_attention import WhisperAttention


class WhisperReader(Module):
    """The state from which the decoder would tell the first word, after the tokens that ask it for a transcript.

    `prompt` (P, D) are the embeddings of those tokens with their places. Radford et al. 2022, arXiv:2212.04356.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        width = int(config["d_model"])
        self.prompt = Parameter(torch.empty(int(config["reader"]), width))
        self.layers = ModuleList(ReaderLayer(config) for _ in range(int(config["decoder_layers"])))
        self.layer_norm = LayerNorm(width)

    def forward(self, states: Tensor) -> Tensor:
        """Give the (B, D) states of the last token of the prompt, of the encoder's (B, L, D) last states."""
        x = self.prompt.expand(len(states), -1, -1)
        for layer in self.layers:
            x = layer(x, states)
        found: Tensor = self.layer_norm(x[:, -1])
        return found


class ReaderLayer(Module):
    """Self-attention to what came before, attention to the recording, two dense layers, each on what came in normed."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        width, wide, heads = (int(config[key]) for key in ("d_model", "decoder_ffn_dim", "decoder_attention_heads"))
        self.self_attn, self.encoder_attn = WhisperAttention(width, heads), WhisperAttention(width, heads)
        self.self_attn_layer_norm, self.encoder_attn_layer_norm = LayerNorm(width), LayerNorm(width)
        self.fc1, self.fc2, self.final_layer_norm = Linear(width, wide), Linear(wide, width), LayerNorm(width)

    def forward(self, x: Tensor, states: Tensor) -> Tensor:
        """Give the (B, P, D) states of the tokens after this layer."""
        before = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).tril()
        x = x + self.self_attn(self.self_attn_layer_norm(x), before)
        x = x + self.encoder_attn(self.encoder_attn_layer_norm(x), None, states)
        found: Tensor = x + self.fc2(gelu(self.fc1(self.final_layer_norm(x))))
        return found
