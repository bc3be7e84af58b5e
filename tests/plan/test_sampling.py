"""As much as there is time for: every class and part in its share, in order, and said so."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graft.data.dataset import Dataset
from graft.plan.parts import Parts
from graft.plan.sampling import LEAST_KEPT, shrink, some_of


def dataset(counts: list[int]) -> Dataset:
    targets = np.repeat(np.arange(len(counts)), counts)
    inputs = [f"text {i}" for i in range(len(targets))]
    return Dataset(inputs, inputs, "text", targets, tuple(f"c{i}" for i in range(len(counts))))


@given(st.lists(st.integers(1, 200), min_size=2, max_size=5), st.floats(0.001, 1.5), st.integers(0, 5))
def test_each_class_keeps_its_share_and_at_least_one(counts: list[int], share: float, seed: int) -> None:
    whole = dataset(counts)
    some = some_of(whole, share, seed)
    kept = np.array(list(some.counts().values()))
    assert (kept >= 1).all()
    order = [whole.inputs.index(text) for text in some.inputs]
    assert order == sorted(set(order))
    if max(round(share * len(whole)), LEAST_KEPT) >= len(whole):
        assert len(some) == len(whole)
    else:
        assert len(some) == max(round(share * len(whole)), LEAST_KEPT)
        wanted = np.array(counts) * len(some) / len(whole)
        assert (np.abs(kept - wanted) <= len(counts) + 1).all()


def test_parts_keep_their_share_too() -> None:
    whole = dataset([200, 200])
    parts = np.array(["train", "train", "train", "validation"] * 100)
    some = some_of(dataclasses.replace(whole, parts=parts), 0.5)
    assert some.parts is not None
    assert len(some) == 200
    assert abs(np.count_nonzero(some.parts == "validation") - 50) <= 1


def test_the_sentence_says_how_many() -> None:
    parts, (said,) = shrink(Parts(dataset([300, 300]), dataset([100, 100])), 0.5)
    assert (len(parts.learn), parts.test and len(parts.test)) == (300, 100)
    assert said == (
        "The budget has time to embed 300 of the 600 samples to learn from and 100 of the 200 to test on, taken at "
        "random; a longer --budget uses them all."
    )
