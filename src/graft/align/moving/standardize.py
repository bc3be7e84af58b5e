"""Per-domain standardization: centre each domain on its own mean, rows to unit length, a head on the source."""

from __future__ import annotations

from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head
from graft.align.domains import Source, Target
from graft.align.placing import place


def standardize(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0) -> Aligned:
    """Fit on z = (x - mean of the own domain) / ||x - mean of the own domain||, (N, D) and (M, D).

    The first-order part of what batch normalization statistics of the target do: Li et al. 2018, Adaptive Batch
    Normalization for practical domain adaptation.
    """
    S, T, placing = place(source, target, apart=True)
    return aligned("standardize", placing, fit_head(head_maker, S, source), (S, T))
