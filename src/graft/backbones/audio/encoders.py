"""Encoders for recordings from a transformers folder: Whisper runs here, any other through transformers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from graft.backbones.audio.backbone import AudioBackbone, budget_on, sample_for
from graft.backbones.audio.ears import Ear, PatchEar, WaveEar
from graft.backbones.audio.mel import RATE
from graft.backbones.audio.whisper import reader_of, whisper_state
from graft.backbones.base import Card
from graft.backbones.blueprint import Blueprint
from graft.backbones.choice import Engine, choose
from graft.backbones.encoders import licence_of, make_module, through_transformers
from graft.backbones.files import read_json, read_tensors, sha256_of_all, weights_files
from graft.backbones.lazy import LazyTensors
from graft.backbones.pooling import pooled
from graft.backbones.runtime import one_thread, pick_numbers
from graft.errors import BackboneError

if TYPE_CHECKING:
    from torch import Tensor

    from graft.backbones.trainable import Trainable

WAVES = ("wav2vec2", "hubert", "wavlm", "unispeech", "unispeech-sat", "data2vec-audio")
PATCHES = "audio-spectrogram-transformer"
AUDIO_TYPES = ("whisper", PATCHES, *WAVES)


def read(folder: Path, name: str, source: str) -> Blueprint:
    """Give the blueprint of a transformers folder; raises BackboneError where it reads other sounds than 16 kHz."""
    config = read_json(folder / "config.json")
    said = folder / "preprocessor_config.json"
    reading = read_json(said) if said.is_file() else {}
    if int(reading.get("sampling_rate", RATE)) != RATE:
        raise BackboneError(f"{name} hears {reading['sampling_rate']} samples a second; only {RATE} are known here.")
    files = weights_files(folder)
    state: Any
    if config["model_type"] == "whisper":
        config = config | {"reader": reader_of(config)}
        kind, state = "whisper", LazyTensors(lambda: whisper_state(read_tensors(*files), config["reader"]))
        width, layers = int(config["d_model"]), int(config["encoder_layers"])
    else:
        kind, (config, state) = "audio-encoder", through_transformers(folder, name, "an audio encoder")
        width, layers = int(config["hidden_size"]), int(config["num_hidden_layers"])
    card = Card(
        name=name,
        modality="audio",
        source=source,
        licence=licence_of(folder),
        parameters=sum(tensor.numel() for tensor in state.values()),
        dim=width,
        sha256=sha256_of_all(files),
        block=layers,
    )
    return Blueprint(kind, card, config | {"reading": reading, "block": layers}, state)


def build(blueprint: Blueprint, device: str, exact: bool, runtime: str = "auto") -> AudioBackbone:
    """Give the backbone of an audio encoder of transformers on a device."""
    from graft.backbones.torch_runtime import TorchRuntime

    ear = ear_for(blueprint)
    sample, rows = sample_for(ear, device)
    width = blueprint.card.dim * (1 + int(blueprint.config["num_hidden_layers"]))

    def with_torch() -> Engine:
        """Run the network of transformers."""
        with one_thread():
            module = make_module(blueprint).to(device).requires_grad_(False)
        run = TorchRuntime(_forward(module, blueprint), device, pick_numbers(device, exact), autocast=True)
        return Engine(run, rows, width, sample)

    engine = choose(blueprint.fingerprint(f"{device} exact={exact}"), runtime, {"torch": with_torch})
    return AudioBackbone(blueprint, engine, ear, make_module, _trainable, budget=budget_on(device), exact=exact)


def ear_for(blueprint: Blueprint) -> Ear:
    """Give what the network hears with, as its configurations say."""
    config, reading = blueprint.config, blueprint.config["reading"]
    if config["model_type"] == PATCHES:
        from transformers import ASTFeatureExtractor

        frames = int(config["max_length"])
        kept = ("mean", "std", "do_normalize")
        wanted = {key: reading[key] for key in kept if key in reading}
        bands = int(config["num_mel_bins"])
        extractor = ASTFeatureExtractor(num_mel_bins=bands, max_length=frames, sampling_rate=RATE, **wanted)
        return PatchEar(extractor, longest=frames * 160)
    return WaveEar(tuple(config["conv_kernel"]), tuple(config["conv_stride"]), bool(reading.get("do_normalize", True)))


def mean_of(states: Tensor, seen: Tensor) -> Tensor:
    """Give the (R, D) means of (R, P, D) states over the positions seen, or over all where one stands for them."""
    return pooled(states, seen.expand(-1, states.shape[1]) if seen.shape[1] == 1 else seen, "mean", False)


def _forward(module: Any, blueprint: Blueprint) -> Any:
    def forward(inputs: Tensor, seen: Tensor) -> Tensor:
        """Give the (R, width) mean of the last block, then of every block."""
        import torch

        found = module(inputs, output_hidden_states=True)
        states = [*found.hidden_states[1:-1], found.last_hidden_state]
        means = [mean_of(each, seen) for each in states]
        return torch.cat([means[-1], *means], 1)

    return forward


def _trainable(blueprint: Blueprint) -> Trainable:
    from graft.backbones.audio.trainable import EncoderTrainable

    def pool(found: Any, seen: Tensor) -> Tensor:
        """Give the embedding of what the network gave."""
        return mean_of(found.last_hidden_state, seen)

    return EncoderTrainable(make_module(blueprint), blueprint.card.dim, ear_for(blueprint), pool)
