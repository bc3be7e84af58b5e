"""Boosted trees as plain arrays: read out of scikit-learn's, and walked through without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Forest:
    """T trees of M nodes in all, and the (S,) scores before the first; tree t adds to score t modulo S.

    `root` (T,) is the first node of each tree. A node (M,) sends a row to `left` where its `feature` is at most
    `threshold`, or is missing and `missing` says so, and to `right` otherwise; a leaf has itself on both sides and
    adds its `value`.
    """

    baseline: NDArray[np.float64]
    root: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    missing: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: NDArray[np.float64]

    def scores(self, Z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the (N, S) scores of (N, J) features."""
        total = np.repeat(self.baseline[None], len(Z), axis=0)
        for t, added in enumerate(self.steps(Z)):
            total[:, t % len(self.baseline)] += added
        return total

    def steps(self, Z: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
        """Give what each tree adds to its score, (N,) for every tree in turn."""
        rows, absent = np.arange(len(Z)), np.isnan(Z)
        for root in self.root:
            at = np.full(len(Z), root)
            while True:
                feature = self.feature[at]
                stays_left = np.where(
                    absent[rows, feature], self.missing[at] == 1, Z[rows, feature] <= self.threshold[at]
                )
                following = np.where(stays_left, self.left[at], self.right[at])
                if np.array_equal(following, at):
                    break
                at = following
            yield self.value[at]


def forest_of(boosted: Any) -> Forest:
    """Read the trees of a fitted HistGradientBoostingClassifier or -Regressor without categorical features."""
    trees = [tree.nodes for round_ in boosted._predictors for tree in round_]
    starts = np.cumsum([0, *(len(nodes) for nodes in trees)], dtype=np.int64)
    nodes: Any = np.concatenate(trees)
    offset = np.repeat(starts[:-1], np.diff(starts))
    leaf, own = nodes["is_leaf"].astype(bool), np.arange(len(nodes))
    return Forest(
        baseline=np.asarray(boosted._baseline_prediction, dtype=np.float64).ravel(),
        root=starts[:-1],
        feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int64),
        threshold=np.where(leaf, 0.0, nodes["num_threshold"]).astype(np.float64),
        missing=nodes["missing_go_to_left"].astype(np.int64),
        left=np.where(leaf, own, nodes["left"] + offset).astype(np.int64),
        right=np.where(leaf, own, nodes["right"] + offset).astype(np.int64),
        value=nodes["value"].astype(np.float64),
    )
