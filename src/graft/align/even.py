"""The head that methods fit on placed rows: logistic regression that leaves the scale of directions alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from graft.align.domains import Source, Target
from graft.align.placing import place
from graft.heads.logistic import Logistic
from graft.heads.training import Training


class Even(Logistic):
    """Logistic regression on X Q, its coefficients turned back; Q is a fixed orthogonal (r, r) matrix.

    Placed rows lie along directions of falling variance. To standardize those, as `Logistic` does with features, would
    blow up the directions that hold noise alone, which differ most between domains. After a turn that favours no
    direction all coordinates vary about alike, and standardizing them changes little. Saved as a `Logistic`.
    """

    def learn(self, training: Training) -> None:
        """Learn from checked data."""
        width = training.X.shape[1]
        Q = np.linalg.qr(np.random.default_rng(0).standard_normal((width, width)))[0]
        super().learn(replace(training, X=np.asarray(training.X, dtype=np.float64) @ Q))
        self._set_linear(self.classes_, self.coef_ @ Q.T, self.intercept_)


def steady(source: Source, target: Target, seed: int = 0) -> Callable[[], Even]:
    """Give a maker of heads whose penalty was chosen once: by cross-validation on the source centred on its own mean.

    So methods differ by what they do to the rows alone, and each fit costs a tenth. It is chosen when a head is first
    asked for.
    """

    @cache
    def penalty() -> float:
        S, _, _ = place(source, target, apart=True)
        return Even(seed=seed).fit(S, source.y, source.weights).penalty_

    return lambda: Even(penalty=penalty(), seed=seed)
