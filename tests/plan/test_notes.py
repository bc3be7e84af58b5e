"""The sentences of a plan: classes a backbone has seen before, and classes that are weighted."""

import dataclasses

import numpy as np

from graft.evaluation.balance import class_weights
from graft.plan.notes import averaging_notes, known_notes, weight_notes
from graft.plan.trials import Ground


def ground(targets: np.ndarray, n_classes: int) -> Ground:
    count = np.arange(len(targets))
    return Ground({}, targets, n_classes, count, count % 2, class_weights(targets, n_classes))


def test_known_classes_are_named_with_the_backbones_that_know_them() -> None:
    known = {"lite0": {"ants": ["ant, emmet"], "bees": ["bee"]}, "lite1": {"ants": ["ant, emmet"], "bees": ["bee"]}}
    assert known_notes(known, 2) == [
        "lite0 and lite1 were trained on both of these classes (ants: 'ant, emmet'; bees: 'bee'): scores on them say "
        "less about classes never seen."
    ]


def test_some_of_many_classes() -> None:
    known = {"lite0": {f"c{i}": [f"c{i}", "d"] for i in range(5)}}
    assert known_notes(known, 9) == [
        "lite0 was trained on 5 of these 9 classes (c0: 'c0' and 1 more; c1: 'c1' and 1 more; c2: 'c2' and 1 more; and "
        "2 more): scores on them say less about classes never seen."
    ]


def test_nothing_known_is_no_note() -> None:
    assert known_notes({}, 2) == []


def test_uneven_classes_are_noted() -> None:
    uneven = ground(np.array([0] * 90 + [1] * 10), 2)
    assert weight_notes(uneven) == [
        "Classes are unevenly common (90 % to 10 %): each counts as much as the others in fitting, choosing and "
        "probabilities."
    ]
    assert "(99.9 % to 0.1 %)" in weight_notes(ground(np.array([0] * 999 + [1]), 2))[0]


def test_even_classes_and_numbers_are_not() -> None:
    assert weight_notes(ground(np.array([0, 1, 0, 1]), 2)) == []
    assert weight_notes(ground(np.array([0.5, 2.0, 7.0]), 0)) == []
    assert weight_notes(dataclasses.replace(ground(np.array([0] * 9 + [1]), 2), weight=np.ones(10))) == []


def test_averaging_of_few_labels_and_of_few_groups_is_noted() -> None:
    few = ground(np.arange(16) % 2, 2)
    assert averaging_notes(few) == [
        "Labels are few (16 for 2 classes), so candidates were not chosen among but averaged, each counting by how "
        "well it foretold samples held out."
    ]
    many = ground(np.arange(90) % 2, 2)
    assert averaging_notes(many) == []
    grouped = dataclasses.replace(many, tied=np.arange(90) // 30, folds=np.arange(90) // 30)
    assert averaging_notes(grouped) == [
        "Only 3 groups judge, so candidates were not chosen among but averaged, each counting by how well it foretold "
        "samples held out."
    ]
