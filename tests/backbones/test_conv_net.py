"""The small convolutional network: its formula, its parts, its sizes, saving, and what it refuses."""

import dataclasses

import numpy as np
import pytest
import torch
from torch.nn import functional

from graft import backbones
from graft.backbones import conv_net
from graft.backbones.blueprint import Blueprint
from graft.backbones.catalogue import build
from graft.backbones.random_weights import with_random_weights
from graft.errors import BackboneError


def plan(size: int = 12, **config: object) -> Blueprint:
    said = {"blocks": 2, "width": 4, "channels": 3, "pooling": "mean"} | config
    base = conv_net.plan("conv")
    card = dataclasses.replace(base.card, input_size=size, dim=conv_net.width_of(said, size))
    return with_random_weights(dataclasses.replace(base, card=card, config=said), "random/tiny")


def images(count: int = 5, size: int = 12) -> list[np.ndarray]:
    return list(np.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=np.uint8))


def plainly(blueprint: Blueprint, pixels: list[np.ndarray]) -> list[torch.Tensor]:
    x = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2) / 127.5 - 1
    if blueprint.config["channels"] == 1:
        x = x.mean(1, keepdim=True)
    maps, state = [], blueprint.state
    for i in range(blueprint.config["blocks"]):
        x = functional.conv2d(x, state[f"blocks.{i}.conv.weight"], padding=1)
        mean, var = state[f"blocks.{i}.norm.running_mean"], state[f"blocks.{i}.norm.running_var"]
        x = (x - mean[:, None, None]) / torch.sqrt(var[:, None, None] + 1e-5)
        x = functional.max_pool2d(torch.clamp(x, min=0), 2)  # fresh batch norms have weight 1 and bias 0
        maps.append(x)
    return maps


@pytest.mark.parametrize("config", [{}, {"channels": 1}, {"pooling": "flat"}, {"blocks": 1}])
def test_it_is_blocks_of_convolution_norm_relu_and_pooling(config: dict[str, object]) -> None:
    blueprint = plan(**config)
    backbone = build(blueprint, "cpu", True, "auto")
    found = backbone.embed(images())
    *early, last = plainly(blueprint, images())
    embedding = last.flatten(1) if config.get("pooling") == "flat" else last.mean((2, 3))
    wanted = torch.cat([embedding, *[part for m in early for part in (m.mean((2, 3)), m.amax((2, 3)))]], 1)
    assert found.shape == (5, backbone.width)
    assert backbone.card.dim == embedding.shape[1]
    np.testing.assert_allclose(found, wanted.numpy(), atol=1e-5)


@pytest.mark.parametrize("pooling", ["mean", "flat"])
def test_its_trainable_is_cut_at_the_blocks_and_gives_the_embedding(pooling: str) -> None:
    backbone = build(plan(pooling=pooling), "cpu", True, "auto")
    trainable = backbone.trainable()
    assert len(trainable.parts) == len(trainable.depths()) == 3
    assert [name for depth in trainable.depths() for name in depth] == [
        n for n, _ in trainable.network.named_parameters()
    ]
    with torch.no_grad():
        found = trainable(*trainable.collate(images()))
    np.testing.assert_allclose(found.numpy(), backbone.embed(images())[:, : backbone.card.dim], atol=1e-5)


def test_features_do_not_depend_on_the_company() -> None:
    backbone = build(plan(), "cpu", False, "auto")
    together = backbone.embed(images(7))
    assert np.array_equal(np.concatenate([backbone.embed([image]) for image in images(7)]), together)


def test_saved_it_is_the_same_and_reads_other_sizes(tmp_path) -> None:
    backbone = build(plan(), "cpu", False, "auto")
    backbones.save_backbone(backbone, tmp_path / "mine")
    again = backbones.load(str(tmp_path / "mine"), device="cpu")
    assert again.fingerprint == backbone.fingerprint
    assert np.array_equal(again.embed(images()), backbone.embed(images()))
    larger = backbones.at_size(again, 20)
    assert larger.embed(images(size=20)).shape == (5, backbone.width)
    assert larger.fingerprint != again.fingerprint


def test_what_cannot_be_is_refused_in_a_sentence() -> None:
    flat = plan(pooling="flat")
    with pytest.raises(BackboneError, match="flattens its last map, so it reads images of one size only: at 20 pixels"):
        build(dataclasses.replace(flat, card=dataclasses.replace(flat.card, input_size=20)), "cpu", True, "auto")
    with pytest.raises(BackboneError, match="2 blocks halve 3 pixels to nothing: images of 4 pixels or more"):
        plan(size=3)
    with pytest.raises(BackboneError, match=r"no pooling 'flatt'. Did you mean 'flat'"):
        plan(pooling="flatt")
    with pytest.raises(BackboneError, match="1 or 3 channels"):
        plan(channels=2)
    with pytest.raises(BackboneError, match="no convolutional network 'conv-8'"):
        conv_net.plan("conv-8")
    odd = plan()
    with pytest.raises(BackboneError, match="do not fit its configuration"):
        build(dataclasses.replace(odd, config=odd.config | {"blocks": 3}), "cpu", True, "auto")
