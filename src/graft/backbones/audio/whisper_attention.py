"""The attention of Whisper's encoder and decoder."""

from __future__ import annotations

from torch import Tensor
from torch.nn import Linear, Module
from torch.nn.functional import scaled_dot_product_attention


class WhisperAttention(Module):
    """Softmax(Q K^T / sqrt(d)) V of every head, side by side; keys have no bias."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj, self.v_proj, self.out_proj = (Linear(width, width) for _ in range(3))
        self.k_proj = Linear(width, width, bias=False)

    def forward(self, x: Tensor, seen: Tensor | None, other: Tensor | None = None) -> Tensor:
        """Give the (B, P, D) attended states, of themselves or of `other` (B, L, D); where `seen` is true, alone."""
        width = x.shape[2]
        of = x if other is None else other
        query, key, value = self._split(self.q_proj(x)), self._split(self.k_proj(of)), self._split(self.v_proj(of))
        attended = scaled_dot_product_attention(query, key, value, seen)
        found: Tensor = self.out_proj(attended.transpose(1, 2).reshape(len(x), -1, width))
        return found

    def _split(self, states: Tensor) -> Tensor:
        return states.view(len(states), -1, self.heads, states.shape[2] // self.heads).transpose(1, 2)
