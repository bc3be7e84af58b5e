"""Stage summaries against a plain second evaluation through timm."""

from pathlib import Path

import numpy as np
import pytest
import torch

from graft.backbones import available, load
from graft.backbones.stages import maps_of, summary


def test_the_formula() -> None:
    maps = [torch.arange(24.0).reshape(1, 2, 3, 4), -torch.ones(1, 1, 2, 2)]
    assert summary(maps).tolist() == [[5.5, 17.5, 11.0, 23.0, -1.0, -1.0]]


@pytest.mark.real
def test_the_packaged_network_gives_the_stages_that_timm_gives() -> None:
    if "efficientnet-lite0" not in available("image"):
        pytest.skip("the package with the weights of efficientnet-lite0 is not installed")
    backbone = load("efficientnet-lite0", device="cpu", exact=True)
    pixels = np.random.default_rng(0).integers(0, 255, (2, 224, 224, 3), dtype=np.uint8)
    found = backbone.embed(list(pixels))[:, backbone.card.dim :]
    x = torch.from_numpy(pixels).permute(0, 3, 1, 2) / 127.5 - 1
    module = backbone.module
    plain = []
    with torch.inference_mode():
        x = module.bn1(module.conv_stem(x))
        for stage in module.blocks:
            x = stage(x)
            plain += [x.mean((2, 3)), x.amax((2, 3))]
    assert np.allclose(found, torch.cat(plain, 1).numpy(), atol=1e-3)
    assert found.shape[1] == backbone.stages == 1568


def test_a_network_of_one_resolution_has_no_stages() -> None:
    import timm

    vit = timm.create_model("test_vit", num_classes=0).eval()
    with torch.inference_mode():
        last, maps = maps_of(vit, torch.zeros(1, 3, 160, 160))
    assert maps == []
    assert torch.equal(last, vit.forward_features(torch.zeros(1, 3, 160, 160)))


def test_a_local_network_gives_its_stages_after_its_embedding(tiny_backbone: Path) -> None:
    backbone = load(str(tiny_backbone), device="cpu", exact=True)
    pixels = np.random.default_rng(0).integers(0, 255, (1, 32, 32, 3), dtype=np.uint8)
    row = backbone.embed(list(pixels))[0]
    assert len(row) == backbone.width == backbone.card.dim + backbone.stages
    mean, std = torch.tensor(backbone.card.mean), torch.tensor(backbone.card.std)
    x = ((torch.from_numpy(pixels) / 255 - mean) / std).permute(0, 3, 1, 2)
    with torch.inference_mode():
        final = backbone.module.forward_head(backbone.module.forward_features(x), pre_logits=True).numpy()[0]
    assert np.allclose(row[: backbone.card.dim], final, atol=1e-4)
