"""Whisper's encoder from where its weights lie: a CTranslate2 file, or a folder as transformers writes it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from graft.backbones.audio.ct2 import read_ct2
from graft.errors import BackboneError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

PREFIXES = ("model.encoder.", "encoder.")
OUTSIDE = ("model.decoder.", "decoder.", "proj_out.", "classifier.", "projector.", "layer_weights")
PARTS = {
    "self_attention/layer_norm/gamma": "self_attn_layer_norm.weight",
    "self_attention/layer_norm/beta": "self_attn_layer_norm.bias",
    "self_attention/linear_1/weight": "self_attn.out_proj.weight",
    "self_attention/linear_1/bias": "self_attn.out_proj.bias",
    "ffn/layer_norm/gamma": "final_layer_norm.weight",
    "ffn/layer_norm/beta": "final_layer_norm.bias",
    "ffn/linear_0/weight": "fc1.weight",
    "ffn/linear_0/bias": "fc1.bias",
    "ffn/linear_1/weight": "fc2.weight",
    "ffn/linear_1/bias": "fc2.bias",
}
OUTER = {
    "layer_norm/gamma": "layer_norm.weight",
    "layer_norm/beta": "layer_norm.bias",
    "position_encodings/encodings": "embed_positions.weight",
}
UNUSED = ("num_heads",)


def ct2_state(path: Path) -> dict[str, Tensor]:
    """Give the encoder's float32 tensors under the names of transformers, from a CTranslate2 file of Whisper.

    Queries, keys and values lie in one matrix there; the bias of the keys, which Whisper has not, is zero. Raises
    BackboneError when a tensor is missing or left over, or the file is of another network.
    """
    name, arrays = read_ct2(path, "encoder/")
    if name != "WhisperSpec":
        raise BackboneError(f"{path} holds a network of the kind {name!r}, not Whisper.")
    state: dict[str, NDArray[Any]] = {}
    for key, array in arrays.items():
        if key not in UNUSED:
            state |= _named(key, array)
    return _tensors(state)


def ct2_config(path: Path) -> dict[str, Any]:
    """Give the configuration of the encoder in the words of transformers, from the shapes of its arrays."""
    arrays = read_ct2(path, "encoder/")[1]
    try:
        width, bands, _ = arrays["conv1/weight"].shape
        return {
            "model_type": "whisper",
            "d_model": width,
            "num_mel_bins": bands,
            "max_source_positions": len(arrays["position_encodings/encodings"]),
            "encoder_layers": sum(key.endswith("self_attention/linear_1/bias") for key in arrays),
            "encoder_ffn_dim": len(arrays["layer_0/ffn/linear_0/bias"]),
            "encoder_attention_heads": int(arrays["num_heads"]),
        }
    except (KeyError, ValueError, TypeError) as error:
        raise BackboneError(f"{path} holds no encoder of Whisper ({error}).") from error


def whisper_state(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Give the encoder's tensors of a transformers Whisper without the prefix of their names."""
    found = {}
    for key, tensor in state.items():
        if not key.startswith(OUTSIDE):
            prefix = next((prefix for prefix in PREFIXES if key.startswith(prefix)), "")
            found[key.removeprefix(prefix)] = tensor.float()
    return found


def _named(key: str, array: NDArray[Any]) -> dict[str, NDArray[Any]]:
    if key in OUTER:
        return {OUTER[key]: array}
    layer, _, part = key.partition("/")
    if layer in ("conv1", "conv2") and part in ("weight", "bias"):
        return {f"{layer}.{part}": array}
    name = f"layers.{layer.removeprefix('layer_')}"
    if part in PARTS:
        return {f"{name}.{PARTS[part]}": array}
    if part in ("self_attention/linear_0/weight", "self_attention/linear_0/bias"):
        end = part.rpartition("/")[2]
        query, keys, value = np.split(np.asarray(array), 3)
        found = {f"{name}.self_attn.q_proj.{end}": query, f"{name}.self_attn.v_proj.{end}": value}
        return found | ({f"{name}.self_attn.k_proj.weight": keys} if end == "weight" else {})
    raise BackboneError(f"The weights hold the array {key!r}, which no layer of Whisper's encoder uses.")


def _tensors(state: Mapping[str, NDArray[Any]]) -> dict[str, Tensor]:
    import torch

    return {key: torch.from_numpy(np.array(array, dtype=np.float32)) for key, array in state.items()}
