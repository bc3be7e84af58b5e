"""Crossing views: a view's adapted answer is taken when what the other views say agrees more with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from graft.align.algebra import Floats
from graft.align.kappa import agreed, too_little
from graft.align.members import Part, fused

SURE = 2.0


def agreement_gain(before: Floats, after: Floats, others: Floats) -> float:
    """Give by how many standard errors more (M, K) `after` agrees with `others` in its calls than `before` does."""
    reference = others.argmax(axis=1)
    gain = (after.argmax(axis=1) == reference).astype(float) - (before.argmax(axis=1) == reference)
    noise = float(gain.std()) / np.sqrt(len(gain))
    return float(gain.mean()) / noise if noise > 0 else 0.0


def crossed(plain: Sequence[Part], rivals: Mapping[str, Sequence[Part]]) -> tuple[list[Part], tuple[str, ...]]:
    """Give the parts to keep, and a sentence for each view: its rivals where the gain is above 2, else its plain part.

    Views err apart, as different representations do, so that a change which brings one nearer to the others is more
    likely a gain than not: the idea of co-training (Blum and Mitchell 1998), used as evidence. All views are judged by
    the plain parts of the others. With a single view nothing can be said, and the plain part stays; so it does where
    its rivals agree with the others hardly beyond chance (kappa below 0.25).
    """
    kept: list[Part] = []
    notes = []
    for view, part in plain:
        others = [other.target for name, other in plain if name != view]
        if not others:
            kept.append((view, part))
            continue
        after = fused([rival.target for _, rival in rivals[view]])
        heard = fused(others)
        gain, why = agreement_gain(part.target, after, heard), too_little(agreed([after, heard]))
        names = " and ".join(rival.method for _, rival in rivals[view])
        taken = gain > SURE and not why
        kept += rivals[view] if taken else [(view, part)]
        notes.append(
            f"{view}: {names if taken else part.method}; the other views agree with {names} by {gain:+.1f} "
            f"standard errors more than with {part.method} (more than {SURE:.0f} is asked for){'; ' * bool(why)}{why}."
        )
    return kept, tuple(notes)
