"""MLLS: the target's class shares by maximum likelihood, from the head's probabilities."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, log_softmax
from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head, logs_of
from graft.align.domains import Source, Target
from graft.align.placing import place
from graft.align.shift.held_out import held_out_log_proba

ROUNDS = 200


def likelihood_shift(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0) -> Aligned:
    """Add b_k + log(q_k / p_k) to the source head's scores, q the class shares of the target.

    q maximizes Σⱼ log Σ_k q_k p(k | tⱼ) / p_k by expectation-maximization; p(k | x) is calibrated on source rows held
    out by a bias b_k per class. Saerens, Latinne and Decaestecker 2002; with the bias, Alexandari, Kundaje and
    Shrikumar 2020 (arXiv:1901.06852).
    """
    S, T, placing = place(source, target, apart=False)
    head = fit_head(head_maker, S, source)
    share = np.maximum(source.weights @ source.indicators / len(source), 1e-12)
    bias = calibrating_bias(held_out_log_proba(S, source, head_maker, seed), source)
    q = target_shares(log_softmax(logs_of(head, T) + bias), share)
    return aligned("likelihood-shift", placing, head, (S, T), prior=bias + np.log(q / share))


def calibrating_bias(held: Floats, source: Source) -> Floats:
    """Give the (K,) bias under which the mean held-out probability of every class is its share in the source."""
    share = np.maximum(source.weights @ source.indicators / len(source), 1e-12)
    bias = np.zeros(source.count)
    for _ in range(ROUNDS):
        mean = source.weights @ np.exp(log_softmax(held + bias)) / len(source)
        bias = bias + np.log(share / np.maximum(mean, 1e-12))
    centred: Floats = bias - bias.mean()
    return centred


def target_shares(logs: Floats, share: Floats) -> Floats:
    """Give the (K,) shares q of maximum likelihood for (M, K) log-probabilities made under `share`; none under 1e-3."""
    q = share.copy()
    for _ in range(ROUNDS):
        q = np.exp(log_softmax(logs + np.log(q / share))).mean(axis=0)
        q = np.maximum(q, 1e-3)
        q = q / q.sum()
    return q
