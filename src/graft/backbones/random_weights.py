"""Networks with random weights: the control that shows what pretraining is worth."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from graft.backbones.blueprint import Blueprint
from graft.backbones.runtime import one_thread
from graft.errors import BackboneError

RECIPE = "random weights 1"
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def with_random_weights(plan: Blueprint, name: str, seed: int = 0) -> Blueprint:
    """Give the blueprint of the same architecture with fresh weights, as its own library draws them.

    Batch norms get the statistics of one batch of noise with the spectrum of natural images, without which what goes
    through them fades or grows layer by layer. The same seed gives the same weights; the sha256 on the card is that of
    the drawn parameters, not of the statistics, whose last bits depend on the machine. Raises BackboneError where there
    is no network.
    """
    if plan.kind not in NETWORKS:
        raise BackboneError(f"{plan.card.name} has no network, so it cannot have random weights.")
    with one_thread(), torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.default_generator.manual_seed(seed)
        network = NETWORKS[plan.kind](plan).float().eval()
        drawn = {key: value.detach().clone() for key, value in network.named_parameters()}
        settle(network, plan.card.input_size, seed)
    state = {key: value.detach().contiguous() for key, value in network.state_dict().items()}
    mark = _hash(drawn, f"{plan.card.input_size} pixels, seed {seed}")
    card = dataclasses.replace(
        plan.card, name=name, source="graft itself", licence="Apache-2.0", sha256=mark, parent="",
        trained_on=f"nothing: random weights, seed {seed}", parameters=sum(value.numel() for value in drawn.values()),
    )  # fmt: skip
    return dataclasses.replace(plan, card=card, state=state, classes=())


def settle(network: nn.Module, size: int, seed: int) -> None:
    """Give every batch norm of an image network the mean and variance it meets on one batch of noise."""
    norms = [module for module in network.modules() if isinstance(module, NORMS) and module.track_running_stats]
    if not norms:
        return
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.train().momentum = 1.0
    network(noise(int(np.clip(400_000 // size**2, 8, 256)), size, seed))
    for norm, momentum in zip(norms, before, strict=True):
        norm.eval().momentum = momentum


def noise(count: int, size: int, seed: int) -> Tensor:
    """Give (count, 3, size, size) images of noise with mean 0, variance 1 and amplitudes that fall as 1 / frequency.

    Field 1987, Relations between the statistics of natural images and the response properties of cortical cells.
    """
    white = np.random.default_rng(seed).standard_normal((count, 3, size, size))
    rows, columns = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :]
    falling = 1 / np.maximum(np.hypot(rows, columns), 1 / size)
    images = np.fft.irfft2(np.fft.rfft2(white) * falling, s=(size, size))
    images = (images - images.mean((2, 3), keepdims=True)) / images.std((2, 3), keepdims=True)
    return torch.from_numpy(images.astype(np.float32))


def _hash(drawn: dict[str, Tensor], how: str) -> str:
    from safetensors.torch import save

    bytes_of = save({key: value.contiguous() for key, value in drawn.items()})
    return hashlib.sha256(f"{RECIPE}, {how}\n".encode() + bytes_of).hexdigest()


def _conv(plan: Blueprint) -> nn.Module:
    from graft.backbones.conv_module import ConvNet

    return ConvNet(plan.config)


def _timm(plan: Blueprint) -> nn.Module:
    import timm

    said, args = plan.config, plan.config.get("model_args") or {}
    made: nn.Module = timm.create_model(said["architecture"], pretrained=False, num_classes=said["num_classes"], **args)
    return made


def _bert(plan: Blueprint) -> nn.Module:
    from graft.backbones.bert_module import BertModule

    network = BertModule(plan.config)
    spread = float(plan.config.get("initializer_range", 0.02))
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, 0.0, spread)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
    return network


def _transformers(plan: Blueprint) -> nn.Module:
    from graft.backbones.encoders import empty_module

    return empty_module(plan)


def _whisper(plan: Blueprint) -> nn.Module:
    from graft.backbones.audio.whisper_build import empty_module

    return empty_module(plan)


NETWORKS: dict[str, Any] = {
    "conv": _conv,
    "lite": _timm,
    "timm": _timm,
    "bert": _bert,
    "transformers": _transformers,
    "whisper": _whisper,
    "audio-encoder": _transformers,
}
