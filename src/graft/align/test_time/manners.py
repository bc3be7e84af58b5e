"""How a stream may change a network, as data: which statistics its norms use, and what their parameters learn from."""

from __future__ import annotations

from dataclasses import dataclass

from graft.errors import GraftError, did_you_mean


@dataclass(frozen=True)
class Manner:
    """One way to adapt while predicting.

    Batch norms use (prior · source + n · stream) / (prior + n) statistics, n being the stream's samples so far, at most
    `memory`, times (H / ln K)^`even`, H being the entropy of the mean of recent predictions: a stream that seems to be
    of one class says little of the domain. With a prior of 0 and no memory they are those of the batch alone. Only the
    first `depth` share of the batch norms do so. With a `rate` the gains and biases of all norms follow the entropy of
    predictions by Adam: of rows whose entropy is below `sure` · ln K, without those like the moving mean of predictions
    (a cosine halfway between that of a sure row to equal shares, 1 / √K, and 1); with `sure` at 1 of all rows. Each
    step `pull` of the way back to the source is gone.
    """

    prior: float
    memory: float
    depth: float = 1.0
    even: float = 0.0
    rate: float = 0.0
    sure: float = 1.0
    pull: float = 0.0


MANNERS: dict[str, Manner] = {
    "statistics": Manner(prior=16, memory=128),
    "tent": Manner(prior=0, memory=0, rate=1e-3),
    "eata": Manner(prior=16, memory=128, depth=1.0, even=3.0, rate=1e-3, sure=0.4, pull=0.01),
}


def manner(name: str) -> Manner:
    """Give a manner by name; raises GraftError for one there is not."""
    if name not in MANNERS:
        raise GraftError(f"There is no way {name!r} to adapt at test time. {did_you_mean(name, MANNERS)}")
    return MANNERS[name]
