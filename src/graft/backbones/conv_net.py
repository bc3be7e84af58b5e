"""A small convolutional network for a few thousand images: the "Conv-4" of few-shot learning.

Vinyals et al. 2016 (arXiv:1606.04080) and Snell et al. 2017 (arXiv:1703.05175): blocks of a 3x3 convolution, batch
norm, ReLU and 2x2 max pooling, 64 channels throughout; 28 pixels for drawings (Omniglot), 84 for photos (miniImageNet),
64 for spectrograms of recordings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graft.backbones.base import Card
from graft.backbones.blueprint import Blueprint
from graft.backbones.choice import Engine, choose
from graft.backbones.normalising import mean_and_scale, normalised
from graft.backbones.runtime import one_thread, pick_numbers
from graft.backbones.stages import summary
from graft.backbones.vision import ImageBackbone, engine_rows, pixels_like
from graft.errors import BackboneError, did_you_mean

if TYPE_CHECKING:
    from torch import Tensor

    from graft.backbones.conv_module import ConvNet
    from graft.backbones.torch_runtime import TorchRuntime

SHAPES: dict[str, tuple[str, int, dict[str, Any]]] = {
    "conv": ("image", 28, {"blocks": 4, "width": 64, "channels": 3, "pooling": "mean"}),
    "conv-84": ("image", 84, {"blocks": 4, "width": 64, "channels": 3, "pooling": "mean"}),
    "conv-mel": ("audio", 64, {"blocks": 4, "width": 64, "channels": 1, "pooling": "mean"}),
}
POOLINGS = ("mean", "flat")


def plan(shape: str) -> Blueprint:
    """Give the blueprint of a shape by name, without weights; raises BackboneError when there is no such shape."""
    if shape not in SHAPES:
        raise BackboneError(f"There is no convolutional network {shape!r}. {did_you_mean(shape, SHAPES)}")
    modality, size, config = SHAPES[shape]
    half = (0.5, 0.5, 0.5)
    card = Card(shape, modality, "graft itself", "Apache-2.0", 0, width_of(config, size), input_size=size, mean=half,
                std=half, interpolation="bilinear")  # fmt: skip
    return Blueprint("conv", card, dict(config))


def width_of(config: dict[str, Any], size: int) -> int:
    """Give the D of embeddings of size x size images; raises BackboneError for a configuration that cannot be."""
    blocks, pooling = int(config["blocks"]), config.get("pooling", "mean")
    if pooling not in POOLINGS:
        raise BackboneError(f"A convolutional network knows no pooling {pooling!r}. {did_you_mean(pooling, POOLINGS)}")
    if blocks < 1 or int(config["width"]) < 1 or config["channels"] not in (1, 3):
        raise BackboneError("A convolutional network needs a block and a width of 1 or more, and 1 or 3 channels.")
    side = size >> blocks
    if side < 1:
        raise BackboneError(f"{blocks} blocks halve {size} pixels to nothing: images of {2**blocks} pixels or more.")
    return int(config["width"]) * (side**2 if pooling == "flat" else 1)


def make_module(blueprint: Blueprint) -> ConvNet:
    """Give a new float32 network with these weights; raises BackboneError where they do not fit."""
    import torch

    from graft.backbones.conv_module import ConvNet

    width = width_of(blueprint.config, blueprint.card.input_size)
    if width != blueprint.card.dim:
        raise BackboneError(
            f"{blueprint.card.name} flattens its last map, so it reads images of one size only: at "
            f"{blueprint.card.input_size} pixels it would give {width} numbers, not {blueprint.card.dim}."
        )
    with torch.device("meta"):  # no random numbers are drawn for weights that are replaced at once
        module = ConvNet(blueprint.config)
    try:
        module.load_state_dict({key: value.clone() for key, value in blueprint.state.items()}, assign=True)
    except RuntimeError as error:
        first = " ".join(str(error).split())[:300]
        raise BackboneError(f"The weights of {blueprint.card.name} do not fit its configuration: {first}") from error
    return module.requires_grad_(True).eval()


def build(blueprint: Blueprint, device: str, exact: bool, runtime: str = "auto") -> ImageBackbone:
    """Give the backbone of a convolutional network on a device; its stages are the maps before the last."""
    run = _runtime(blueprint, device, pick_numbers(device, exact))
    width = blueprint.card.dim + 2 * blueprint.config["width"] * (blueprint.config["blocks"] - 1)
    makers = engine_rows(device, lambda rows: Engine(run, rows, width, pixels_like(blueprint, rows)))
    engine = choose(blueprint.fingerprint(f"{device} exact={exact}"), runtime, makers)
    return ImageBackbone(blueprint, engine, make_module, None, exact=exact)


def _runtime(blueprint: Blueprint, device: str, numbers: str) -> TorchRuntime:
    import torch

    from graft.backbones.torch_runtime import TorchRuntime

    with one_thread():
        mean, scale = mean_and_scale(blueprint, device)
        module: Any = make_module(blueprint).requires_grad_(False)
        module.to(device, memory_format=torch.channels_last)

    def forward(pixels: Tensor) -> Tensor:
        """Give the (R, width) embeddings and summaries of (R, S, S, 3) bytes."""
        *early, last = module.maps(normalised(pixels, mean, scale))
        embedding = module.end(last).float()
        return torch.cat([embedding, summary(early)], 1) if early else embedding

    return TorchRuntime(forward, device, numbers, autocast=True)
