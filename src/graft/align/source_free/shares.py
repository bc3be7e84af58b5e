"""Class shares kept: of a model's answers by view, those are shifted that the other views then agree with more."""

from __future__ import annotations

from collections.abc import Mapping

from graft.align.algebra import Floats, log_softmax
from graft.align.crossing import SURE, agreement_gain
from graft.align.kappa import agreed, too_little
from graft.align.members import fused
from graft.align.source_free.shifted import share_bias


def kept_shares(answers: Mapping[str, Floats], shares: Floats) -> tuple[dict[str, Floats], tuple[str, ...]]:
    """Give the (K,) bias of each view that needs one, and a sentence on each view.

    `answers` are (M, K) log-probabilities of the same target rows by view, `shares` (K,) the class shares of what was
    learned from. A view's bias is `share_bias`; it is kept where the other views, as they are, agree with the shifted
    answer by more than two standard errors more, as in `crossed`, and beyond chance (kappa of 0.25 or more): heads that
    know little have shares near even whatever the target's are. Nothing can be said of a single view.
    """
    biases: dict[str, Floats] = {}
    notes = []
    for view, logs in answers.items():
        others = [other for name, other in answers.items() if name != view]
        if not others:
            return {}, (f"{view} is the only view: no other can say whether a shift of its classes would help.",)
        bias = share_bias(logs, shares)
        shifted, heard = log_softmax(logs + bias), fused(others)
        gain, why = agreement_gain(logs, shifted, heard), too_little(agreed([shifted, heard]))
        taken = gain > SURE and not why
        if taken:
            biases[view] = bias
        notes.append(
            f"{view}: {'shifted' if taken else 'as it was'}; with its classes shifted to the shares they were learned "
            f"in the other views agree by {gain:+.1f} standard errors more (more than {SURE:.0f} is asked for)"
            f"{'; ' * bool(why)}{why}."
        )
    return biases, tuple(notes)
