"""Subsets that grow: nested, stratified, seeded, every class from the first."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graft.plan.subsets import growing_sizes, stratified_order


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=2, max_size=6), st.integers(0, 1000))
def test_every_prefix_holds_every_class_in_its_share(sizes: list[int], seed: int) -> None:
    targets = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    order = stratified_order(targets, seed)
    assert sorted(order.tolist()) == list(range(len(targets)))
    for n in range(len(sizes), len(targets) + 1):
        counts = np.bincount(targets[order[:n]], minlength=len(sizes))
        assert counts.min() >= 1
        assert np.all(np.abs(counts - n * np.array(sizes) / len(targets)) <= len(sizes)), "one of each comes first"


def test_the_seed_draws_others() -> None:
    targets = np.arange(40) % 2
    assert np.array_equal(stratified_order(targets, 1), stratified_order(targets, 1))
    assert not np.array_equal(stratified_order(targets, 1), stratified_order(targets, 2))


def test_amounts_are_spread_over_their_range() -> None:
    amounts = np.random.default_rng(0).normal(size=200)
    first = amounts[stratified_order(amounts, 0)[:10]]
    tenths = np.searchsorted(np.quantile(amounts, np.linspace(0.1, 0.9, 9)), first)
    assert sorted(tenths.tolist()) == list(range(10))


def test_sizes_grow_by_a_factor_and_end_with_all() -> None:
    assert growing_sizes(10, 640, 7) == [10, 20, 40, 80, 160, 320, 640]
    assert growing_sizes(8, 9, 7) == [8, 9]
    assert growing_sizes(8, 8, 7) == [8]
