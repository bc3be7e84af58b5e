"""Controls with random weights: the same each time, settled norms, a card that says so."""

import numpy as np
import pytest
import torch

from graft import backbones
from graft.backbones.random_weights import noise, settle
from graft.errors import BackboneError


def pixels(backbone: backbones.Backbone) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [backbone.prepare(rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)) for _ in range(3)]


def test_the_same_name_gives_the_same_weights_and_leaves_the_callers_random_numbers_alone() -> None:
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first, second = backbones.load("random/conv", device="cpu"), backbones.load("random/conv", device="cpu")
    assert torch.equal(before, torch.random.get_rng_state())
    assert first.fingerprint == second.fingerprint
    assert np.array_equal(first.embed(pixels(first)), second.embed(pixels(second)))
    card = first.card
    assert (card.name, card.input_size, card.dim, card.parent) == ("random/conv", 28, 64, "")
    assert "random weights, seed 0" in card.trained_on
    assert card.parameters == 9 * 64 * 3 + 3 * 9 * 64 * 64 + 8 * 64
    assert backbones.load("random/conv-84", device="cpu").card.sha256 != card.sha256


def test_any_network_has_its_random_control(tiny_backbone) -> None:
    trained = backbones.load(str(tiny_backbone), device="cpu")
    control = backbones.load(f"random/{tiny_backbone}", device="cpu")
    assert control.width == trained.width
    assert control.card.sha256 != trained.card.sha256
    assert control.class_names == ()
    assert not np.allclose(control.embed(pixels(control)), trained.embed(pixels(trained)))


def test_norms_get_the_statistics_of_what_they_meet() -> None:
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 5, 3), torch.nn.BatchNorm2d(5, momentum=0.3)).eval()
    with torch.no_grad():
        settle(network, 16, 0)
        met = network[0](noise(256, 16, 0))
    np.testing.assert_allclose(network[1].running_mean, met.mean((0, 2, 3)), atol=1e-5)
    np.testing.assert_allclose(network[1].running_var, met.var((0, 2, 3)), rtol=1e-4)
    assert (network[1].momentum, network[1].training) == (0.3, False)


def test_noise_is_standard_and_falls_with_frequency() -> None:
    found = noise(4, 32, 1).numpy()
    np.testing.assert_allclose(found.mean((2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(found.std((2, 3)), 1, atol=1e-4)
    power = np.abs(np.fft.rfft2(found)).mean((0, 1))
    assert power[0, 1] > 3 * power[0, 8]


@pytest.mark.real
def test_the_packaged_encoder_has_a_control() -> None:
    if "all-minilm-l6-v2" not in backbones.available("text"):
        pytest.skip("the package with the weights of all-minilm-l6-v2 is not installed")
    control = backbones.load("random/all-minilm-l6-v2", device="cpu", exact=True)
    weight = control.blueprint.state["encoder.layer.0.intermediate.dense.weight"]
    assert abs(float(weight.std()) - 0.02) < 1e-3
    assert control.embed([control.prepare("a text")]).shape == (1, 4 * 384)


def test_what_has_no_network_has_no_control() -> None:
    with pytest.raises(BackboneError, match="word-counts has no network, so it cannot have random weights"):
        backbones.load("random/word-counts")
    with pytest.raises(BackboneError, match=r"no backbone 'efficientnet-lte0'.*efficientnet-lite0"):
        backbones.load("random/efficientnet-lte0")
