"""A text encoder on a device: its network in the runtime that is fastest there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graft.backbones.bert import BertNetwork
from graft.backbones.blueprint import Blueprint
from graft.backbones.choice import Engine, choose
from graft.backbones.encoders import make_module
from graft.backbones.graphs import Arrays, stored
from graft.backbones.openvino_runtime import OpenVinoRuntime, installed, numbers_here
from graft.backbones.pooling import pooled
from graft.backbones.runtime import one_thread, pick_numbers
from graft.backbones.text import TextBackbone, budget_on

if TYPE_CHECKING:
    from torch import Tensor

SAMPLE_TOKENS = 32


def build(blueprint: Blueprint, device: str, exact: bool, runtime: str = "auto") -> TextBackbone:
    """Give the backbone of a text encoder on a device."""
    rows = max(1, budget_on(device) // SAMPLE_TOKENS)
    ids, mask = np.full((rows, SAMPLE_TOKENS), 1, np.int64), np.ones((rows, SAMPLE_TOKENS), np.bool_)

    def with_torch() -> Engine:
        """Run the tensors themselves, or the network of transformers."""
        from graft.backbones.torch_runtime import TorchRuntime

        numbers = pick_numbers(device, exact)
        with one_thread():
            forward = _forward(blueprint, device, numbers)
        run = TorchRuntime(forward, device, numbers, autocast=blueprint.kind != "bert")
        return Engine(run, rows, blueprint.card.dim, (ids, mask))

    def with_openvino() -> Engine:
        """Run the graph, made from the tensors the first time."""
        graph, _ = stored(blueprint, lambda: _graph(blueprint))
        return Engine(OpenVinoRuntime(graph, numbers_here(exact)), rows, blueprint.card.dim, (ids, mask))

    makers = {"torch": with_torch}
    if device == "cpu" and blueprint.kind == "bert" and installed():
        makers["openvino"] = with_openvino
    engine = choose(blueprint.fingerprint(f"{device} exact={exact}"), runtime, makers)
    return TextBackbone(blueprint, engine, make_module, budget=budget_on(device), exact=exact)


def _forward(blueprint: Blueprint, device: str, numbers: str) -> Any:
    import torch

    pooling, normalise = blueprint.config["pooling"], blueprint.config["normalise"]
    if blueprint.kind == "bert":
        states: Any = BertNetwork(blueprint.state, blueprint.config, getattr(torch, numbers), device)
    else:
        module = make_module(blueprint).to(device).requires_grad_(False)

        def states(ids: Tensor, mask: Tensor) -> Any:
            """Give the (R, L, D) states of the last layer."""
            return module(input_ids=ids, attention_mask=mask.long()).last_hidden_state

    def forward(ids: Tensor, mask: Tensor) -> Tensor:
        """Give the (R, D) pooled states."""
        return pooled(states(ids, mask), mask, pooling, normalise)

    return forward


def _graph(blueprint: Blueprint) -> tuple[Any, Arrays]:
    import torch

    from graft.backbones.openvino_bert import bert_graph

    with one_thread():
        network = BertNetwork(blueprint.state, blueprint.config, torch.float32, "cpu")
        return bert_graph(network, blueprint.config["pooling"], blueprint.config["normalise"]), {}
