"""Model, the thing people keep: backbones, fitted heads, calibration, class names, and how it came about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft import extract
from graft.data import read
from graft.data.checks import check_skipped, too_few_left
from graft.data.dataset import Dataset
from graft.data.read import has_columns
from graft.data.references import exists
from graft.errors import DataError
from graft.extract.cache import Cache
from graft.extract.features import Features
from graft.extract.views import View
from graft.model.kept import Kept
from graft.model.member import combine, softmax
from graft.model.predictions import Predictions

if TYPE_CHECKING:
    from graft.evaluation.scores import Scores


class Model(Kept):
    """A fitted model: `predict`, `predict_proba`, `embed`, `evaluate`, `save`; its parts are those of `Kept`."""

    def features(
        self, source: Any, *, labelled: bool = False, max_skipped: float = 0.0, cache: Cache | None = None
    ) -> dict[str, Features]:
        """Read and embed inputs with every backbone of the model; what one cannot read, none is shown."""
        dataset = self._read(source, labelled)
        check_skipped(dataset.skipped, len(dataset) + len(dataset.skipped), max_skipped)
        found: dict[str, Features] = {}
        for name, backbone in self.backbones.items():
            features = extract.embed(dataset, backbone, cache=cache or Cache(), max_skipped=max_skipped)
            dataset = features.dataset
            found[name] = features
        return found

    def predict(self, inputs: Any, *, cache: Cache | None = None) -> NDArray[Any]:
        """Give the class name, or the number, of each input; raises DataError when one cannot be read."""
        return self.predictions(inputs, max_skipped=0.0, cache=cache).predicted

    def predict_proba(self, inputs: Any, *, cache: Cache | None = None) -> NDArray[np.float64]:
        """Give the (N, K) calibrated probabilities, in the order of `classes`."""
        probabilities = self.predictions(inputs, max_skipped=0.0, cache=cache).probabilities
        if probabilities is None:
            raise DataError("This model predicts numbers, which have no class probabilities; use predict.")
        return probabilities

    def predictions(self, inputs: Any, *, max_skipped: float = 1.0, cache: Cache | None = None) -> Predictions:
        """Give answers with names and probabilities; inputs that cannot be read are listed in `skipped`."""
        features = self.features(inputs, max_skipped=max_skipped, cache=cache)
        first = next(iter(features.values()))
        names = list(first.dataset.names)
        skipped = (*first.dataset.skipped, *first.skipped)
        if not names:
            raise too_few_left(len(skipped), skipped)
        answers = self.answer(features)
        if self.task == "regression":
            return Predictions(names, answers, skipped=skipped)
        named = np.asarray(self.classes)[np.argmax(answers, axis=1)]
        return Predictions(names, named, self.classes, answers, skipped)

    def answer(self, features: Mapping[str, Features]) -> NDArray[np.float64]:
        """Give the (N, K) probabilities, or (N,) numbers, for features already extracted."""
        combined = combine(self.members, features)
        return combined if self.task == "regression" else softmax(combined, self.temperature)

    def embed(self, inputs: Any, *, cache: Cache | None = None) -> NDArray[np.float32]:
        """Give the (N, D) features of each input, those of several backbones side by side."""
        features = self.features(inputs, cache=cache)
        dense = [np.asarray(View().of(f)) for f in features.values() if isinstance(f.values, np.ndarray)]
        if not dense:
            raise DataError(f"{' and '.join(features)} counts words and gives no embedding; fit with another backbone.")
        return np.concatenate(dense, axis=1)

    def evaluate(self, source: Any, *, max_skipped: float = 0.05, cache: Cache | None = None) -> Scores:
        """Score the model on labelled data, every figure with a 95 % interval."""
        from graft.evaluation.scores import score_classification, score_regression

        features = self.features(source, labelled=True, max_skipped=max_skipped, cache=cache)
        dataset = next(iter(features.values())).dataset
        if dataset.targets is None:
            raise DataError(f"{dataset.source} has no labels to score against.")
        answers = self.answer(features)
        if self.task == "regression":
            return score_regression(dataset.targets, answers, groups=dataset.groups)
        return score_classification(dataset.targets, answers, self.classes, groups=dataset.groups)

    def save(self, folder: str | Path, *, self_contained: bool = False, force: bool = False) -> Path:
        """Write the model to a folder of safetensors, JSON and a README; see `graft.model.saving.save`."""
        from graft.model.saving import save

        return save(self, Path(folder), self_contained=self_contained, force=force)

    def _read(self, source: Any, labelled: bool) -> Dataset:
        if self.modality == "text" and isinstance(source, str) and not exists(Path(source).expanduser()):
            raise DataError(
                f"There is no file {source[:99]!r}; texts themselves are given as a list: [{source[:9]!r} …]."
            )
        columns = dict(self.reading) if has_columns(source) else {}
        if not labelled:
            columns = {word: name for word, name in columns.items() if word == "input"}
        known = self.classes if labelled else None
        return read(
            source,
            modality=self.modality,
            task=self.task if labelled else None,
            labelled=labelled,
            known=known,
            **columns,
        )
