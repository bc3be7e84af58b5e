"""The encoder of Whisper as modules that bear the names transformers gives its weights.

Radford et al. 2022, "Robust speech recognition via large-scale weak supervision" (arXiv:2212.04356).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import Conv1d, Embedding, LayerNorm, Linear, Module, ModuleList
from torch.nn.functional import gelu

from graft.backbones.audio.whisper_attention import WhisperAttention
from graft.backbones.audio.whisper_reader import WhisperReader
from graft.backbones.pooling import pooled


class WhisperModule(Module):
    """Two convolutions, places added, and layers of self-attention; a configuration as transformers writes it.

    With a `reader`, the number of tokens that ask for a transcript, there is also the decoder to be asked by them.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        width = int(config["d_model"])
        self.conv1 = Conv1d(int(config["num_mel_bins"]), width, 3, padding=1)
        self.conv2 = Conv1d(width, width, 3, stride=2, padding=1)
        self.embed_positions = Embedding(int(config["max_source_positions"]), width)
        self.layers = ModuleList(WhisperLayer(config) for _ in range(int(config["encoder_layers"])))
        self.layer_norm = LayerNorm(width)
        self.reader = WhisperReader(config) if config.get("reader") else None

    def stem(self, mel: Tensor) -> Tensor:
        """Give the (B, L // 2, D) states that enter the first layer, of (B, L, bands) log-mel spectrograms."""
        x = gelu(self.conv2(gelu(self.conv1(mel.transpose(1, 2))))).transpose(1, 2)
        return x + self.embed_positions.weight[: x.shape[1]]

    def blocks(self, mel: Tensor, seen: Tensor) -> list[Tensor]:
        """Give the (B, D) means over the positions seen of each layer's states, and what the reader makes of them."""
        states = self.states(mel)
        means = [pooled(each, seen, "mean", False) for each in states]
        return means if self.reader is None else [*means, self.reader(states[-1])]

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
        x = x + self.self_attn(self.self_attn_layer_norm(x), None if mask is None else mask[:, None, None, :])
        found: Tensor = x + self.fc2(gelu(self.fc1(self.final_layer_norm(x))))
        return found


def whisper_module(state: Mapping[str, Tensor], config: Mapping[str, Any]) -> WhisperModule:
    """Give the encoder with a copy of these weights; raises RuntimeError where they do not fit."""
    with torch.device("meta"):
        module = WhisperModule(config)
    module.load_state_dict({key: tensor.float().clone() for key, tensor in state.items()}, strict=True, assign=True)
    for parameter in module.parameters():
        parameter.requires_grad_(True)
    return module.eval()
