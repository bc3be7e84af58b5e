"""Prepared inputs to pieces: alike in cost, so that batches are filled, and each a few seconds of work at most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

COST_AT_ONCE = 32768


def pieces(prepared: Sequence[tuple[int, Any]], cost: Callable[[Any], int]) -> Iterator[list[tuple[int, Any]]]:
    """Cut (index, prepared) pairs, sorted by cost, into lists that cost at most 32,768 each, or hold one."""
    piece: list[tuple[int, Any]] = []
    total = 0
    for each, one in sorted(((cost(one[1]), one) for one in prepared), key=lambda pair: pair[0]):
        if piece and total + each > COST_AT_ONCE:
            yield piece
            piece, total = [], 0
        piece.append(one)
        total += each
    if piece:
        yield piece
