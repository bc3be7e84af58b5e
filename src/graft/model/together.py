"""Together: the inputs of a batch answered so that near neighbours among them agree."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.extract.features import Features
from graft.extract.views import View
from graft.model.member import FLOOR


def answered_together(probabilities: NDArray[np.float64], features: Mapping[str, Features]) -> NDArray[np.float64]:
    """Give (N, K) probabilities again, by `agreement` of neighbours as every backbone with dense features sees them.

    Raises DataError where none has: words that are counted, and rows of a table, have no such neighbours.
    """
    from graft.heads.transductive.agreement import agreement

    dense = [
        np.asarray(View().of(one))
        for one in features.values()
        if isinstance(one.values, np.ndarray) and one.backbone.card.modality != "table"
    ]
    if not dense:
        raise DataError(
            f"{' and '.join(features)} gives no embedding, so that inputs have no neighbours to agree with; leave out "
            "--together."
        )
    return agreement(np.log(np.maximum(probabilities, FLOOR)), dense)
