"""An EfficientNet-Lite on a device: its network in the runtime that is fastest there."""

from __future__ import annotations

import numpy as np

from graft.backbones.blueprint import Blueprint
from graft.backbones.choice import Engine, choose
from graft.backbones.compiled import kept_beside
from graft.backbones.graphs import Arrays, place_of, stored
from graft.backbones.lite import LiteNetwork
from graft.backbones.normalising import mean_and_scale, normalised
from graft.backbones.openvino_runtime import OpenVinoRuntime, installed, numbers_here
from graft.backbones.runtime import one_thread, pick_numbers
from graft.backbones.timm_net import make_module
from graft.backbones.vision import ImageBackbone, engine_rows, pixels_like

CLASSIFIER = ("classifier.weight", "classifier.bias")
ONE_ROW = "1 rows"


def build(blueprint: Blueprint, device: str, exact: bool, runtime: str = "auto") -> ImageBackbone:
    """Give the backbone of these EfficientNet-Lite weights on a device."""
    held: dict[str, Arrays] = {}

    def with_torch(rows: int) -> Engine:
        """Run the tensors themselves."""
        import torch

        from graft.backbones.torch_runtime import TorchRuntime

        numbers = pick_numbers(device, exact)
        with one_thread():  # folding small tensors on several threads only makes them wait for one another
            network = LiteNetwork(blueprint.state, getattr(torch, numbers), device)
            mean, scale = mean_and_scale(blueprint, device)
        held["torch"] = dict(zip(CLASSIFIER, network.classifier, strict=True))
        run = TorchRuntime(lambda pixels: network(normalised(pixels, mean, scale)), device, numbers)
        return Engine(run, rows, network.dim + network.stages, pixels_like(blueprint, rows))

    def with_openvino(rows: int) -> Engine:
        """Run the graph, made from the tensors for one row the first time."""
        graph, held["openvino"] = stored(blueprint, lambda: _graph(blueprint), ONE_ROW)
        if rows > 1:
            graph.reshape([rows, *list(graph.input(0).shape)[1:]])
        width = int(graph.output(0).shape[1])
        run = OpenVinoRuntime(graph, numbers_here(exact), kept_beside(place_of(blueprint, ONE_ROW)))
        return Engine(run, rows, width, pixels_like(blueprint, rows))

    makers = engine_rows(device, with_torch, with_openvino if installed() else None)
    engine = choose(blueprint.fingerprint(f"{device} exact={exact}"), runtime, makers)
    weight, bias = (np.asarray(held[engine.runtime.name][name], np.float32) for name in CLASSIFIER)
    return ImageBackbone(blueprint, engine, make_module, (weight, bias), exact=exact)


def _graph(blueprint: Blueprint) -> tuple[object, Arrays]:
    import torch

    from graft.backbones.openvino_lite import lite_graph

    with one_thread():
        network = LiteNetwork(blueprint.state, torch.float32, "cpu")
        return lite_graph(network, blueprint, 1), dict(zip(CLASSIFIER, network.classifier, strict=True))
