"""Ties are never separated, every sample is used once, classes are even, and a seed says it all."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from graft.data.splits import folds, holdout, tied
from graft.errors import DataError


def keys_of(contents) -> np.ndarray:
    keys = np.zeros((len(contents), 16), dtype=np.uint8)
    keys[:, 15] = contents
    return keys


def same_partition(a, b) -> bool:
    return len(set(zip(a, b, strict=True))) == len(set(a)) == len(set(b))


def plain_ties(groups, contents) -> list[int]:
    """Merge until nothing changes."""
    label = list(range(len(contents)))
    changed = True
    while changed:
        changed = False
        for i in range(len(contents)):
            for j in range(i):
                joined = contents[i] == contents[j] or (groups is not None and groups[i] == groups[j])
                if joined and label[i] != label[j]:
                    label[i] = label[j] = min(label[i], label[j])
                    changed = True
    return label


SAMPLES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 3)), min_size=2, max_size=40)


@given(SAMPLES, st.booleans())
def test_ties_are_the_connected_components(samples, grouped):
    contents = [content for content, _, _ in samples]
    groups = np.array([f"g{group}" for _, group, _ in samples]) if grouped else None
    assert same_partition(tied(groups, keys_of(contents)).tolist(), plain_ties(groups, contents))


@given(SAMPLES, st.integers(2, 5), st.integers(0, 3), st.booleans(), st.booleans())
def test_folds_keep_ties_and_use_every_sample_once(samples, n, seed, stratify, amounts):
    ties = np.array([tie for tie, _, _ in samples])
    targets = np.array([target for _, _, target in samples], dtype=float if amounts else int)
    if len(set(ties.tolist())) < n:
        with pytest.raises(DataError, match="independent samples"):
            folds(targets, ties, n, seed, stratify)
        return
    before = targets.copy(), ties.copy()
    np.random.seed(seed)  # noqa: NPY002
    found = folds(targets, ties, n, seed, stratify)
    assert found.shape == ties.shape
    assert set(found.tolist()) == set(range(n))
    for tie in set(ties.tolist()):
        assert len(set(found[ties == tie].tolist())) == 1
    np.random.seed(seed + 1)  # noqa: NPY002
    assert np.array_equal(found, folds(targets, ties, n, seed, stratify))
    assert np.array_equal(before[0], targets)
    assert np.array_equal(before[1], ties)


@given(st.lists(st.integers(0, 4), min_size=5, max_size=60), st.integers(2, 5), st.integers(0, 99))
def test_single_samples_are_spread_as_evenly_as_can_be(targets, n, seed):
    found = folds(np.array(targets), np.arange(len(targets)), n, seed)
    sizes = np.bincount(found, minlength=n)
    assert sizes.max() - sizes.min() <= 1
    for k in set(targets):
        counts = np.bincount(found[np.array(targets) == k], minlength=n)
        assert counts.max() - counts.min() <= 1


def test_folds_with_groups_stay_balanced():
    random = np.random.default_rng(0)
    ties = random.integers(0, 60, 1000)
    targets = random.integers(0, 3, 1000)
    found = folds(targets, ties, 5, 0)
    for k in range(3):
        counts = np.bincount(found[targets == k], minlength=5)
        assert counts.max() < 1.25 * counts.min()


def test_amounts_are_spread_by_quantile():
    targets = np.random.default_rng(0).lognormal(size=500)
    found = folds(targets, np.arange(500), 5, 0)
    for quantile in range(10):
        part = np.argsort(targets)[quantile * 50 : quantile * 50 + 50]
        assert np.bincount(found[part], minlength=5).tolist() == [10] * 5


def test_another_seed_gives_other_folds():
    targets = np.arange(100) % 2
    assert not np.array_equal(folds(targets, np.arange(100), 5, 0), folds(targets, np.arange(100), 5, 1))


@given(SAMPLES, st.floats(0.1, 0.5), st.integers(0, 3))
def test_holdout_keeps_ties_and_leaves_every_class_behind(samples, share, seed):
    ties = np.array([tie for tie, _, _ in samples])
    targets = np.array([target for _, _, target in samples])
    spread = [len(set(ties[targets == k].tolist())) for k in set(targets.tolist())]
    assume(max(spread) > 1 and len(set(ties.tolist())) > 1)
    try:
        held = holdout(targets, ties, share, seed)
    except DataError:
        assert all(len(set(targets[ties != tie].tolist())) < len(spread) for tie in ties)
        return
    assert held.dtype == np.bool_
    assert held.any()
    assert set(targets[~held].tolist()) == set(targets.tolist())
    for tie in set(ties.tolist()):
        assert len(set(held[ties == tie].tolist())) == 1
    assert np.array_equal(held, holdout(targets, ties, share, seed))


def test_holdout_takes_the_share_of_every_class():
    targets = np.repeat([0, 1, 2], [100, 50, 10])
    held = holdout(targets, np.arange(160), 0.2, 0)
    assert np.bincount(targets[held]).tolist() == [20, 10, 2]
    small = np.repeat(np.arange(100), 2)
    assert holdout(small, np.arange(200), 0.2, 0).sum() == 40


def test_holdout_of_two_groups_holds_out_the_smaller():
    held = holdout(None, np.array([0, 0, 0, 1, 1]), 0.2, 0)
    assert held.tolist() == [False, False, False, True, True]


def test_sentences():
    with pytest.raises(DataError, match="at least 2"):
        folds(np.zeros(4), np.arange(4), 1, 0)
    with pytest.raises(DataError, match="5 folds need 5 independent samples, but there are 3"):
        folds(np.zeros(4), np.array([0, 0, 1, 2]), 5, 0)
    with pytest.raises(DataError, match="between 0 and 1"):
        holdout(np.zeros(4), np.arange(4), 1.0, 0)
    with pytest.raises(DataError, match="too few"):
        holdout(np.array([0, 1]), np.arange(2), 0.5, 0)
