"""Logistic regression on word counts: tf-idf, weighted by how strongly each word speaks for each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from graft.heads.base import Classifier
from graft.heads.check import FeatureError, check_matrix
from graft.heads.folds import stratified_folds
from graft.heads.learned import Learned
from graft.heads.linear import both_sides
from graft.heads.objective import Objective
from graft.heads.path import Chosen, choose_penalty, polish, start_of
from graft.heads.softmax import softmax
from graft.heads.tfidf import Ratios, counts_of, document_frequency, log_ratios, tfidf
from graft.heads.threads import Mapper, own_threads
from graft.heads.training import Training, check_penalty, weigh_classes

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from graft.heads.base import Matrix

FOLDS = 5
ROWS = 4096


class TfidfLogistic(Learned, Classifier):
    """Logistic regression on tf-idf columns, each multiplied by its class log ratio r; on (N, D) counts, best sparse.

    Columns found in fewer than `min_df` samples are dropped, unless that would drop all. tf = 1 + log count, idf =
    1 + log((1 + N) / (1 + df)), every row of length one, r as `log_ratios` says (anew without each fold), penalty as
    `choose_penalty` says: words that hardly tell the classes apart are penalized most. Wang and Manning 2012, Baselines
    and Bigrams.
    """

    name = "tfidf-logistic"
    takes_sparse = True
    rank = 30
    learned: ClassVar[dict[str, str]] = {
        "classes_": "K",
        "columns_": "C",
        "idf_": "C",
        "coef_": "K C",
        "intercept_": "K",
        "width_": "",
    }
    classes_: NDArray[Any]
    columns_: NDArray[np.int64]
    idf_: NDArray[np.float64]
    coef_: NDArray[np.float64]
    intercept_: NDArray[np.float64]
    width_: int
    penalty_: float
    path_: NDArray[np.float64]

    def __init__(
        self,
        min_df: int = 2,
        penalty: float | None = None,
        class_weight: Literal["balanced"] | None = None,
        seed: int = 0,
    ) -> None:
        self.min_df = min_df
        self.penalty = penalty
        self.class_weight = class_weight
        self.seed = seed

    @property
    def n_features_in_(self) -> int:
        """The number of columns of the counts it was fitted on."""
        self.check_fitted()
        return self.width_

    def learn(self, training: Training) -> None:
        """Learn from checked data."""
        counts = counts_of(training.X)
        frequency = document_frequency(counts, training.weight)
        enough = frequency >= max(self.min_df, 1e-9)
        columns = np.flatnonzero(enough if enough.any() else frequency > 0)
        if not len(columns):
            raise FeatureError("No sample has a word in it; give texts with words.")
        idf = 1 + np.log((1 + training.weight.sum()) / (1 + frequency[columns]))
        words = tfidf(counts, columns, idf)
        with own_threads() as mapper:
            coef, intercept = self._solve(words, weigh_classes(training, self.class_weight), mapper)
        self.classes_, self.columns_, self.idf_ = training.classes, columns, idf
        self.coef_, self.intercept_, self.width_ = coef, intercept, int(counts.shape[1])

    def predict_proba(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N, K) class probabilities, in the order of `classes_`."""
        words = tfidf(counts_of(check_matrix(X, self.n_features_in_, sparse=True)), self.columns_, self.idf_)
        return softmax(words @ self.coef_.T + self.intercept_)

    def _solve(
        self, words: csr_matrix, training: Training, mapper: Mapper
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        fold = stratified_folds(training.y, FOLDS, self.seed, training.group)
        fold = np.full_like(fold, -1) if self.penalty is not None else fold
        uses = [fold != out for out in range(int(fold.max()) + 1)] + [np.ones(len(fold), dtype=bool)]
        ratios = np.stack([log_ratios(words, training, use) for use in uses])
        square = words.copy()
        square.data = np.square(square.data)
        curvature = (square.T @ training.weight) / training.weight.sum() * np.square(ratios[-1])
        blocks = [words[start : start + ROWS] for start in range(0, words.shape[0], ROWS)]
        count = len(training.classes)
        nothing = np.full_like(fold, -1)
        objective = Objective(blocks, curvature, Ratios(ratios), training.y, training.weight, nothing, count, mapper)
        if self.penalty is None:
            chosen = choose_penalty(objective, fold)
        else:
            chosen = Chosen(check_penalty(self.penalty), np.empty((0, 2)), start_of(objective)[0])
        self.penalty_, self.path_ = chosen.penalty, chosen.path
        coef, intercept = both_sides(polish(objective, chosen.theta, chosen.penalty))
        return coef * ratios[-1], intercept
