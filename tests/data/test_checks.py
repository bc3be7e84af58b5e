"""Skipped inputs, test sets with other classes, copies and contradictions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graft.data import Dataset, Skipped
from graft.data.checks import check_skipped, duplicate_notes, match_classes, overlap, overlap_notes
from graft.errors import DataError


def labelled(targets, classes=("a", "b"), **fields) -> Dataset:
    names = [f"s{i}" for i in range(len(targets))]
    return Dataset(names, names, "text", np.array(targets), classes, **fields)


def keys_of(*contents: int) -> np.ndarray:
    keys = np.zeros((len(contents), 16), dtype=np.uint8)
    keys[:, -1] = contents
    return keys


def test_too_many_skipped():
    skipped = [Skipped(f"f{i}.png", "It is cut short.") for i in range(6)]
    check_skipped(skipped[:5], 100)
    check_skipped(skipped, 100, limit=0.06)
    check_skipped([], 0)
    with pytest.raises(DataError) as caught:
        check_skipped(skipped, 100)
    for word in ("6 of 100", "f0.png: It is cut short.", "And 3 more", "--max-skipped"):
        assert word in str(caught.value)


def test_classes_of_a_test_set_are_matched_by_name_then_spelling():
    test = labelled([0, 1, 2, 1], ("b ", "A", "c"), notes=("said",))
    matched = match_classes(test, ("a", "b"))
    assert matched.targets.tolist() == [1, 0, 0]
    assert matched.classes == ("a", "b")
    assert list(matched.names) == ["s0", "s1", "s3"]
    assert matched.skipped == (Skipped("s2", "Its class 'c' is not among the training classes."),)
    assert matched.notes == ("said", "1 sample of a class not among the training classes was left out: 'c' (1).")
    assert test.targets.tolist() == [0, 1, 2, 1]
    assert match_classes(matched, ("a", "b")).notes == matched.notes


def test_classes_kept_apart_in_training_match_exactly_only():
    matched = match_classes(labelled([0, 1, 2], ("a", "A", "A ")), ("A", "a"))
    assert matched.targets.tolist() == [1, 0]
    assert matched.skipped[0].name == "s2"


def test_sentences_on_test_sets():
    with pytest.raises(DataError, match="no class in common: 'a', 'b' against 'x', 'y'"):
        match_classes(labelled([0, 1]), ("x", "y"))
    with pytest.raises(DataError, match="no targets"):
        match_classes(Dataset(["a"], ["a"], "text"), ("x",))
    with pytest.raises(DataError, match="predicts amounts"):
        match_classes(labelled([0, 1]), ())


def test_amounts_read_as_classes_and_back():
    assert match_classes(labelled([0, 1, 1], ("2", "3.5")), ()).targets.tolist() == [2.0, 3.5, 3.5]
    assert match_classes(labelled([2.0, 10.0], ()), ("2", "10")).targets.tolist() == [0, 1]
    amounts = labelled([0.5, 1.5], ())
    assert match_classes(amounts, ()) is amounts


CONTENTS = st.lists(st.integers(0, 5), max_size=12)


@given(CONTENTS, CONTENTS)
def test_overlap_marks_what_is_in_both(train, test):
    expected = [content in train for content in test]
    assert overlap(keys_of(*train), keys_of(*test)).tolist() == expected


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_keys_are_compared_byte_for_byte(one, other):
    pair = [np.frombuffer(key, dtype=np.uint8).reshape(1, 16) for key in (one, other)]
    assert overlap(*pair).tolist() == [one == other]


def test_overlap_is_told():
    test = labelled([0, 1, 0])
    marked = overlap(keys_of(1, 2), keys_of(3, 2, 1))
    assert overlap_notes(test, marked)[0].startswith(
        "2 of 3 test samples are byte for byte also in the training set (s1, s2)"
    )
    assert overlap_notes(test, np.zeros(3, dtype=bool)) == ()


def test_copies_are_told_and_contradictions_named():
    data = labelled([0, 0, 1, 1, 0])
    assert duplicate_notes(data, keys_of(1, 2, 3, 4, 5)) == ()
    (told,) = duplicate_notes(data, keys_of(1, 1, 2, 2, 3))
    assert told.startswith("2 inputs are byte-identical copies")
    copies, torn = duplicate_notes(data, keys_of(7, 2, 7, 4, 2))
    assert copies.startswith("2 inputs")
    assert torn.startswith("1 identical input has different labels: s0 (a), s2 (b).")
    amounts = labelled([0.5, 1.5], ())
    assert "s0 (0.5), s1 (1.5)" in duplicate_notes(amounts, keys_of(1, 1))[1]
    assert len(duplicate_notes(Dataset(["a", "b"], ["a", "b"], "text"), keys_of(1, 1))) == 1
    assert duplicate_notes(Dataset([], [], "text"), keys_of()) == ()
