"""Test time: pooled statistics and weights a second time, a corrupted stream recovered, one class not collapsed."""

import numpy as np
import pytest
import torch

from graft import backbones
from graft.align.test_time.adaptive_norms import adapt_norms
from graft.align.test_time.entropy import Entropy
from graft.align.test_time.manners import MANNERS, Manner
from graft.align.test_time.statistics import Variety, follow, pooled, source_moments
from graft.align.test_time.stream import Stream, adapt_stream
from graft.errors import DataError, GraftError
from graft.heads.logistic import Logistic
from graft.heads.nearest_neighbours import NearestNeighbours


def squares(count, seed, contrast=1.0, offset=0.0, only=None):
    """Noisy 28-pixel images with a bar in one of three colours."""
    draw = np.random.default_rng(seed)
    y = np.arange(count) % 3 if only is None else np.full(count, only)
    images = draw.normal(110, 25, (count, 28, 28, 3))
    for image, k in zip(images, y, strict=True):
        image[:, 8:20, k] += 90
    changed = (images - 110) * contrast + 110 + offset
    return list(np.clip(changed, 0, 255).astype(np.uint8)), y


@pytest.fixture(scope="module")
def learned():
    """Give a random conv net and a head fitted on its embeddings."""
    backbone = backbones.load("random/conv", device="cpu", exact=True, runtime="torch")
    images, y = squares(90, 0)
    embedded = backbone.embed([backbone.prepare(image) for image in images])[:, : backbone.card.dim]
    return backbone, Logistic(penalty=0.01).fit(embedded, y)


def frozen(learned, images):
    backbone, head = learned
    return head.predict(backbone.embed([backbone.prepare(i) for i in images])[:, : backbone.card.dim])


def streamed(learned, images, method, size=16):
    batches = [images[i : i + size] for i in range(0, len(images), size)]
    known = squares(64, 9)[0]
    return np.concatenate(list(adapt_stream(*learned, batches, method, reference=known))).argmax(axis=1)


def test_pooled_moments_are_those_of_both_sets_together():
    draw = np.random.default_rng(0)
    a, b = draw.standard_normal((7, 3)), draw.standard_normal((4, 3)) + 2
    moments = [(torch.from_numpy(x.mean(0)), torch.from_numpy(x.var(0))) for x in (a, b)]
    mean, var = pooled(moments[0], 7, moments[1], 4)
    both = np.concatenate([a, b])
    np.testing.assert_allclose(mean, both.mean(0))
    np.testing.assert_allclose(var, both.var(0))


def test_weights_leave_out_unsure_rows_and_those_like_the_mean_of_predictions():
    entropy = Entropy([torch.nn.Parameter(torch.zeros(1))], Manner(16, 512, rate=1e-3, sure=0.4))
    p = np.array([[0.98, 0.01, 0.01], [0.4, 0.3, 0.3], [0.01, 0.98, 0.01]])
    logs = torch.from_numpy(np.log(p))
    H = -(p * np.log(p)).sum(1)
    first = np.where([True, False, True], np.exp(0.4 * np.log(3) - H), 0)
    np.testing.assert_allclose(entropy.weights(logs), first)
    for _ in range(60):
        entropy.weights(logs[:1])
    np.testing.assert_allclose(entropy.weights(logs), [0, 0, first[2]])


def test_tent_takes_a_step_of_adam_down_the_mean_entropy_and_no_step_that_is_not_finite():
    weight = torch.nn.Parameter(torch.tensor([1.0]))
    entropy = Entropy([weight], Manner(0, 0, rate=1e-3))
    scores = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    entropy.learn((weight * scores).log_softmax(1))
    assert weight.item() == pytest.approx(1.001, abs=1e-6)
    entropy.learn((weight * scores * float("inf")).log_softmax(1))
    assert weight.item() == pytest.approx(1.001, abs=1e-6)


@pytest.mark.parametrize("method", MANNERS)
def test_a_stream_of_changed_photos_is_told_better_than_frozen(learned, method):
    images, y = squares(96, 1, contrast=0.25, offset=60)
    before = (frozen(learned, images) == y).mean()
    kept = [image.copy() for image in images]
    assert before < 0.75
    assert (streamed(learned, images, method) == y).mean() > before + 0.1
    for old, new in zip(kept, images, strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_stream_of_one_class_does_not_collapse_eata(learned):
    images, y = squares(96, 2, only=1)
    assert (frozen(learned, images) == y).mean() > 0.95
    assert (streamed(learned, images, "eata") == y).mean() > 0.9
    stream = Stream(*learned, reference=squares(64, 9)[0])
    stream.predict_log_proba(images)
    later, truth = squares(48, 3)
    assert (stream.predict_log_proba(later).argmax(axis=1) == truth).mean() > 0.9


def test_a_stream_can_be_kept_as_a_backbone_and_leaves_the_first_as_it_was(learned):
    backbone, _ = learned
    before = backbone.fingerprint
    stream = Stream(*learned)
    stream.predict_log_proba(squares(16, 4, contrast=0.3)[0])
    made = stream.backbone()
    assert backbone.fingerprint == before != made.fingerprint
    assert made.card.parent == backbone.card.name
    assert made.card.name.endswith("+eata")


def test_adapted_norms_have_the_statistics_of_what_they_were_shown(learned):
    backbone, _ = learned
    images, _ = squares(40, 5, contrast=0.5)
    made = adapt_norms(backbone, images)
    body, old = made.trainable(), backbone.trainable()
    pixels = body.collate([made.prepare(image) for image in images])
    conv = body.network.blocks[0].conv
    with torch.no_grad():
        maps = conv((pixels[0].permute(0, 3, 1, 2).float() / 255 - 0.5) / 0.5)
    np.testing.assert_allclose(body.network.blocks[0].norm.running_mean, maps.mean((0, 2, 3)), atol=1e-3)
    assert torch.equal(body.network.blocks[0].conv.weight, old.network.blocks[0].conv.weight)
    assert made.card.name == f"{backbone.card.name}+adabn"


def test_refusals_are_sentences(learned):
    backbone, head = learned
    with pytest.raises(GraftError, match="Did you mean 'tent'"):
        Stream(backbone, head, "tend")
    other = NearestNeighbours().fit(np.eye(4), np.array([0, 1, 0, 1]))
    with pytest.raises(GraftError, match="needs a linear classifier"):
        Stream(backbone, other)
    with pytest.raises(DataError, match="3 inputs are too few"):
        adapt_norms(backbone, squares(3, 0)[0])


def test_variety_is_the_entropy_of_the_mean_prediction():
    variety = Variety(3.0)
    assert variety.value == 1
    p = np.array([[0.9, 0.05, 0.05], [0.3, 0.6, 0.1]])
    variety.take(torch.from_numpy(np.log(p)))
    mean = p.mean(0)
    assert variety.value == pytest.approx((-(mean * np.log(mean)).sum() / np.log(3)) ** 3)
    for _ in range(50):
        variety.take(torch.from_numpy(np.log(np.array([[0.999, 0.0005, 0.0005]] * 16))))
    assert variety.value < 0.01


def test_what_enters_a_norm_is_brought_to_the_source_and_then_normalised_as_ever():
    torch.manual_seed(0)
    norm = torch.nn.BatchNorm1d(3).eval()
    norm.running_mean.normal_()
    norm.running_var.uniform_(0.5, 2)
    own = norm.running_mean.clone(), norm.running_var.clone()
    x, source = torch.randn(40, 3) * 2 + 5, torch.randn(50, 3) * 0.7 - 1
    (known,) = source_moments(torch.nn.Sequential(norm), lambda: iter([norm(source[:20]), norm(source[20:])]))
    torch.testing.assert_close(known, (source.mean(0), source.var(0, correction=0)))
    follow(torch.nn.Sequential(norm), Manner(prior=0, memory=0), Variety(0.0), [known])
    brought = (x - x.mean(0)) / x.var(0, correction=0).sqrt() * known[1].sqrt() + known[0]
    torch.testing.assert_close(norm(x), (brought - own[0]) / (own[1] + norm.eps).sqrt(), rtol=1e-3, atol=1e-3)
