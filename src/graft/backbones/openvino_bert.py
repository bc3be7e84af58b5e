"""The graph of a BERT encoder for OpenVINO, written from its tensors; any number of rows and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graft.backbones.openvino_runtime import library

if TYPE_CHECKING:
    from graft.backbones.bert import BertNetwork

UNSEEN = np.float32(-1e9)
LAST, HEADS_FIRST = np.array([-1]), np.array([0, 2, 1, 3])


def bert_graph(network: BertNetwork, pooling: str, normalise: bool, middle: Sequence[int] = ()) -> Any:
    """Give the graph from (R, L) token ids and their mask to the (R, D) pooled vectors.

    Beside them stand the means over tokens of the states after the layers `middle`, which count from 1.
    """
    openvino = library()
    from openvino import opset13 as ops

    ids = ops.parameter(openvino.PartialShape([-1, -1]), np.int64)
    mask = ops.parameter(openvino.PartialShape([-1, -1]), np.bool_)
    seen = ops.convert(mask, "f32")
    unseen = ops.multiply(ops.subtract(np.float32(1), seen), UNSEEN)
    x, summaries = _embedded(network, ids), []
    for number, (inward, outward, norm, wide, narrow, last) in enumerate(network.layers, 1):
        seen_states = attended(x, inward, ops.unsqueeze(unseen, np.array([1, 2])), network.heads)
        x = normed(ops.add(x, linear(seen_states, outward)), norm, network.epsilon)
        x = normed(ops.add(x, linear(ops.gelu(linear(x, wide), "ERF"), narrow)), last, network.epsilon)
        if number in middle:
            summaries.append(_pooled(x, seen, unseen, "mean"))
    vectors = _pooled(x, seen, unseen, pooling)
    if normalise:
        vectors = ops.normalize_l2(vectors, np.array([1]), 1e-24, "max")
    row = ops.concat([vectors, *summaries], 1) if summaries else vectors
    return openvino.Model([ops.result(row)], [ids, mask], "bert")


def _embedded(network: BertNetwork, ids: Any) -> Any:
    from openvino import opset13 as ops

    first, one = np.array([0]), np.array([1])
    length = ops.gather(ops.shape_of(ids), one, np.array(0))
    places = ops.slice(constant(network.places), first, length, one, first)
    words = ops.gather(constant(network.words), ids, np.array(0))
    return normed(ops.add(words, places), network.norm, network.epsilon)


def attended(x: Any, inward: Any, unseen: Any, heads: int) -> Any:
    """Give softmax(Q K^T / sqrt(d) + unseen) V of every head, side by side; `unseen` may be None."""
    from openvino import opset13 as ops

    width = inward[0].shape[1]
    size = width // heads
    parts = [(inward[0][i : i + width], inward[1][i : i + width]) for i in range(0, 3 * width, width)]
    split = np.array([0, 0, heads, size])
    query, key, value = (
        ops.transpose(ops.reshape(linear(x, part), split, True), HEADS_FIRST)  # (R, heads, L, d)
        for part in parts
    )
    scores = ops.matmul(ops.multiply(query, np.float32(size**-0.5)), key, False, True)
    if unseen is not None:
        scores = ops.add(scores, unseen)
    mixed = ops.matmul(ops.softmax(scores, -1), value, False, False)
    return ops.reshape(ops.transpose(mixed, HEADS_FIRST), np.array([0, 0, width]), True)


def _pooled(x: Any, seen: Any, unseen: Any, pooling: str) -> Any:
    from openvino import opset13 as ops

    tokens = np.array([1])
    if pooling == "cls":
        return ops.gather(x, np.array(0), np.array(1))
    if pooling == "max":
        return ops.reduce_max(ops.add(x, ops.unsqueeze(unseen, np.array([2]))), tokens)
    weights = ops.unsqueeze(seen, np.array([2]))
    return ops.divide(ops.reduce_sum(ops.multiply(x, weights), tokens), ops.reduce_sum(weights, tokens))


def linear(x: Any, layer: Any) -> Any:
    """Give x W^T + b of a weight and a bias."""
    from openvino import opset13 as ops

    return ops.add(ops.matmul(x, constant(layer[0]), False, True), constant(layer[1]))


def normed(x: Any, norm: Any, epsilon: float) -> Any:
    """Give x at mean 0 and variance 1 over its last axis, times a weight, plus a bias."""
    from openvino import opset13 as ops

    return ops.add(ops.multiply(ops.mvn(x, LAST, True, epsilon, "INSIDE_SQRT"), constant(norm[0])), constant(norm[1]))


def constant(tensor: Any) -> Any:
    """Give a tensor as a part of a graph."""
    from openvino import opset13 as ops

    return ops.constant(tensor.contiguous().numpy())
