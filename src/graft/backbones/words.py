"""Word counts: the honest rival of every text embedding, needing no weights and no language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graft.backbones.base import Backbone, Card
from graft.backbones.blueprint import Blueprint
from graft.backbones.text import clean

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

COLUMNS = 2**20
ALONE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
BETWEEN = (
    r"\s\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7\u055a-\u055f\u0589\u05be\u05c0\u05c3"
    r"\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u1361-\u1368\u2000-\u200b\u200e-\u206f\u3000-\u303f"
    r"\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
TOKEN = rf"[{ALONE}!?]|[^{BETWEEN}{ALONE}]+"
CARD = Card("word-counts", "text", "graft itself", "Apache-2.0", 0, COLUMNS, trained_on="nothing")


class WordCounts(Backbone):
    """Counts of words and of pairs of neighbouring words, hashed to 2^20 columns; stateless.

    A word is a run of anything but spaces and punctuation, in lower case; in scripts that put no spaces between words
    (Han, Kana, Thai, Lao, Khmer, Burmese) every character counts as one, and the pairs do the rest. So does a ! or ?,
    which says much of an opinion (0.4 points of accuracy on product reviews). Hashing: Weinberger et al.
    2009 (arXiv:0902.2206), without signs.
    """

    card = CARD
    cheap = True
    blueprint = Blueprint("words", CARD)
    group = 4096

    @property
    def fingerprint(self) -> str:
        """A constant: there are no weights, only this way of counting."""
        return self.blueprint.fingerprint("words-2")

    def prepare(self, item: Any) -> str:
        """Give the text itself, cleaned; raises DataError when it is no text."""
        return clean(item)

    def embed(self, batch: Sequence[Any]) -> csr_matrix:
        """Give the (B, 2^20) float32 counts of B texts."""
        counts: csr_matrix = self._counter.transform(batch)
        return counts

    @cached_property
    def _counter(self) -> Any:
        import numpy as np
        from sklearn.feature_extraction.text import HashingVectorizer

        return HashingVectorizer(
            token_pattern=TOKEN, ngram_range=(1, 2), n_features=COLUMNS, alternate_sign=False, norm=None,
            dtype=np.float32,
        )  # fmt: skip
