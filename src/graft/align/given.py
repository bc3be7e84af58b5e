"""What is handed in at the door, checked: views of the source and of the target."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats
from graft.align.domains import Source, Target, check_pair
from graft.errors import DataError
from graft.heads.check import is_sparse


@dataclass(frozen=True, eq=False)
class Given:
    """`dense` views as pairs, `counts` as (N, D) and (M, D) sparse matrices, (N,) class indices and weights."""

    dense: dict[str, tuple[Source, Target]]
    counts: dict[str, tuple[Any, Any]]
    y: NDArray[np.int64]
    weight: Floats | None

    def without(self, names: Collection[str]) -> Given:
        """Give the same without some dense views."""
        return replace(self, dense={name: pair for name, pair in self.dense.items() if name not in names})


def given_views(
    source: Mapping[str, NDArray[Any]],
    y: NDArray[np.int64],
    target: Mapping[str, NDArray[Any]],
    weight: Floats | None,
    domain: NDArray[np.str_] | None,
) -> Given:
    """Check the views; raises DataError for views that differ, or rows that disagree."""
    if not source or set(source) != set(target):
        raise DataError(
            f"The source has the views {', '.join(sorted(source)) or '(none)'} and the target "
            f"{', '.join(sorted(target)) or '(none)'}; embed both with the same backbones."
        )
    counts = {name: (X, target[name]) for name, X in source.items() if is_sparse(X)}
    dense = {n: (Source(X, y, weight, domain), Target(target[n])) for n, X in source.items() if n not in counts}
    for pair in dense.values():
        check_pair(*pair)
    rows = {X.shape[0] for X in target.values()}
    if len(rows) > 1:
        raise DataError(f"The target's views have {' and '.join(map(str, sorted(rows)))} rows; give every view of all.")
    return Given(dense, counts, np.asarray(y), weight)
