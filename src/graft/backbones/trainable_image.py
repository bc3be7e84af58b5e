"""Image networks with gradients: bytes in, embeddings out, cut between the blocks of the families that allow it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from graft.backbones.blueprint import Blueprint
from graft.backbones.normalising import mean_and_scale, normalised
from graft.backbones.trainable import States, Trainable, names_by_piece


class ImageTrainable(Trainable):
    """A network that reads (B, S, S, 3) bytes.

    A network with a method `pieces()` says itself how it is cut: modules that lead from the normalised image to the
    (B, D) embedding when run in turn. timm's EfficientNet, ResNet and VGG families are cut here, others are one part.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, blueprint: Blueprint, network: torch.nn.Module) -> None:
        super().__init__(network.to(memory_format=torch.channels_last), blueprint.card.dim)
        mean, scale = mean_and_scale(blueprint, "cpu")
        self.register_buffer("mean", mean, persistent=False)
        self.register_buffer("scale", scale, persistent=False)
        self._pieces = _pieces(network)
        runs = self._pieces or [_Whole(network)]
        self.parts = [self._first(runs[0], last=len(runs) == 1), *map(_middle, runs[1:-1])]
        self.parts += [_last(run) for run in runs[1:][-1:]]

    def collate(self, prepared: Sequence[Any]) -> States:
        """Stack B images to (B, S, S, 3) bytes."""
        return (torch.from_numpy(np.stack(prepared)),)

    def depths(self) -> list[list[str]]:
        """Give the parameters' names by depth, as the cuts or timm's `group_matcher` order them."""
        if self._pieces:
            return names_by_piece(self.network, self._pieces)
        from timm.models._manipulate import group_parameters

        network: Any = self.network
        unused = {id(parameter) for parameter in network.get_classifier().parameters()}
        held = dict(network.named_parameters())
        groups = group_parameters(network, network.group_matcher(coarse=False)).values()
        named = [[name for name in group if id(held[name]) not in unused] for group in groups]
        return [group for group in named if group]

    def _first(self, run: Any, last: bool) -> Any:
        def first(pixels: Tensor) -> States:
            """Normalise the bytes and run the first piece."""
            found = run(normalised(pixels, self.mean, self.scale))
            return (found.flatten(1).float() if last else found,)

        return first


class _Whole(torch.nn.Module):
    """A timm network up to its classifier, held so that it is not registered twice."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self._held = (network,)

    def forward(self, x: Tensor) -> Tensor:
        """Give the (B, D) features before the classifier."""
        network: Any = self._held[0]
        found: Tensor = network.forward_head(network.forward_features(x), pre_logits=True)
        return found


def _middle(run: torch.nn.Module) -> Any:
    def middle(x: Tensor) -> States:
        """Run one piece."""
        return (run(x),)

    return middle


def _last(run: torch.nn.Module) -> Any:
    def last(x: Tensor) -> States:
        """Run the last piece and give flat float32 embeddings."""
        return (run(x).flatten(1).float(),)

    return last


def _pieces(network: Any) -> list[torch.nn.Module]:
    """Cut a network where its depth grows, as timm's own grouping does; no pieces where it is none of these."""
    if hasattr(network, "pieces"):
        return list(network.pieces())
    from timm.models.efficientnet import EfficientNet
    from timm.models.resnet import ResNet
    from timm.models.vgg import VGG

    in_turn = torch.nn.Sequential
    if type(network) is EfficientNet:
        *blocks, final = itertools.chain(*network.blocks)
        end = in_turn(final, network.conv_head, network.bn2, network.global_pool)
        return [in_turn(network.conv_stem, network.bn1), *blocks, end]
    if type(network) is ResNet:
        stem = [network.conv1, network.bn1, network.act1, network.maxpool]
        *blocks, final = itertools.chain(network.layer1, network.layer2, network.layer3, network.layer4)
        return [in_turn(*stem), *blocks, in_turn(final, network.global_pool)]
    if type(network) is VGG:
        stages = _by_pooling(network.features)
        return [*stages, _VggEnd(network)]
    return []


class _VggEnd(torch.nn.Module):
    """VGG's two dense layers and the pooling between its maps and its classifier."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.pre_logits = network.pre_logits
        self._held = (network,)

    def forward(self, x: Tensor) -> Tensor:
        """Give the (B, 4096) features of the last maps."""
        found: Tensor = self._held[0].forward_head(x, pre_logits=True)
        return found


def _by_pooling(layers: torch.nn.Sequential) -> list[torch.nn.Module]:
    stages: list[list[torch.nn.Module]] = [[]]
    for layer in layers:
        stages[-1].append(layer)
        if isinstance(layer, torch.nn.MaxPool2d):
            stages.append([])
    return [torch.nn.Sequential(*stage) for stage in stages if stage]
