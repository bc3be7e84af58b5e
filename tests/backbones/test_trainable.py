"""Networks with gradients: the same function as the backbone, cut without a change, moved, saved and run anywhere."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from test_text import CONFIG, TEXTS, write_encoder

from graft.backbones import at_size, entries, load, save_backbone, trained
from graft.backbones.moved import state_hash
from graft.backbones.openvino_runtime import installed
from graft.errors import BackboneError

IMAGES = list(np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), np.uint8))


def write_timm(folder, architecture, size=64, **args):
    import timm

    torch.manual_seed(0)
    network = timm.create_model(architecture, num_classes=10, **args)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.running_mean, std=0.2)
    folder.mkdir(exist_ok=True)
    save_file(network.state_dict(), folder / "model.safetensors")
    config = {"architecture": architecture, "num_classes": 10, "model_args": args,
              "pretrained_cfg": {"input_size": [3, size, size]}}  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return str(folder)


def lite_like(folder):
    """A Lite of random weights, as graft saves it."""
    entry = next(e for e in entries() if e.kind == "lite")
    if not entry.here():
        pytest.skip(f"{entry.source} is not installed")
    return at_size(load(entry.name, device="cpu", exact=True), 64)


MAKERS = {
    "lite": lite_like,
    "resnet": lambda folder: load(write_timm(folder, "test_resnet"), device="cpu", exact=True),
    "efficientnet": lambda folder: load(write_timm(folder, "test_efficientnet"), device="cpu", exact=True),
    "vit": lambda folder: load(write_timm(folder, "test_vit", 160), device="cpu", exact=True),
    "bert": lambda folder: (write_encoder(folder), load(str(folder), device="cpu", exact=True))[1],
    "electra": lambda folder: (write_encoder(folder, "electra"), load(str(folder), device="cpu", exact=True))[1],
}
CUT = {"lite": 17, "resnet": 5, "efficientnet": 6, "vit": 1, "bert": 3, "electra": 1}


def prepared(backbone):
    if backbone.card.modality == "text":
        return [backbone.prepare(text) for text in TEXTS]
    side = backbone.card.input_size
    return [np.resize(image, (side, side, 3)) for image in IMAGES]


@pytest.mark.parametrize("kind", MAKERS)
def test_it_is_the_backbones_own_function_and_its_parts_in_turn_are_it_bit_for_bit(tmp_path, kind):
    backbone = MAKERS[kind](tmp_path)
    network = backbone.trainable()
    inputs = network.collate(prepared(backbone))
    found = network(*inputs)
    expected = backbone.embed(prepared(backbone))[:, : backbone.card.dim]
    assert found.requires_grad
    assert found.dtype == torch.float32
    assert found.shape == (len(expected), network.dim)
    scale = float(np.abs(expected).max())
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=2e-3, atol=2e-4 * scale)
    states = inputs
    for part in network.parts:
        states = part(*states)
    assert len(states) == 1
    assert torch.equal(states[0], found)
    assert len(network.parts) == CUT[kind]


@pytest.mark.parametrize("kind", MAKERS)
def test_depths_name_every_parameter_the_embedding_depends_on_once_from_input_to_output(tmp_path, kind):
    network = MAKERS[kind](tmp_path).trainable()
    backbone_inputs = network.collate(prepared(MAKERS[kind](tmp_path)))
    network(*backbone_inputs).sum().backward()
    reached = {name for name, parameter in network.network.named_parameters() if parameter.grad is not None}
    depths = network.depths()
    named = [name for depth in depths for name in depth]
    assert len(named) == len(set(named))
    assert set(named) == reached
    assert len(depths) == len(network.parts) or len(network.parts) == 1
    assert len(depths) > 1


def test_depths_are_those_that_timm_groups(tmp_path):
    from timm.models._manipulate import group_parameters

    for architecture in ("test_efficientnet", "test_resnet"):
        network = load(write_timm(tmp_path, architecture), device="cpu").trainable()
        groups = group_parameters(network.network, network.network.group_matcher(coarse=False))
        theirs = [set(group) for group in groups.values()]
        assert [set(depth) for depth in network.depths()] == theirs[: len(network.parts)]


def test_a_part_takes_only_the_gradients_of_its_depth(tmp_path):
    network = MAKERS["bert"](tmp_path).trainable()
    backbone = load(str(tmp_path), device="cpu")
    with torch.no_grad():
        states = network.parts[0](*network.collate(prepared(backbone)))
    for part in network.parts[1:]:
        states = part(*states)
    states[0].square().sum().backward()
    moved = {name for name, parameter in network.network.named_parameters() if parameter.grad is not None}
    assert moved == {name for depth in network.depths()[1:] for name in depth}


@pytest.mark.parametrize("kind", MAKERS)
def test_a_moved_backbone_embeds_by_its_new_weights_also_after_saving(tmp_path, kind):
    backbone = MAKERS[kind](tmp_path / "given" if kind == "lite" else tmp_path)
    before = backbone.embed(prepared(backbone))
    network = backbone.trainable()
    optimizer = torch.optim.SGD(network.parameters(), 1e-3)
    network(*network.collate(prepared(backbone))).square().mean().backward()
    optimizer.step()
    made = trained(backbone, network, name="ours", trained_on="noise")
    found = made.embed(prepared(backbone))
    expected = network(*network.collate(prepared(backbone))).detach().numpy()
    scale = float(np.abs(expected).max())
    np.testing.assert_allclose(found[:, : network.dim], expected, rtol=2e-3, atol=3e-4 * scale)
    assert not np.array_equal(found, before)
    assert np.array_equal(backbone.embed(prepared(backbone)), before)
    assert (made.card.name, made.card.trained_on, made.card.parent) == ("ours", "noise", backbone.card.name)
    assert (made.runtime, made.device, made.exact) == (backbone.runtime, backbone.device, backbone.exact)
    assert made.fingerprint != backbone.fingerprint
    assert made.class_names == ()
    save_backbone(made, tmp_path / "saved")
    again = load(str(tmp_path / "saved"), device="cpu", exact=True, runtime=made.runtime)
    assert again.fingerprint == made.fingerprint
    assert again.card == made.card
    assert np.array_equal(again.embed(prepared(backbone)), found)


@pytest.mark.parametrize("kind", ["lite", "bert"])
@pytest.mark.parametrize("runtime", ["torch", "openvino"])
@pytest.mark.skipif(not installed(), reason="openvino is not installed")
def test_both_runtimes_take_moved_weights(tmp_path, kind, runtime):
    backbone = MAKERS[kind](tmp_path)
    network = backbone.trainable()
    with torch.no_grad():
        for parameter in network.network.parameters():
            parameter.mul_(1.03)
    made = trained(backbone, network, name="ours", trained_on="noise")
    save_backbone(made, tmp_path / "saved")
    there = load(str(tmp_path / "saved"), device="cpu", exact=True, runtime=runtime)
    assert there.runtime.split("/")[0] == runtime
    with torch.no_grad():
        expected = network(*network.collate(prepared(backbone))).numpy()
    found = there.embed(prepared(backbone))[:, : network.dim]
    np.testing.assert_allclose(found, expected, rtol=5e-3, atol=5e-4 * float(np.abs(expected).max()))


def test_dropout_acts_in_training_only(tmp_path):
    backbone = MAKERS["bert"](tmp_path)
    network = backbone.trainable()
    inputs = network.collate(prepared(backbone))
    assert torch.equal(network(*inputs), network(*inputs))
    network.train()
    assert not torch.equal(network(*inputs), network(*inputs))
    assert CONFIG["hidden_size"] == network.dim


def test_another_size_is_another_backbone(tmp_path):
    backbone = MAKERS["efficientnet"](tmp_path)
    small = at_size(backbone, 32)
    assert small.card.input_size == 32
    assert small.fingerprint != backbone.fingerprint
    assert small.prepare(IMAGES[0]).shape == (32, 32, 3)
    assert at_size(backbone, 64) is backbone
    with pytest.raises(BackboneError, match="must be at least 1 pixel, and 0 is not"):
        at_size(backbone, 0)
    with pytest.raises(BackboneError, match="reads no images"):
        at_size(MAKERS["bert"](tmp_path / "text"), 32)


def test_what_has_no_network_and_weights_of_another_network_are_refused(tmp_path):
    words = load("word-counts")
    with pytest.raises(BackboneError, match="word-counts has no network to fine-tune"):
        words.trainable()
    network = MAKERS["efficientnet"](tmp_path).trainable()
    with pytest.raises(BackboneError, match="word-counts has no network, so nothing can be made of it"):
        trained(words, network, name="x", trained_on="y")
    other = MAKERS["resnet"](tmp_path / "other")
    with pytest.raises(BackboneError, match="These are not the weights of"):
        trained(other, network, name="x", trained_on="y")


def test_the_hash_of_weights_sees_names_shapes_and_values():
    one = {"a": torch.zeros(2, 3), "b": torch.tensor(1)}
    assert state_hash(one) == state_hash(dict(reversed(one.items())))
    others = [{"c": one["a"], "b": one["b"]}, one | {"a": torch.zeros(3, 2)}, one | {"b": torch.tensor(2)}]
    assert len({state_hash(state) for state in [one, *others]}) == 4
