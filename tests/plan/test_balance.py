"""Class weights: each class weighs the same in sum when classes are far from balanced."""

import numpy as np

from graft.plan.balance import class_weights


def test_nearly_balanced_classes_are_left_alone() -> None:
    assert class_weights(np.array([0, 0, 0, 1, 1]), 2).tolist() == [1.0] * 5


def test_rare_classes_weigh_as_much_as_common_ones() -> None:
    targets = np.array([0] * 6 + [1] * 2)
    weight = class_weights(targets, 2)
    assert weight.sum() == len(targets)
    assert np.allclose([weight[:6].sum(), weight[6:].sum()], 4.0)


def test_numbers_have_no_classes() -> None:
    assert class_weights(np.array([0.5, 2.0, 2.0]), 0).tolist() == [1.0] * 3
