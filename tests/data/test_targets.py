"""Which task targets ask for, class order, and spellings that are one label."""

import unicodedata
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graft.data.labels import class_order, merged, spelling
from graft.data.targets import encode
from graft.data.wanted import Wanted


def task_of(labels) -> str:
    return "classification" if encode(labels, Wanted(), "y").classes else "regression"


@pytest.mark.parametrize(
    ("labels", "task"),
    [
        (["a", "b", "a"], "classification"),
        ([0, 1], "classification"),
        ([1, 2, 3, 1, 2, 3], "classification"),
        ([1.0, 2.0, 1.0, 2.0], "classification"),
        (["1", "2", "1"], "classification"),
        ([True, False], "classification"),
        (list(range(100)) * 5, "classification"),
        (list(range(18, 91)) * 20, "regression"),
        (list(range(50)), "regression"),
        ([3, 7, 12, 40, 99], "regression"),
        ([0.5, 1.0, 1.5], "regression"),
        (["0.5", "1e3", "-2"], "regression"),
        (["1", "two", "3"], "classification"),
        (["1_0", "1_1", "2_0"] * 9, "classification"),
    ],
)
def test_task(labels, task):
    assert task_of(labels) == task


def test_notes_say_what_was_taken_and_how_to_say_otherwise():
    assert "--task regression" in encode([0, 1, 0], Wanted(), "y").notes[0]
    assert "--task classification" in encode([0.5, 1.5], Wanted(), "y").notes[0]


def test_among_numbers_a_word_for_nothing_is_skipped_unless_classes_are_asked_for():
    assert encode(["0", "1", "?", "0"], Wanted(), "y").unusable == {2: "The target '?' is no finite number."}
    assert encode(["0", "1", "none", "0"], Wanted(task="classification"), "y").classes == ("0", "1", "none")


def test_whole_numbers_made_fractions_by_a_gap_are_whole_again():
    assert encode(["1.0", "10.0", "", "0.0", "1.0"], Wanted(task="classification"), "y").classes == ("0", "1", "10")
    assert encode([1.0, 10.0, None, 1.0, 10.0], Wanted(), "y").classes == ("1", "10")
    assert encode(["1.0", "v2.0"], Wanted(), "y").classes == ("1.0", "v2.0")


def test_classes_in_numerical_order():
    assert class_order({"10", "9", "-1"}) == ("-1", "9", "10")
    assert class_order({"b", "a", "10"}) == ("10", "a", "b")


def test_unicode_forms_are_one_label():
    forms = [unicodedata.normalize(form, "Café") for form in ("NFC", "NFD")]
    names, notes = merged(dict(enumerate(forms)), exact=False)
    assert set(names.values()) == {forms[0]}
    assert len(notes) == 1
    assert set(merged(dict(enumerate(forms)), exact=True)[0].values()) == set(forms)


LABELS = st.lists(st.sampled_from(["a", "A", " a", "b", "B ", "ß", "SS", "c"]), min_size=1, max_size=30)


@given(LABELS)
def test_merging_takes_the_most_frequent_spelling(labels):
    names, _ = merged(dict(enumerate(labels)), exact=False)
    for i, label in enumerate(labels):
        same = Counter(other.strip() for other in labels if spelling(other) == spelling(label))
        assert spelling(names[i]) == spelling(label)
        assert same[names[i]] == max(same.values())
    assert len(set(names.values())) == len({spelling(label) for label in labels})


@given(LABELS)
def test_exact_labels_stay(labels):
    assert list(merged(dict(enumerate(labels)), exact=True)[0].values()) == labels


@given(st.lists(st.one_of(st.integers(-5, 5), st.sampled_from([None, float("nan"), " "])), min_size=1, max_size=40))
def test_every_sample_has_its_own_class_or_a_reason(labels):
    encoded = encode(labels, Wanted(task="classification"), "y")
    for i, label in enumerate(labels):
        if i in encoded.unusable:
            assert label is None or label == " " or label != label
        else:
            assert encoded.classes[int(encoded.targets[i])] == str(label)
    assert encoded.targets.dtype == np.int64
