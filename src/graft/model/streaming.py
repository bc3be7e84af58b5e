"""Streaming: a saved model that follows what it is shown, batch after batch, without labels and without its source."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.align.test_time.contrast import Restoring, stretched
from graft.data.images import decode
from graft.errors import DataError
from graft.extract.embedding import embed
from graft.extract.features import Features
from graft.heads.base import Classifier
from graft.model.answering import Answering
from graft.model.member import FLOOR, Member, pooled, softmax

if TYPE_CHECKING:
    from PIL.Image import Image

    from graft.align.test_time.feature_stream import FeatureStream

BATCH, MOST_PIXELS = 32, 1024


class Streaming:
    """Answers of a model's members, each following the features of its own view; see `FeatureStream`.

    Photos of far less contrast than those learned from are given it back and embedded anew; see `Restoring`. Members
    that keep no moments of what they learned from (word counts, adapted heads) answer as ever. Raises DataError where
    no member follows.
    """

    def __init__(self, model: Answering) -> None:
        self._model = model
        groups = model.record.get("groups", {})
        contrast = model.record.get("contrast")
        self._restoring = Restoring(contrast) if contrast else None
        self._streams = [_stream(each, groups.get(f"{each.backbone} · {each.view}", 0.0)) for each in model.members]
        if not any(self._streams):
            raise DataError(
                "This model keeps no moments of the features it learned from, so it cannot follow a stream: fit it "
                "again, with a backbone that gives an embedding, for classes."
            )

    def answer(self, features: Mapping[str, Features]) -> NDArray[np.float64]:
        """Give the (N, K) probabilities of the next batch, in which the earlier ones have their part."""
        features, scores = self._restored(features), []
        for member, stream in zip(self._model.members, self._streams, strict=True):
            seen = features[member.backbone]
            logs = member.scores(seen) if stream is None else stream.predict_log_proba(np.asarray(member.view.of(seen)))
            scores.append((member.weight, logs))
        return softmax(pooled(scores, self._model.pool), self._model.temperature)

    def answer_all(self, features: Mapping[str, Features]) -> NDArray[np.float64]:
        """Give the (N, K) probabilities of many inputs, taken in their order, 32 at a time."""
        count = len(next(iter(features.values())).dataset)
        parts = [np.arange(start, min(start + BATCH, count)) for start in range(0, count, BATCH)]
        return np.concatenate([self.answer({name: one.take(rows) for name, one in features.items()}) for rows in parts])

    def _restored(self, features: Mapping[str, Features]) -> Mapping[str, Features]:
        """Give the features of photos with their contrast restored, where they have lost it; else those given."""
        dataset = next(iter(features.values())).dataset
        factor = 1.0 if self._restoring is None else self._restoring.factor(dataset.inputs)
        if factor == 1.0:
            return features
        inputs = [stretched(np.asarray(_reduced(item)), factor) for item in dataset.inputs]
        shown = dataclasses.replace(dataset, inputs=inputs)
        return {name: embed(shown, one.backbone, show_progress=False) for name, one in features.items()}


def _reduced(item: Any) -> Image:
    """Give the photo, at most 1,024 pixels a side: a batch of larger ones would fill the memory."""
    image = decode(item, at_least=MOST_PIXELS)
    image.thumbnail((MOST_PIXELS, MOST_PIXELS))
    return image


def _stream(member: Member, grouped: float) -> FeatureStream | None:
    from graft.align.test_time.feature_stream import FeatureStream

    if member.moments is None or not isinstance(member.head, Classifier):
        return None
    head = member.head
    return FeatureStream(lambda X: np.log(np.maximum(head.predict_proba(X), FLOOR)), member.moments, grouped)
