"""BBSE: the target's class shares from the confusion matrix of the source."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats
from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head, logs_of
from graft.align.domains import Source, Target
from graft.align.placing import place
from graft.align.shift.held_out import held_out_log_proba

LEAST, MOST = 0.05, 20.0


def black_box_shift(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0) -> Aligned:
    """Add log(q_k / p_k) to the source head's scores, q / p = C⁻¹ μ.

    C (K, K) is the joint share of (predicted, true) class on source rows held out, μ (K,) the shares predicted on the
    target; ratios are kept within 0.05 and 20. Lipton, Wang and Smola 2018, Detecting and Correcting for Label Shift
    with Black Box Predictors (arXiv:1802.03916).
    """
    S, T, placing = place(source, target, apart=False)
    head = fit_head(head_maker, S, source)
    ratio = class_ratio(held_out_log_proba(S, source, head_maker, seed), source, logs_of(head, T))
    return aligned("black-box-shift", placing, head, (S, T), prior=np.log(ratio))


def class_ratio(held: Floats, source: Source, logs: Floats) -> Floats:
    """Give the (K,) ratios of class shares, target over source, by least squares with ratios >= 0."""
    from scipy.optimize import nnls

    called = np.eye(source.count)[held.argmax(axis=1)]
    C = (called * source.weights[:, None]).T @ source.indicators / len(source)
    mean = np.eye(source.count)[logs.argmax(axis=1)].mean(axis=0)
    ratio = np.clip(nnls(C, mean)[0], LEAST, MOST)
    share = source.weights @ source.indicators / len(source)
    found: Floats = ratio / (share @ ratio)
    return found
