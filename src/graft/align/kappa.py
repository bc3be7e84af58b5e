"""How far two answers agree beyond chance, and how far they must before one may vouch for the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from graft.align.algebra import Floats

FAIR = 0.25  # heads that know little call classes at random: what moves another's shares to theirs proves nothing


def kappas(a: Floats, b: Floats) -> Floats:
    """Give (M,) numbers whose mean is Cohen's kappa, (p - e) / (1 - e), of the calls of two (M, K) answers.

    p is the share of rows they call alike, e what their class shares alone would give. Cohen 1960, A Coefficient of
    Agreement for Nominal Scales.
    """
    called = [logs.argmax(axis=1) for logs in (a, b)]
    shares = [np.bincount(each, minlength=a.shape[1]) / len(each) for each in called]
    chance = float(shares[0] @ shares[1])
    agree: Floats = ((called[0] == called[1]) - chance) / max(1 - chance, 1e-12)
    return agree if chance < 1 else np.zeros(len(a))


def agreed(answers: Sequence[Floats]) -> float:
    """Give the mean kappa over pairs of answers; 0 where there is no pair."""
    found = [float(kappas(a, b).mean()) for a, b in combinations(answers, 2)]
    return float(np.mean(found)) if found else 0.0


def too_little(kappa: float) -> str:
    """Say that views which agree no more than this cannot vouch for each other; else nothing."""
    if kappa >= FAIR:
        return ""
    return f"views that agree so little (kappa {kappa:.2f}, at least {FAIR:g} is asked for) cannot tell what helps"


def agreement_gained(after: Sequence[Floats], before: Sequence[Floats]) -> float:
    """Give by how many standard errors more pairs of `after` agree in their calls than pairs of `before`.

    Agreement is kappa: heads that learned nothing but the most frequent class agree always, and kappa is 0. The
    standard error is at least one row's part.
    """
    gain = np.mean([kappas(*pair) for pair in combinations(after, 2)], axis=0)
    gain = gain - np.mean([kappas(*pair) for pair in combinations(before, 2)], axis=0)
    return float(gain.mean() / max(gain.std() / np.sqrt(len(gain)), 1 / len(gain)))
