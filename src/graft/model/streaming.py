"""Streaming: a saved model that follows what it is shown, batch after batch, without labels and without its source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.extract.features import Features
from graft.heads.base import Classifier
from graft.model.answering import Answering
from graft.model.member import FLOOR, Member, pooled, softmax

if TYPE_CHECKING:
    from graft.align.test_time.feature_stream import FeatureStream

BATCH = 32


class Streaming:
    """Answers of a model's members, each following the features of its own view; see `FeatureStream`.

    Members that keep no moments of what they learned from (word counts, adapted heads) answer as ever. Raises DataError
    where no member follows.
    """

    def __init__(self, model: Answering) -> None:
        self._model = model
        groups = model.record.get("groups", {})
        self._streams = [_stream(each, groups.get(f"{each.backbone} · {each.view}", 0.0)) for each in model.members]
        if not any(self._streams):
            raise DataError(
                "This model keeps no moments of the features it learned from, so it cannot follow a stream: fit it "
                "again, with a backbone that gives an embedding, for classes."
            )

    def answer(self, features: Mapping[str, Features]) -> NDArray[np.float64]:
        """Give the (N, K) probabilities of the next batch, in which the earlier ones have their part."""
        scores = []
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


def _stream(member: Member, grouped: float) -> FeatureStream | None:
    from graft.align.test_time.feature_stream import FeatureStream

    if member.moments is None or not isinstance(member.head, Classifier):
        return None
    head = member.head
    return FeatureStream(lambda X: np.log(np.maximum(head.predict_proba(X), FLOOR)), member.moments, grouped)
