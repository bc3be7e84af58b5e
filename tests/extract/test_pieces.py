"""Pieces lose nothing, are sorted by cost, and are bounded."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from graft.extract import pieces as room
from graft.extract.pieces import pieces


@given(st.lists(st.integers(1, 40_000)))
def test_pieces_are_sorted_whole_and_bounded(costs):
    found = list(pieces(list(enumerate(costs)), lambda cost: cost))
    joined = [pair for piece in found for pair in piece]
    assert joined == sorted(enumerate(costs), key=lambda pair: pair[1])
    for piece in found:
        assert len(piece) == 1 or sum(cost for _, cost in piece) <= room.COST_AT_ONCE
    for piece, after in pairwise(found):
        assert sum(cost for _, cost in piece) + after[0][1] > room.COST_AT_ONCE
