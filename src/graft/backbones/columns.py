"""The columns of a table, as they are: what is known of a row without having seen any other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graft.backbones.base import Backbone, Card
from graft.backbones.blueprint import Blueprint
from graft.data.rows import decode_row
from graft.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CARD = Card("columns", "table", "graft itself", "Apache-2.0", 0, 0, trained_on="nothing")


class Columns(Backbone):
    """One number a column: its own, NaN where it is missing, the code of a word (`graft.data.rows`); stateless.

    Means, scales and the levels of categories are not learned here but by heads, from the rows they are fitted on, so
    that no row held out has a part in them.
    """

    card = CARD
    blueprint = Blueprint("columns", CARD)
    cheap = True
    group = 4096

    @property
    def fingerprint(self) -> str:
        """A constant: there are no weights, only this way of reading cells."""
        return self.blueprint.fingerprint("columns-1")

    def prepare(self, item: Any) -> NDArray[np.float32]:
        """Give the (C,) numbers of a row; raises DataError when it is none."""
        return decode_row(item)

    def embed(self, batch: Sequence[Any]) -> NDArray[np.float32]:
        """Give the (B, C) numbers of B rows; raises DataError when they are not of one table."""
        import numpy as np

        widths = sorted({len(row) for row in batch})
        if len(widths) > 1:
            raise DataError(f"The rows have from {widths[0]} to {widths[-1]} columns: give rows of one table.")
        return np.stack(batch) if len(batch) else np.empty((0, 0), np.float32)
