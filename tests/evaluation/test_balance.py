"""Class weights: each class weighs the same in sum when classes are far from balanced."""

import numpy as np

from graft.evaluation.balance import class_weights


def test_nearly_balanced_classes_are_left_alone() -> None:
    assert class_weights(np.array([0, 0, 0, 1, 1]), 2).tolist() == [1.0] * 5


def test_rare_classes_weigh_as_much_as_common_ones() -> None:
    targets = np.array([0] * 6 + [1] * 2)
    weight = class_weights(targets, 2)
    assert weight.sum() == len(targets)
    assert np.allclose([weight[:6].sum(), weight[6:].sum()], 4.0)


def test_numbers_have_no_classes() -> None:
    assert class_weights(np.array([0.5, 2.0, 2.0]), 0).tolist() == [1.0] * 3


def test_classes_are_evened_out_within_domains_and_domains_keep_their_sizes() -> None:
    domains = np.repeat(["a", "b"], [8, 4])
    targets = np.array([0] * 6 + [1] * 2 + [0] * 1 + [1] * 3)
    before = targets.copy()
    weight = class_weights(targets, 2, domains)
    assert np.allclose([weight[:6].sum(), weight[6:8].sum()], 4.0)
    assert np.allclose([weight[8:9].sum(), weight[9:].sum()], 2.0)
    assert np.array_equal(targets, before)
    assert class_weights(np.array([0, 1, 0, 1]), 2, np.array(["a", "a", "b", "b"])).tolist() == [1.0] * 4


def test_no_sample_weighs_ten_times_another_of_its_domain_by_a_rare_class() -> None:
    targets, domains = np.array([0] * 200 + [1] + [0, 1]), np.array(["a"] * 201 + ["b"] * 2)
    weight = class_weights(targets, 2, domains)
    assert np.isclose(weight[200] / weight[201], 10.0)
