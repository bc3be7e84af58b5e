"""Views: which numbers of a row a head is shown, each evaluated a second time, plainly."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from graft.backbones.base import Backbone, Card
from graft.data.dataset import Dataset
from graft.errors import BackboneError
from graft.extract.features import Features
from graft.extract.views import View


class Net(Backbone):
    """A backbone of three numbers, two of stages, and four classes whose scores are sums of the numbers."""

    card = Card("net", "text", "here", "none", 1, 3)
    stages = 2
    fingerprint = "0" * 32

    def __init__(self, classes: bool) -> None:
        self.class_names = ("a", "b", "c", "d") if classes else ()

    def prepare(self, item: Any) -> Any:
        return item

    def embed(self, batch: Sequence[Any]) -> NDArray[np.float32]:
        raise NotImplementedError

    def class_scores(self, features: NDArray[np.float32]) -> NDArray[np.float32] | None:
        if not self.class_names:
            return None
        raw = features[:, :3] @ np.arange(12, dtype=np.float32).reshape(3, 4)
        below = raw - raw.max(axis=1, keepdims=True)
        return np.asarray(below - np.log(np.exp(below).sum(axis=1, keepdims=True)), dtype=np.float32)


@pytest.fixture
def features() -> Features:
    values = np.random.default_rng(0).normal(0, 0.1, (6, 5)).astype(np.float32)
    names = [f"item {i}" for i in range(6)]
    return Features(values, Dataset(names, names, "text"), np.zeros((6, 16), np.uint8), Net(classes=True))


def test_the_embedding_and_the_stages_are_parts_of_the_row(features: Features) -> None:
    assert np.array_equal(View().of(features), features.values[:, :3])
    assert np.array_equal(View("stages").of(features), features.values[:, 3:])


def test_class_scores_are_log_probabilities(features: Features) -> None:
    scores = np.asarray(View("class-scores").of(features))
    assert scores.shape == (6, 4)
    assert np.allclose(np.exp(scores).sum(axis=1), 1)


def test_narrowed_class_scores_are_those_of_a_choice_between_the_named_classes(features: Features) -> None:
    every = np.exp(np.asarray(View("class-scores").of(features), dtype=np.float64))
    wanted = np.log(every[:, [3, 1]] / every[:, [3, 1]].sum(axis=1, keepdims=True))
    assert np.allclose(View("class-scores", (3, 1)).of(features), wanted, atol=1e-5)


def test_narrowing_to_classes_that_are_all_but_impossible_stays_finite(features: Features) -> None:
    far = Features(features.values * 1e3, features.dataset, features.keys, features.backbone)
    assert np.isfinite(np.asarray(View("class-scores", (0, 1)).of(far))).all()


def test_a_backbone_without_classes_is_refused(features: Features) -> None:
    without = Features(features.values, features.dataset, features.keys, Net(classes=False))
    with pytest.raises(BackboneError, match="net has no classes of its own"):
        View("class-scores").of(without)


def test_the_features_stay_as_they_are(features: Features) -> None:
    before = features.values.copy()
    for view in (View(), View("stages"), View("class-scores"), View("class-scores", (0, 2))):
        view.of(features)
    assert np.array_equal(features.values, before)


class Deep(Net):
    """Three blocks as wide as the embedding, which is the second of them."""

    stages, blocks = 9, 3


def test_blocks_are_shown_one_by_one_counted_from_one(features: Features) -> None:
    values = np.arange(24, dtype=np.float32).reshape(2, 12)
    deep = Features(values, features.dataset.take(np.arange(2)), features.keys[:2], Deep(classes=False))
    assert np.array_equal(View("stages", (1,)).of(deep), values[:, 3:6])
    assert np.array_equal(View("stages", (3, 2)).of(deep), values[:, [9, 10, 11, 6, 7, 8]])
    assert [str(View("stages", (3,))), str(View("stages", (3, 2)))] == ["block 3", "blocks 3, 2"]
    for view in (View("stages", (4,)), View("stages", (0,))):
        with pytest.raises(BackboneError, match="net shows 3 blocks, and block"):
            view.of(deep)
    with pytest.raises(BackboneError, match="net shows 0 blocks"):
        View("stages", (1,)).of(features)


def test_their_names() -> None:
    assert [str(v) for v in (View(), View("stages"), View("class-scores"), View("class-scores", (1,)))] == [
        "embedding", "stages", "class scores", "own classes"
    ]  # fmt: skip
