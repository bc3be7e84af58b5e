"""Source only: the lower bound every adaptation is held against."""

from __future__ import annotations

from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head
from graft.align.domains import Source, Target, check_pair
from graft.align.placing import nothing


def source_only(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0) -> Aligned:
    """Fit the head on the (N, D) source as it is, and predict the target as it is."""
    check_pair(source, target)
    head = fit_head(head_maker, source.X, source)
    return aligned("source-only", nothing(source.X.shape[1]), head, (source.X, target.X))
