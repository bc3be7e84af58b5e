"""A BERT encoder (Devlin et al. 2018, arXiv:1810.04805) run from its weights, without importing transformers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graft.errors import BackboneError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

IGNORED = ("embeddings.position_ids", "pooler.", "cls.")
EMBEDDINGS = ("word_embeddings.weight", "position_embeddings.weight", "token_type_embeddings.weight",
              "LayerNorm.weight", "LayerNorm.bias")  # fmt: skip
PROJECTIONS = ("attention.output.dense", "attention.output.LayerNorm", "intermediate.dense", "output.dense",
               "output.LayerNorm")  # fmt: skip
INWARD = ("query", "key", "value")


def runs_here(config: Mapping[str, Any]) -> bool:
    """Say whether a transformers configuration is the plain BERT this file runs."""
    plain = config.get("model_type") == "bert" and config.get("hidden_act") == "gelu"
    return plain and config.get("position_embedding_type", "absolute") == "absolute" and not config.get("is_decoder")


def plain_names(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Drop the prefix that task models put before the encoder's names, and what is no part of the encoder."""
    named = {key.removeprefix("bert."): tensor for key, tensor in state.items()}
    return {key: tensor for key, tensor in named.items() if not key.startswith(IGNORED)}


class BertNetwork:
    """The encoder as plain tensors; a tensor that is missing or left over is refused with BackboneError."""

    def __init__(self, state: Mapping[str, Tensor], config: Mapping[str, Any], dtype: torch.dtype, device: str) -> None:
        import torch

        left = {key: tensor.to(device, dtype) for key, tensor in state.items() if not key.startswith(IGNORED)}
        try:
            self.words, positions, kinds, *self.norm = (left.pop(f"embeddings.{leaf}") for leaf in EMBEDDINGS)
            self.places = (positions.double() + kinds[0].double()).to(dtype)
            self.layers = []
            for index in range(config["num_hidden_layers"]):
                name = f"encoder.layer.{index}"
                inward = [(left.pop(f"{name}.attention.self.{part}.weight"),
                           left.pop(f"{name}.attention.self.{part}.bias")) for part in INWARD]  # fmt: skip
                fused = tuple(torch.cat(tensors) for tensors in zip(*inward, strict=True))
                others = [(left.pop(f"{name}.{part}.weight"), left.pop(f"{name}.{part}.bias")) for part in PROJECTIONS]
                self.layers.append((fused, *others))
        except KeyError as error:
            raise BackboneError(f"The weights lack the tensor {error.args[0]!r} of a BERT encoder.") from None
        if left:
            raise BackboneError(f"The weights hold tensors no layer uses: {', '.join(sorted(left)[:5])}.")
        self.heads = int(config["num_attention_heads"])
        self.epsilon = float(config["layer_norm_eps"])

    def __call__(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Give the (R, L, D) states of (R, L) token ids; `mask` (R, L) is true where there is a token."""
        return self.states(ids, mask)[-1]

    def states(self, ids: Tensor, mask: Tensor) -> list[Tensor]:
        """Give the (R, L, D) states after each layer, the first one's first."""
        from torch.nn.functional import embedding, gelu, linear

        x = self._normed(embedding(ids, self.words) + self.places[: ids.shape[1]], self.norm)
        seen, found = mask[:, None, None, :], []
        for inward, outward, norm, wide, narrow, last in self.layers:
            x = self._normed(x + linear(self._attended(linear(x, *inward), seen), *outward), norm)
            x = self._normed(x + linear(gelu(linear(x, *wide)), *narrow), last)
            found.append(x)
        return found

    def _attended(self, fused: Tensor, seen: Tensor) -> Tensor:
        from torch.nn.functional import scaled_dot_product_attention

        rows, length, width = fused.shape
        query, key, value = fused.view(rows, length, 3, self.heads, width // 3 // self.heads).permute(2, 0, 3, 1, 4)
        attended = scaled_dot_product_attention(query, key, value, attn_mask=seen)
        return attended.transpose(1, 2).reshape(rows, length, width // 3)

    def _normed(self, x: Tensor, norm: Any) -> Tensor:
        from torch.nn.functional import layer_norm

        return layer_norm(x, x.shape[-1:], norm[0], norm[1], self.epsilon)
