"""BERT's masking: which tokens are covered, and by what. Devlin et al. 2018 (arXiv:1810.04805), section 3.1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import BackboneError
from graft.pretraining.losses.masked import IGNORED

SHARE, BY_MASK, BY_RANDOM = 0.15, 0.8, 0.1
MASKS = ("[MASK]", "<mask>")


@dataclass(frozen=True, eq=False)
class Covering:
    """Covers 15 % of the tokens that are no special ones: 80 % of these by the mask, 10 % by a random word, 10 % not.

    `mask` is the mask's number, `words` (W,) the numbers of all ordinary tokens, `special` (V,) true at the others.
    """

    mask: int
    words: NDArray[np.int32]
    special: NDArray[np.bool_]

    def __call__(self, ids: NDArray[np.int32], random: np.random.Generator) -> NDArray[np.int32]:
        """Give (2, L): the covered text, and what was there, or -100 where nothing is asked. At least one is asked."""
        able = np.flatnonzero(~self.special[ids])
        given = np.stack([ids, np.full_like(ids, IGNORED)])
        if not len(able):
            return given
        chosen = able[random.random(len(able)) < SHARE]
        if not len(chosen):
            chosen = able[[random.integers(len(able))]]
        given[1, chosen] = ids[chosen]
        lot = random.random(len(chosen))
        given[0, chosen[lot < BY_MASK]] = self.mask
        swapped = chosen[(lot >= BY_MASK) & (lot < BY_MASK + BY_RANDOM)]
        given[0, swapped] = self.words[random.integers(len(self.words), size=len(swapped))]
        return given


def covering_of(tokenizer_text: str, vocabulary: int, name: str) -> Covering:
    """Give the covering of a tokenizer.json; raises BackboneError when its tokenizer has no mask."""
    from tokenizers import Tokenizer

    tokenizer: Any = Tokenizer.from_str(tokenizer_text)
    found = [tokenizer.token_to_id(mask) for mask in MASKS if tokenizer.token_to_id(mask) is not None]
    if not found:
        raise BackboneError(f"The tokenizer of {name} has no mask token ({' or '.join(MASKS)}), which masking needs.")
    special = np.zeros(vocabulary, np.bool_)
    special[[number for number, token in tokenizer.get_added_tokens_decoder().items() if token.special]] = True
    special[found[0]] = True
    return Covering(int(found[0]), np.flatnonzero(~special).astype(np.int32), special)
