"""Whisper's encoder on a device: its network in the runtime that is fastest there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graft.backbones.audio.backbone import AudioBackbone, budget_on, sample_for
from graft.backbones.audio.ears import MelEar
from graft.backbones.blueprint import Blueprint
from graft.backbones.choice import Engine, choose
from graft.backbones.graphs import Arrays, stored
from graft.backbones.openvino_runtime import OpenVinoRuntime, installed, numbers_here
from graft.backbones.runtime import one_thread, pick_numbers
from graft.errors import BackboneError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from graft.backbones.audio.whisper_module import WhisperModule
    from graft.backbones.trainable import Trainable


def build(blueprint: Blueprint, device: str, exact: bool, runtime: str = "auto") -> AudioBackbone:
    """Give the backbone of a Whisper encoder on a device."""
    config, ear = blueprint.config, MelEar(int(blueprint.config["num_mel_bins"]))
    width = blueprint.card.dim * (1 + int(config["encoder_layers"]) + bool(config.get("reader")))
    sample, rows = sample_for(ear, device)

    def with_torch() -> Engine:
        """Run the modules."""
        import torch

        from graft.backbones.torch_runtime import TorchRuntime

        numbers = pick_numbers(device, exact)
        with one_thread():
            module = make_module(blueprint).requires_grad_(False).to(device, getattr(torch, numbers))
        return Engine(TorchRuntime(_forward(module, blueprint), device, numbers), rows, width, sample)

    def with_openvino() -> Engine:
        """Run the graph, made from the tensors the first time."""
        graph, _ = stored(blueprint, lambda: _graph(blueprint), f"{width} wide")
        return Engine(OpenVinoRuntime(graph, numbers_here(exact)), rows, width, sample)

    makers = {"torch": with_torch}
    if device == "cpu" and installed():
        makers["openvino"] = with_openvino
    engine = choose(blueprint.fingerprint(f"{device} exact={exact}"), runtime, makers)
    return AudioBackbone(blueprint, engine, ear, make_module, _trainable, budget=budget_on(device), exact=exact)


def make_module(blueprint: Blueprint) -> WhisperModule:
    """Give a new float32 network with these weights; raises BackboneError where they do not fit."""
    from graft.backbones.audio.whisper_module import whisper_module

    try:
        return whisper_module(blueprint.state, blueprint.config)
    except RuntimeError as error:
        first = " ".join(str(error).split())[:300]
        raise BackboneError(f"The weights of {blueprint.card.name} do not fit its configuration: {first}") from error


def _forward(module: WhisperModule, blueprint: Blueprint) -> Any:
    block = int(blueprint.config["block"])

    def forward(mel: Tensor, seen: Tensor) -> Tensor:
        """Give the (R, width) mean of the block that is read, then of every block, the reader's state the last."""
        import torch

        means = module.blocks(mel.to(module.conv1.weight.dtype), seen)
        return torch.cat([means[block - 1], *means], 1)

    return forward


def _trainable(blueprint: Blueprint) -> Trainable:
    from graft.backbones.audio.trainable import WhisperTrainable

    return WhisperTrainable(blueprint, make_module(blueprint))


def _graph(blueprint: Blueprint) -> tuple[Any, Arrays]:
    from graft.backbones.audio.openvino_whisper import whisper_graph

    with one_thread():
        return whisper_graph(make_module(blueprint), int(blueprint.config["block"])), {}


def empty_module(blueprint: Blueprint) -> torch.nn.Module:
    """Give the network of this configuration with fresh random weights."""
    from graft.backbones.audio.whisper_module import WhisperModule

    return WhisperModule(blueprint.config)
