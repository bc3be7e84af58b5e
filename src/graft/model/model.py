"""Model, the thing people keep: backbones, fitted heads, calibration, class names, and how it came about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.data.checks import too_few_left
from graft.errors import DataError
from graft.evaluation.operating import decisions, score_at
from graft.extract.cache import Cache
from graft.extract.features import Features
from graft.extract.views import View
from graft.model.answering import Answering
from graft.model.predictions import Predictions

if TYPE_CHECKING:
    from graft.evaluation.scores import Scores


class Model(Answering):
    """A fitted model: `predict`, `predict_proba`, `embed`, `evaluate`, `adapt`, `save`; its parts are as in `Kept`."""

    def predict(self, inputs: Any, *, cache: Cache | None = None) -> NDArray[Any]:
        """Give the class name, or the number, of each input; raises DataError when one cannot be read."""
        return self.predictions(inputs, max_skipped=0.0, cache=cache).predicted

    def predict_proba(self, inputs: Any, *, cache: Cache | None = None) -> NDArray[np.float64]:
        """Give the (N, K) calibrated probabilities, in the order of `classes`."""
        probabilities = self.predictions(inputs, max_skipped=0.0, cache=cache).probabilities
        if probabilities is None:
            raise DataError("This model predicts numbers, which have no class probabilities; use predict.")
        return probabilities

    def predictions(
        self,
        inputs: Any,
        *,
        max_skipped: float = 1.0,
        together: bool = False,
        stream: bool = False,
        cache: Cache | None = None,
    ) -> Predictions:
        """Give answers with names and probabilities; inputs that cannot be read are listed in `skipped`.

        With `together` the answers of near neighbours among the inputs are brought to agree, as few labels need it:
        then what is said of an input depends on the others. With `stream` they are taken in their order, and the model
        follows how they look (see `graft.align.test_time.feature_stream`): for another light, camera or room.
        """
        features = self.features(inputs, max_skipped=max_skipped, cache=cache)
        first = next(iter(features.values()))
        names = list(first.dataset.names)
        skipped = (*first.dataset.skipped, *first.skipped)
        if not names:
            raise too_few_left(len(skipped), skipped)
        answers = self._answers(features, together, stream)
        if self.task == "regression":
            return Predictions(names, answers, skipped=skipped)
        named = np.asarray(self.classes)[decisions(answers, self.operating)]
        return Predictions(names, named, self.classes, answers, skipped)

    def _answers(self, features: dict[str, Features], together: bool, stream: bool) -> NDArray[np.float64]:
        if not stream:
            return self.answer(features, together)
        from graft.model.streaming import Streaming

        if together:
            raise DataError("Inputs are answered together or as a stream, not both: leave out --together or --stream.")
        return Streaming(self).answer_all(features)

    def embed(self, inputs: Any, *, cache: Cache | None = None) -> NDArray[np.float32]:
        """Give the (N, D) features of each input, those of several backbones side by side."""
        features = self.features(inputs, cache=cache)
        dense = [np.asarray(View().of(f)) for f in features.values() if isinstance(f.values, np.ndarray)]
        if not dense:
            raise DataError(f"{' and '.join(features)} counts words and gives no embedding; fit with another backbone.")
        return np.concatenate(dense, axis=1)

    def evaluate(
        self,
        source: Any,
        *,
        max_skipped: float = 0.05,
        together: bool = False,
        stream: bool = False,
        cache: Cache | None = None,
    ) -> Scores:
        """Score the model on labelled data; `together` and `stream` are as in `predictions`.

        Every figure has a 95 % interval.
        """
        from graft.evaluation.scores import score_classification, score_regression

        features = self.features(source, labelled=True, max_skipped=max_skipped, cache=cache)
        dataset = next(iter(features.values())).dataset
        if dataset.targets is None:
            raise DataError(f"{dataset.source} has no labels to score against.")
        answers = self._answers(features, together, stream)
        if self.task == "regression":
            return score_regression(dataset.targets, answers, groups=dataset.groups)
        if self.operating is not None:
            return score_at(dataset.targets, answers, self.classes, self.operating, groups=dataset.groups)
        return score_classification(dataset.targets, answers, self.classes, groups=dataset.groups)

    def adapt(
        self,
        unlabelled: Any,
        *,
        source: Any = None,
        seed: int = 0,
        max_skipped: float = 0.05,
        cache: Cache | None = None,
    ) -> Model:
        """Give this model adapted to unlabelled inputs of another domain, where there is evidence that it helps.

        Labels of the inputs are never read. The model alone is enough; with `source`, the labelled data it was fitted
        on, what is tried is what `fit` tries with `adapt_to`. `record["adaptation"]` says what was tried, the evidence
        and the verdict. Scores are those of the model before, and are dropped where it changes. Raises DataError for a
        model of amounts, and for inputs that cannot be read.
        """
        from graft.model.adapting import adapt

        return adapt(self, unlabelled, source=source, seed=seed, max_skipped=max_skipped, cache=cache)

    def save(self, folder: str | Path, *, self_contained: bool = False, force: bool = False) -> Path:
        """Write the model to a folder of safetensors, JSON and a README; see `graft.model.saving.save`."""
        from graft.model.saving import save

        return save(self, Path(folder), self_contained=self_contained, force=force)
