"""Whisper's encoder, and its decoder as a reader, from a CTranslate2 file or a folder as transformers writes it."""

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
DECODERS = ("model.decoder.", "decoder.")
OUTSIDE = ("proj_out.", "classifier.", "projector.", "layer_weights")
ENGLISH = 51864  # tokens that the models of English alone know
ENCODERS_ALONE = ("WhisperEncoder", "WhisperForAudioClassification")
PROMPT = (50257, 50362)  # of these: "start of transcript" and "no timestamps"
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
    "attention/layer_norm/gamma": "encoder_attn_layer_norm.weight",
    "attention/layer_norm/beta": "encoder_attn_layer_norm.bias",
    "attention/linear_0/weight": "encoder_attn.q_proj.weight",
    "attention/linear_0/bias": "encoder_attn.q_proj.bias",
    "attention/linear_2/weight": "encoder_attn.out_proj.weight",
    "attention/linear_2/bias": "encoder_attn.out_proj.bias",
}
FUSED = {"self_attention/linear_0": ("self_attn", "qkv"), "attention/linear_1": ("encoder_attn", "kv")}
OUTER = {
    "layer_norm/gamma": "layer_norm.weight",
    "layer_norm/beta": "layer_norm.bias",
    "position_encodings/encodings": "embed_positions.weight",
}
TOKENS, PLACES = "embeddings/weight", "position_encodings/encodings"


def ct2_state(path: Path) -> dict[str, Tensor]:
    """Give the float32 tensors under the names of transformers, from a CTranslate2 file of Whisper.

    Queries, keys and values lie in one matrix there; the bias of the keys, which Whisper has not, is zero. Those of the
    decoder, where it can be asked, begin with "reader.". Raises BackboneError when a tensor is missing or left over, or
    the file is of another network.
    """
    name, arrays = read_ct2(path, "encoder/")
    if name != "WhisperSpec":
        raise BackboneError(f"{path} holds a network of the kind {name!r}, not Whisper.")
    state: dict[str, NDArray[Any]] = {}
    for key, array in arrays.items():
        if key != "num_heads":
            state |= _named(key, array)
    decoder = read_ct2(path, "decoder/")[1]
    if _reads(decoder):
        state |= {f"reader.{key}": array for key, array in _reader(decoder).items()}
    return _tensors(state)


def _reads(decoder: Mapping[str, NDArray[Any]]) -> bool:
    return TOKENS in decoder and len(decoder[TOKENS]) == ENGLISH


def _reader(decoder: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    tokens = np.asarray(decoder[TOKENS][list(PROMPT)], np.float32)
    found = {"prompt": tokens + np.asarray(decoder[PLACES][: len(PROMPT)], np.float32)}
    for key, array in decoder.items():
        if array.ndim and key not in (TOKENS, PLACES):
            found |= _named(key, array)
    return found


def ct2_config(path: Path) -> dict[str, Any]:
    """Give the configuration in the words of transformers, from the shapes of the arrays.

    `reader` is the number of tokens by which the decoder is asked, 0 where it cannot be.
    """
    arrays, decoder = (read_ct2(path, prefix)[1] for prefix in ("encoder/", "decoder/"))
    try:
        width, bands, _ = arrays["conv1/weight"].shape
        return {
            "model_type": "whisper",
            "d_model": width,
            "num_mel_bins": bands,
            "max_source_positions": len(arrays["position_encodings/encodings"]),
            **_sizes("encoder", arrays),
            **(_sizes("decoder", decoder) if _reads(decoder) else {}),
            "reader": len(PROMPT) * _reads(decoder),
        }
    except (KeyError, ValueError, TypeError) as error:
        raise BackboneError(f"{path} holds no encoder of Whisper ({error}).") from error


def _sizes(part: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, int]:
    return {
        f"{part}_layers": sum(key.endswith("self_attention/linear_1/bias") for key in arrays),
        f"{part}_ffn_dim": len(arrays["layer_0/ffn/linear_0/bias"]),
        f"{part}_attention_heads": int(arrays["num_heads"]),
    }


def reader_of(config: Mapping[str, Any]) -> int:
    """Give by how many tokens the decoder of a transformers Whisper is asked: 0 unless it knows English alone."""
    alone = set(config.get("architectures") or ()) & set(ENCODERS_ALONE)
    return len(PROMPT) if config.get("vocab_size") == ENGLISH and not alone else 0


def whisper_state(state: Mapping[str, Tensor], reader: int = 0) -> dict[str, Tensor]:
    """Give the tensors of a transformers Whisper without the prefix of their names, a decoder's under "reader.".

    Raises BackboneError where there is to be a `reader` and there is no decoder.
    """
    found, decoder = {}, {}
    for key, tensor in state.items():
        outer = next((prefix for prefix in DECODERS if key.startswith(prefix)), "")
        if outer:
            decoder[key.removeprefix(outer)] = tensor
        elif not key.startswith(OUTSIDE):
            prefix = next((prefix for prefix in PREFIXES if key.startswith(prefix)), "")
            found[key.removeprefix(prefix)] = tensor.float()
    if not reader:
        return found
    if not decoder:
        raise BackboneError(
            "The weights hold no decoder, though the configuration says nothing of it: name the encoder alone in its "
            f'"architectures", such as {list(ENCODERS_ALONE[:1])}.'
        )
    tokens, places = (decoder.pop(f"embed_{name}.weight") for name in ("tokens", "positions"))
    prompt = tokens[list(PROMPT)].float() + places[: len(PROMPT)].float()
    return found | {"reader.prompt": prompt} | {f"reader.{key}": tensor.float() for key, tensor in decoder.items()}


def _named(key: str, array: NDArray[Any]) -> dict[str, NDArray[Any]]:
    if key in OUTER:
        return {OUTER[key]: array}
    layer, _, part = key.partition("/")
    if layer in ("conv1", "conv2") and part in ("weight", "bias"):
        return {f"{layer}.{part}": array}
    name = f"layers.{layer.removeprefix('layer_')}"
    if part in PARTS:
        return {f"{name}.{PARTS[part]}": array}
    whole, _, end = part.rpartition("/")
    if whole in FUSED and end in ("weight", "bias"):
        own, letters = FUSED[whole]
        split = zip(letters, np.split(np.asarray(array), len(letters)), strict=True)
        return {f"{name}.{own}.{letter}_proj.{end}": each for letter, each in split if letter + end != "kbias"}
    raise BackboneError(f"The weights hold the array {key!r}, which no layer of Whisper uses.")


def _tensors(state: Mapping[str, NDArray[Any]]) -> dict[str, Tensor]:
    import torch

    return {key: torch.from_numpy(np.array(array, dtype=np.float32)) for key, array in state.items()}
