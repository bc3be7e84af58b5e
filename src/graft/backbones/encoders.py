"""Text encoders from a transformers folder: a plain BERT runs from its weights, any other through transformers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graft.backbones.base import Card
from graft.backbones.bert import plain_names, runs_here
from graft.backbones.blueprint import Blueprint
from graft.backbones.files import read_json, read_tensors, sha256_of_all, weights_files
from graft.backbones.lazy import LazyTensors
from graft.backbones.pooling import POOLINGS
from graft.errors import BackboneError, did_you_mean

if TYPE_CHECKING:
    import torch
    from torch import Tensor

MAX_TOKENS = 256
OURS = ("pooling", "normalise", "reading", "block", "model_type")


def read(folder: Path, name: str, source: str, max_tokens: int = 0, parameters: int = 0) -> Blueprint:
    """Give the blueprint of a transformers folder; raises BackboneError when it holds no text encoder.

    Where `parameters` are known, the weights are read only when something asks for them.
    """
    config = read_json(folder / "config.json")
    if config.get("is_encoder_decoder") or "vision_config" in config or "image_size" in config:
        raise BackboneError(f"{name} is no text encoder (model type {config.get('model_type')!r}).")
    files = weights_files(folder)
    state: Mapping[str, Tensor]
    if runs_here(config):
        kind, state = "bert", LazyTensors(lambda: plain_names(read_tensors(*files)))
    else:
        kind, (config, state) = "transformers", through_transformers(folder, name, "a text encoder")
    pooling, normalise = _pooling(folder, name)
    config = config | {"pooling": pooling, "normalise": normalise, "pad_token_id": config.get("pad_token_id") or 0}
    card = Card(
        name=name,
        modality="text",
        source=source,
        licence=licence_of(folder),
        parameters=parameters or sum(tensor.numel() for tensor in state.values()),
        dim=int(config["hidden_size"]),
        sha256=sha256_of_all(files),
        max_tokens=_length(folder, config, max_tokens),
    )
    return Blueprint(kind, card, config, state, tokenizer=_tokenizer_text(folder, name))


def empty_module(blueprint: Blueprint) -> torch.nn.Module:
    """Give a transformers network of this configuration with fresh random weights."""
    from transformers import AutoConfig, AutoModel

    said = {key: value for key, value in blueprint.config.items() if key not in OURS}
    config = AutoConfig.for_model(blueprint.config["model_type"], **said)
    args = {"add_pooling_layer": False} if blueprint.kind == "bert" else {}
    module: torch.nn.Module = AutoModel.from_config(config, **args)
    return module


def make_module(blueprint: Blueprint) -> torch.nn.Module:
    """Give a new float32 transformers network with these weights; raises BackboneError when they do not fit."""
    module = empty_module(blueprint)
    try:
        module.load_state_dict(blueprint.state, strict=True)
    except RuntimeError as error:
        first = " ".join(str(error).split())[:300]
        raise BackboneError(f"The weights of {blueprint.card.name} do not fit its configuration: {first}") from error
    return module.float().eval()


def through_transformers(folder: Path, name: str, what: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Give the full configuration and the float32 tensors of a folder; raises BackboneError where it is not `what`."""
    from transformers import AutoModel

    try:
        model, report = AutoModel.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, output_loading_info=True
        )
    except Exception as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise BackboneError(f"transformers cannot load {name} as {what} ({first}).") from error
    missing = [key for key in report["missing_keys"] if "pooler" not in key]
    if missing:
        raise BackboneError(f"The weights of {name} lack {len(missing)} tensors, {sorted(missing)[0]!r} among them.")
    return model.config.to_dict(), {key: tensor.float() for key, tensor in model.state_dict().items()}


def _pooling(folder: Path, name: str) -> tuple[str, bool]:
    """Mean over the mask, or as the sentence-transformers files beside the weights say."""
    modules = folder / "modules.json"
    normalise = modules.is_file() and "Normalize" in modules.read_text(encoding="utf-8")
    said = folder / "1_Pooling" / "config.json"
    if not said.is_file():
        return "mean", normalise
    modes = read_json(said)
    chosen = [key.split("_")[2] for key, on in modes.items() if key.startswith("pooling_mode_") and on is True]
    chosen = chosen or [modes.get("pooling_mode", "mean")]
    if len(chosen) != 1 or chosen[0] not in POOLINGS:
        raise BackboneError(f"{name} pools its tokens by {'+'.join(chosen)}. {did_you_mean(chosen[0], POOLINGS)}")
    return chosen[0], normalise


def _length(folder: Path, config: dict[str, Any], wanted: int) -> int:
    said = folder / "sentence_bert_config.json"
    stated = read_json(said).get("max_seq_length") if said.is_file() else None
    places = int(config.get("max_position_embeddings") or 512)
    offset = 2 if config.get("model_type") in ("roberta", "xlm-roberta", "camembert", "mpnet") else 0
    return min(wanted or stated or MAX_TOKENS, places - offset)


def _tokenizer_text(folder: Path, name: str) -> str:
    path = folder / "tokenizer.json"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    from transformers import AutoTokenizer

    try:
        fast = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        return str(fast.backend_tokenizer.to_str())
    except Exception as error:
        raise BackboneError(f"{name} has no tokenizer.json and its tokenizer cannot be converted ({error}).") from error


def licence_of(folder: Path) -> str:
    """Give the licence that the README of a folder of weights states."""
    readme = folder / "README.md"
    lines = readme.read_text(encoding="utf-8", errors="replace").splitlines()[:60] if readme.is_file() else []
    found = [line.split(":", 1)[1].strip() for line in lines if line.startswith("license:")]
    return found[0] if found else "not stated"
