"""Folders of weights: timm's, and graft's own, which give the same features with nothing else installed."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from graft.backbones import entries, load, packaged, save_backbone
from graft.backbones.base import Backbone, Card
from graft.backbones.files import read_tensors
from graft.errors import BackboneError


def sentence(folder, **how):
    with pytest.raises(BackboneError) as caught:
        load(str(folder), **how)
    return str(caught.value)


def write_timm(folder, architecture, **config):
    import timm

    folder.mkdir(exist_ok=True)
    torch.manual_seed(0)
    network = timm.create_model(
        architecture, num_classes=config.get("num_classes", 1000), **config.get("model_args", {})
    )
    save_file(network.state_dict(), folder / "model.safetensors")
    said = {"architecture": architecture, "pretrained_cfg": {"input_size": [3, 64, 64]}} | config
    (folder / "config.json").write_text(json.dumps(said), encoding="utf-8")
    return network.eval()


def photo(seed=0, size=80):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (size, size + 9, 3), np.uint8))


def plainly(network, backbone, image):
    pixels = torch.from_numpy(backbone.prepare(image).copy()).permute(2, 0, 1)[None] / 255
    mean, std = (torch.tensor(values)[:, None, None] for values in (backbone.card.mean, backbone.card.std))
    with torch.inference_mode():
        states = network.forward_features((pixels - mean) / std)
        return network.forward_head(states, pre_logits=True)[0].numpy()


@pytest.mark.parametrize(
    ("architecture", "dim", "config"),
    [
        ("vgg16", 4096, {"num_classes": 5, "model_args": {"mlp_ratio": 0.01}}),
        ("resnet50", 2048, {}),
        ("vit_tiny_patch16_224", 192, {"num_classes": 0, "model_args": {"img_size": 64}}),
    ],
)
def test_any_timm_network_loads_from_its_folder(tmp_path, architecture, dim, config):
    network = write_timm(tmp_path / "net", architecture, **config)
    backbone = load(str(tmp_path / "net"), device="cpu", exact=True)
    assert backbone.card.name == str(tmp_path / "net")
    assert backbone.card.dim == dim
    assert backbone.card.parameters == sum(parameter.numel() for parameter in network.parameters())
    found = backbone.embed([backbone.prepare(photo(seed)) for seed in range(2)])
    assert found.shape == (2, backbone.width)
    expected = plainly(network, backbone, photo(1))
    np.testing.assert_allclose(found[1, :dim], expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())
    assert np.array_equal(backbone.embed([backbone.prepare(photo(1))])[0], found[1])


def test_classes_are_named_only_where_the_folder_or_imagenet_names_them(tmp_path):
    write_timm(tmp_path / "own", "test_efficientnet", num_classes=2, pretrained_cfg={
        "input_size": [3, 64, 64], "label_names": ["n1", "n2"], "label_descriptions": {"n1": "a cat"}})  # fmt: skip
    backbone = load(str(tmp_path / "own"), device="cpu")
    assert backbone.class_names == ("a cat", "n2")
    features = backbone.embed([backbone.prepare(photo())])
    np.testing.assert_allclose(np.exp(backbone.class_scores(features)).sum(), 1, rtol=1e-5)
    write_timm(tmp_path / "unnamed", "test_efficientnet", num_classes=2)
    unnamed = load(str(tmp_path / "unnamed"), device="cpu")
    assert unnamed.class_names == ()
    assert unnamed.class_scores(features) is None
    write_timm(tmp_path / "in1k", "test_efficientnet", pretrained_cfg={"tag": "r160_in1k", "input_size": [3, 64, 64]})
    assert load(str(tmp_path / "in1k"), device="cpu").class_names[310:312] == (
        "ant, emmet, pismire",
        "grasshopper, hopper",
    )


def test_a_folder_that_is_no_backbone_says_what_is_expected(tmp_path, tiny_backbone):
    assert "holds no backbone: a config.json" in sentence(tmp_path)
    config = tmp_path / "config.json"
    config.write_text("{}", encoding="utf-8")
    assert "neither 'architecture' (timm) nor 'model_type'" in sentence(tmp_path)
    config.write_text("[", encoding="utf-8")
    assert "cannot be read as JSON" in sentence(tmp_path)
    config.write_text('{"architecture": "test_efficientnet"}', encoding="utf-8")
    assert "has no weights" in sentence(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"garbage")
    assert "is not a weights file that can be read safely" in sentence(tmp_path)
    (tmp_path / "model.safetensors").write_bytes((tiny_backbone / "model.safetensors").read_bytes())
    assert "do not fit its architecture" in sentence(tmp_path)
    config.write_text('{"architecture": "test_efficientnett"}', encoding="utf-8")
    assert "Did you mean 'test_efficientnet'" in sentence(tmp_path)
    (tmp_path / "model.safetensors.index.json").write_text('{"weight_map": {"a": "part-1"}}', encoding="utf-8")
    (tmp_path / "model.safetensors").unlink()
    assert "part-1 of its weights is missing" in sentence(tmp_path)


def test_a_pickle_that_runs_something_is_refused(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    torch.save({"weight": torch.zeros(1), "bomb": Bomb()}, tmp_path / "pytorch_model.bin")
    with pytest.raises(BackboneError, match="read safely"):
        read_tensors(tmp_path / "pytorch_model.bin")
    assert not (tmp_path / "ran").exists()
    torch.save({"state_dict": {"weight": torch.ones(1)}}, tmp_path / "good.pth")
    assert read_tensors(tmp_path / "good.pth")["weight"].item() == 1
    torch.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(BackboneError, match="something else than named tensors"):
        read_tensors(tmp_path / "list.pth")
    with pytest.raises(BackboneError, match="does not exist"):
        read_tensors(tmp_path / "gone.safetensors")


def same_again(backbone, folder, inputs):
    save_backbone(backbone, folder)
    again = load(str(folder), device="cpu")
    assert again.card == backbone.card
    assert again.fingerprint == backbone.fingerprint
    assert again.class_names == backbone.class_names
    before = backbone.embed([backbone.prepare(item) for item in inputs])
    after = again.embed([again.prepare(item) for item in inputs])
    assert (before != after).nnz == 0 if hasattr(before, "nnz") else np.array_equal(before, after)
    return again


def test_a_saved_backbone_gives_the_same_features_and_fingerprint(tmp_path, tiny_backbone):
    again = same_again(load(str(tiny_backbone), device="cpu"), tmp_path / "one", [photo(k) for k in range(3)])
    same_again(again, tmp_path / "two", [photo(5)])
    same_again(load("word-counts"), tmp_path / "words", ["a b a", ""])
    assert not list((tmp_path / "words").glob("*.safetensors"))


@pytest.mark.real
@pytest.mark.parametrize("name", ["efficientnet-lite0", "all-minilm-l6-v2"])
def test_a_saved_packaged_backbone_needs_its_package_no_longer(tmp_path, monkeypatch, name):
    entry = next(entry for entry in entries() if entry.name == name)
    if not entry.here():
        pytest.skip(f"{entry.source} is not installed")
    backbone = load(name, device="cpu")
    inputs = [photo(k) for k in range(2)] if entry.modality == "image" else ["One text.", "Another, longer text."]
    save_backbone(backbone, tmp_path)
    monkeypatch.setattr(packaged, "folder_of", lambda *_: pytest.fail("looked for a package"))
    again = load(str(tmp_path), device="cpu")
    assert (again.fingerprint, again.class_names) == (backbone.fingerprint, backbone.class_names)
    features = [b.embed([b.prepare(item) for item in inputs]) for b in (backbone, again)]
    assert np.array_equal(*features)
    if entry.modality == "image":
        assert np.array_equal(backbone.class_scores(features[0]), again.class_scores(features[0]))


def test_a_saved_backbone_that_was_changed_is_refused(tmp_path, tiny_backbone):
    save_backbone(load(str(tiny_backbone), device="cpu"), tmp_path)
    said = json.loads((tmp_path / "backbone.json").read_text(encoding="utf-8"))

    def with_said(**changes):
        (tmp_path / "backbone.json").write_text(json.dumps(said | changes), encoding="utf-8")
        return sentence(tmp_path)

    assert "was written by a newer graft" in with_said(format=99)
    assert "is damaged" in with_said(card={"name": "x"})
    assert "is of the kind 'litte'. Did you mean 'lite'" in with_said(kind="litte")
    assert "is not the file it should be" in with_said(weights="0" * 64)
    (tmp_path / "model.safetensors").unlink()
    assert "is incomplete: model.safetensors is missing" in with_said()


def test_a_backbone_made_elsewhere_cannot_be_saved(tmp_path):
    class Own(Backbone):
        card = Card("own", "image", "me", "mine", 1, 1)
        fingerprint = "0" * 32

        def prepare(self, item):
            return item

        def embed(self, batch):
            return np.zeros((len(batch), 1), np.float32)

    with pytest.raises(BackboneError, match="own was not built by graft"):
        save_backbone(Own(), tmp_path)
    assert list(tmp_path.iterdir()) == []
