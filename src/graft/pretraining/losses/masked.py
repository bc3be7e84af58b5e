"""The loss of masked language modelling: Devlin et al. 2018 (arXiv:1810.04805)."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

IGNORED = -100


def masked_words(scores: Tensor, wanted: Tensor) -> Tensor:
    """Give the mean of -log softmax(scores)[wanted] over the M covered tokens.

    `scores` (M, V) are what the network says of each covered token, `wanted` (M,) the tokens that were there. With
    nothing covered it is 0, with gradients.
    """
    if not len(wanted):
        return scores.sum() * 0.0
    return cross_entropy(scores.float(), wanted)
