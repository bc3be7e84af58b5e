"""The graph of an EfficientNet-Lite for OpenVINO, written from its folded layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graft.backbones.openvino_runtime import library
from graft.backbones.same import padding

if TYPE_CHECKING:
    from graft.backbones.blueprint import Blueprint
    from graft.backbones.layer import Layer
from graft.backbones.lite import LiteNetwork

PLACES = np.array([2, 3])


def lite_graph(network: LiteNetwork, blueprint: Blueprint, rows: int) -> Any:
    """Give the graph from (R, S, S, 3) bytes to (R, width) features; `network` has float32 layers."""
    openvino = library()
    from openvino import opset13 as ops

    side = blueprint.card.input_size
    mean, std = (np.array(numbers, np.float32).reshape(3, 1, 1) * 255 for numbers in _normal(blueprint))
    given = ops.parameter([rows, side, side, 3], np.uint8)
    x = ops.transpose(ops.convert(given, "f32"), np.array([0, 3, 1, 2]))
    x = _layer(ops.multiply(ops.subtract(x, mean), 1 / std), network.stem)
    ends = []
    for i, layers in enumerate(network.blocks):
        y = x
        for layer in layers:
            y = _layer(y, layer)
        strided = any(layer.stride > 1 for layer in layers)
        x = y if strided or _shape(y) != _shape(x) else ops.add(y, x)
        if i in network.stage_ends:
            ends += [ops.reduce_mean(x, PLACES), ops.reduce_max(x, PLACES)]
    pooled = ops.reduce_mean(_layer(x, network.head), PLACES)
    return openvino.Model([ops.result(ops.concat([pooled, *ends], 1))], [given], "lite")


def _normal(blueprint: Blueprint) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return blueprint.card.mean, blueprint.card.std


def _layer(x: Any, layer: Layer) -> Any:
    from openvino import opset13 as ops

    weight = layer.weight.contiguous().numpy()
    channels, side, kernel = _shape(x)[1], _shape(x)[2], weight.shape[-1]
    before, after = padding(side, kernel, layer.stride)
    how = [layer.stride] * 2, [before] * 2, [after] * 2, [1, 1]
    if channels != weight.shape[1]:
        y = ops.group_convolution(x, ops.constant(weight[:, None]), *how)
    else:
        y = ops.convolution(x, ops.constant(weight), *how)
    y = ops.add(y, ops.constant(layer.bias.numpy().reshape(1, -1, 1, 1)))
    return ops.clamp(y, 0, 6) if layer.relu else y


def _shape(node: Any) -> list[int]:
    return [int(size) for size in node.output(0).shape]
