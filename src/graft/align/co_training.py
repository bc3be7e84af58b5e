"""Co-training on the target: each view learns from what all views say, and is heard on rows it did not learn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats, log_softmax
from graft.align.aligned import aligned, logs_of
from graft.align.domains import Target
from graft.align.even import Even
from graft.align.kappa import agreed, agreement_gained, too_little
from graft.align.members import Part, fused
from graft.align.placing import Placing, place_alone
from graft.align.source_free.shifted import share_bias
from graft.align.words.members import Counted
from graft.heads.base import Classifier
from graft.heads.check import is_sparse
from graft.heads.folds import stratified_folds
from graft.heads.tfidf_logistic import TfidfLogistic

FOLDS, FEWEST_CALLS, LEAST, MOST = 5, 10, 200, 5000
SURE = 2.0
METHOD = "co-training"
Maker = Callable[[float | None], Classifier]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pupil:
    """One view of the target: its rows as the head is shown them, the map to them (None for counts), and the head."""

    name: str
    rows: Any
    placing: Placing | None
    make: Maker

    def fitted(self, labels: Labels, weight: Floats, penalty: float | None, use: NDArray[Any]) -> Classifier:
        """Fit a new head on some of the rows."""
        return self.make(penalty).fit(self.rows[use], labels[use], weight[use])


def co_trained(
    target: Mapping[str, NDArray[Any]], base: Floats, views: Mapping[str, Floats], seed: int = 0
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Give a part for each view, learned from the target alone, or none; and sentences on why.

    `target` are (M, D_v) rows by view, dense or counts, `base` (M, K) the log-probabilities at hand and `views` those
    of single views or backbones. Labels are those of `base`, each weighing as much as its best probability is above
    the next. Five folds: a head of each view says of each fold what it learned of the others, shifted so that its mean
    probabilities are those of `base` (else a class that is called too often grows). Those and `base` together, the
    mean of their probabilities, label the rows anew, and the parts are heads on these. They are given where the heads
    of different views agree with each other more than `views` do, by more than two standard errors as
    `agreement_gained` counts: what the views have in common can then be learned on the target. Where `views` agree
    hardly beyond chance (kappa below 0.25) there is nothing to learn of each other. Blum and Mitchell 1998,
    Combining Labeled and Unlabeled Data with Co-Training; folds against a head's trust in its own labels.
    """
    some = np.sort(np.random.default_rng(seed).permutation(len(base))[:MOST])
    start = log_softmax(base[some])
    if len(target) < 2 or len(views) < 2 or len(some) < LEAST or fewest_calls(start) < FEWEST_CALLS:
        least = f"two views, {LEAST} rows and {FEWEST_CALLS} called of every class"
        return (), (f"Nothing was learned on the target itself: that takes {least}.",)
    if why := too_little(agreed([logs[some] for logs in views.values()])):
        return (), (f"Nothing was learned on the target itself: {why}.",)
    pupils = [pupil(name, X[some], seed) for name, X in target.items()]
    heard = [_held_out(each, start, seed) for each in pupils]
    gain = agreement_gained(heard, [logs[some] for logs in views.values()])
    told = (
        f"Heads that each view learned on the target from what all say agree by {gain:+.1f} standard errors more than "
        f"the views did (more than {SURE:.0f} is asked for)."
    )
    if gain <= SURE:
        return (), (told,)
    together = fused([start, *heard])
    if fewest_calls(together) < FEWEST_CALLS:
        return (), (told, "They would call hardly any row of some class, and are not used.")
    labels, weight = taught(together)
    heads = [each.fitted(labels, weight, None, np.arange(len(some))) for each in pupils]
    parts = tuple((p.name, _part(p, head, target[p.name])) for p, head in zip(pupils, heads, strict=True))
    return parts, (told,)


def fewest_calls(logs: Floats) -> int:
    """Give how many of the (M, K) rows are called of the class that is called for fewest."""
    return int(np.bincount(logs.argmax(axis=1), minlength=logs.shape[1]).min())


def pupil(name: str, rows: Any, seed: int) -> Pupil:
    """Give the view as heads are shown it: counts as they are, dense rows placed on their own mean."""
    if is_sparse(rows):
        return Pupil(name, rows.tocsr(), None, lambda penalty: TfidfLogistic(penalty=penalty, seed=seed))
    placed, placing = place_alone(Target(rows))
    return Pupil(name, placed, placing, lambda penalty: Even(penalty=penalty, seed=seed))


def taught(logs: Floats) -> tuple[Labels, Floats]:
    """Give the (M,) labels of (M, K) log-probabilities, and their weights of mean one: best minus next probability."""
    best = np.sort(np.exp(log_softmax(logs)), axis=1)
    margin = np.maximum(best[:, -1] - best[:, -2], 1e-3)
    return logs.argmax(axis=1), margin / margin.mean()


def _held_out(pupil: Pupil, start: Floats, seed: int) -> Floats:
    """Give (M, K) log-probabilities of each row by a head that did not learn from it, at the shares of `start`."""
    labels, weight = taught(start)
    whole = pupil.fitted(labels, weight, None, np.arange(len(labels)))
    penalty = float(whole.penalty_)  # type: ignore[attr-defined]
    fold = stratified_folds(labels, FOLDS, seed)
    logs, shares = np.empty_like(start), np.exp(start).mean(axis=0)
    for number in range(FOLDS):
        held = fold == number
        said = logs_of(pupil.fitted(labels, weight, penalty, ~held), pupil.rows[held])
        logs[held] = log_softmax(said + share_bias(said, shares))
    return logs


def _part(pupil: Pupil, head: Classifier, target: Any) -> Any:
    if pupil.placing is None:
        assert isinstance(head, TfidfLogistic)
        return Counted(head, logs_of(head, target), METHOD)
    rows = pupil.placing(target)
    return aligned(METHOD, pupil.placing, head, (rows, rows))
