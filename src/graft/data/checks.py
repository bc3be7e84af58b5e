"""Checks that say in a sentence what is wrong with a data set: skipped inputs, copies, classes of a test set."""

from __future__ import annotations

from collections.abc import Sequence

from graft.data.classes import match_classes
from graft.data.dataset import Skipped
from graft.data.duplicates import duplicate_notes, overlap, overlap_notes
from graft.errors import DataError

__all__ = ["check_skipped", "duplicate_notes", "match_classes", "overlap", "overlap_notes", "too_few_left"]

MAX_SKIPPED = 0.05
SHOWN = 3


def check_skipped(skipped: Sequence[Skipped], total: int, limit: float = MAX_SKIPPED) -> None:
    """Raise DataError when more than the share `limit` of `total` inputs was skipped."""
    if total and len(skipped) > limit * total:
        raise DataError(
            f"{len(skipped)} of {total} inputs cannot be used ({len(skipped) / total:.0%}, more than {limit:.0%}): "
            f"{_reasons(skipped)} Mend them, or allow more with --max-skipped."
        )


def too_few_left(total: int, skipped: Sequence[Skipped]) -> DataError:
    """Give the error for a source of which no sample can be used."""
    which = "The only input cannot" if total == 1 else f"None of the {total} inputs can"
    return DataError(f"{which} be used: {_reasons(skipped)}")


def _reasons(skipped: Sequence[Skipped]) -> str:
    told = " ".join(f"{skip.name}: {skip.reason}" for skip in skipped[:SHOWN])
    return f"{told} And {len(skipped) - SHOWN} more." if len(skipped) > SHOWN else told
