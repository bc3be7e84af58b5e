"""Own domains: what adapting would have done to each labelled domain of the source, had its labels not been known."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graft.align.aligned import HeadMaker, Method
from graft.align.domains import Source, Target
from graft.align.groups import Makers, committee
from graft.align.members import Part, answer
from graft.align.source_only import source_only

FEWEST, MOST = 3, 5
SURE = 2.0
Pairs = Mapping[str, tuple[Source, Target]]


@dataclass(frozen=True)
class Mended:
    """By domain: how many rows adapting called rightly that the source-only heads did not, and the other way round."""

    domains: tuple[str, ...]
    mended: tuple[int, ...]
    broken: tuple[int, ...]

    @property
    def proven(self) -> bool:
        """Whether no domain lost, and all together gained by more than two standard errors of a sign test."""
        gained, lost = sum(self.mended), sum(self.broken)
        nowhere = all(b <= m for m, b in zip(self.mended, self.broken, strict=True))
        return nowhere and gained - lost > SURE * math.sqrt(gained + lost)

    def sentence(self) -> str:
        """Say it."""
        each = ", ".join(f"{d} {m - b:+d}" for d, m, b in zip(self.domains, self.mended, self.broken, strict=True))
        verdict = "this proves more than learning back does" if self.proven else "this proves nothing"
        return f"Rows called rightly that each domain of the source, its labels hidden, gains: {each}; {verdict}."


def mended_on_own(
    views: Pairs, methods: Sequence[Method], plain: HeadMaker, makers: Makers, seed: int
) -> Mended | None:
    """Adapt to each domain of the source from the others, and count by its labels; None without three such domains.

    Learning back favours labels that the source's own rule gave: the more rows are mended, the more it falls, true
    labels or not. Where the source has domains with labels, what adapting does across domains can be seen instead.
    A domain counts that holds every class, if the others do so as well; of many, the five largest. Gulrajani and
    Lopez-Paz 2021, In Search of Lost Domain Generalization (arXiv:2007.01434): leave one domain out.
    """
    first = next(iter(views.values()))[0]
    usable = [name for name in _names(first) if _whole(first, name)][:MOST]
    if len(usable) < FEWEST:
        return None
    found = [_counts(views, name, methods, plain, makers, seed) for name in usable]
    return Mended(tuple(usable), tuple(m for m, _ in found), tuple(b for _, b in found))


def _names(source: Source) -> list[str]:
    """Give the domains, the largest first."""
    return [] if source.domain is None else [name for name, _ in Counter(source.domain.tolist()).most_common()]


def _whole(source: Source, name: str) -> bool:
    own = source.domain == name
    return all(len(np.unique(source.y[rows])) == source.count for rows in (own, ~own))


def _counts(
    views: Pairs, name: str, methods: Sequence[Method], plain: HeadMaker, makers: Makers, seed: int
) -> tuple[int, int]:
    """Give how many rows of a domain were mended and broken by adapting to it."""
    apart = {view: _apart(source, name) for view, (source, _) in views.items()}
    heads: list[Part] = [(view, source_only(S, T, plain, seed)) for view, (S, T) in apart.items()]
    before = answer(heads)
    adapted = committee(apart, before, methods, makers, seed)
    after = answer(adapted.parts) if adapted.parts else before
    first = next(iter(views.values()))[0]
    right = [_right(logs, first.y[first.domain == name]) for logs in (before, after)]
    return int(np.sum(right[1] & ~right[0])), int(np.sum(right[0] & ~right[1]))


def _apart(source: Source, name: str) -> tuple[Source, Target]:
    own = source.domain == name
    return source.take(np.flatnonzero(~own)), Target(source.X[own])


def _right(logs: NDArray[np.float64], y: NDArray[np.int64]) -> NDArray[np.bool_]:
    right: NDArray[np.bool_] = logs.argmax(axis=1) == y
    return right
