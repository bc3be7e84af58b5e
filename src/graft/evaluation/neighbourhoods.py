"""t-SNE: a map on which samples lie beside those they are most alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST, MOST = 12, 1500


def neighbourhoods(coordinates: NDArray[Any], seed: int = 0) -> NDArray[np.float32] | None:
    """Give the (M, 2) t-SNE map of (M, P) main coordinates; None of fewer than 12 samples or more than 1,500.

    van der Maaten and Hinton 2008, "Visualizing data using t-SNE", by scikit-learn, begun from the first two columns.
    """
    if not FEWEST <= len(coordinates) <= MOST or coordinates.shape[1] < 2:
        return None
    from sklearn.manifold import TSNE

    rows = np.asarray(coordinates, dtype=np.float32)
    first = rows[:, :2] / max(float(rows[:, 0].std()), 1e-9) * 1e-4
    placed = TSNE(2, perplexity=min(30.0, len(rows) / 4), init=first, random_state=seed, max_iter=500)
    return np.asarray(placed.fit_transform(rows), dtype=np.float32)
