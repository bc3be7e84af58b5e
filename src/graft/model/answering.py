"""Answering: the parts of a Model that read inputs, embed them and combine what its members say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from graft import extract
from graft.data import read
from graft.data.checks import check_skipped
from graft.data.dataset import Dataset
from graft.data.read import has_columns
from graft.data.references import exists
from graft.errors import DataError
from graft.extract.cache import Cache
from graft.extract.features import Features
from graft.model.kept import Kept
from graft.model.member import combine, softmax
from graft.model.together import answered_together


class Answering(Kept):
    """What gives answers for features: the base of `Model`, and all that adapting asks of one."""

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

    def answer(self, features: Mapping[str, Features], together: bool = False) -> NDArray[np.float64]:
        """Give the (N, K) probabilities, or (N,) numbers, for features already extracted.

        With `together` neighbours among them are brought to agree; raises DataError where that cannot be.
        """
        combined = combine(self.members, features, self.pool)
        if together and self.task == "regression":
            raise DataError("This model gives amounts, and only classes are answered together; leave out --together.")
        alone = combined if self.task == "regression" else softmax(combined, self.temperature)
        return answered_together(alone, features) if together else alone

    def _read(self, source: Any, labelled: bool) -> Dataset:
        if self.modality == "text" and isinstance(source, str) and not exists(Path(source).expanduser()):
            raise DataError(
                f"There is no file {source[:99]!r}; texts themselves are given as a list: [{source[:9]!r} …]."
            )
        columns = dict(self.reading) if has_columns(source) else {}
        if not labelled:
            columns = {word: name for word, name in columns.items() if word in ("input", "domain")}
        known = self.classes if labelled else None
        return read(
            source,
            modality=self.modality,
            task=self.task if labelled else None,
            labelled=labelled,
            known=known,
            **columns,
        )


AnyModel = TypeVar("AnyModel", bound=Answering)
