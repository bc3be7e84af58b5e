"""Whether moving weights can pay, who judges it, and what stands beside it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from graft.data.dataset import Dataset
from graft.plan.beside import Beside, Judges, beside
from graft.plan.divided import divided
from graft.plan.gate import no_use
from graft.plan.moving import affordable, strategies_for
from graft.plan.second import another, undecided


def test_six_mistakes_are_the_fewest_that_could_be_told_from_luck() -> None:
    targets = np.zeros(50, np.int64)
    output = np.log(np.tile([0.9, 0.1], (50, 1)))
    for wrong, told in ((0, "make 0 mistakes"), (1, "make 1 mistake,"), (5, "make 5 mistakes")):
        flipped = output.copy()
        flipped[:wrong] = flipped[:wrong, ::-1]
        assert told in no_use(targets, flipped, ("a", "b"))
    flipped = output.copy()
    flipped[:6] = flipped[:6, ::-1]
    assert no_use(targets, flipped, ("a", "b")) == ""


def test_amounts_need_twenty_samples() -> None:
    assert "only 19 samples" in no_use(np.zeros(19), np.zeros(19), ())
    assert no_use(np.zeros(20), np.zeros(20), ()) == ""


def test_the_last_fold_judges_and_without_a_test_the_one_before_scores() -> None:
    folds = np.array([-1, 0, 1, 2, 0, 1, 2])
    found = divided(folds, tested=False)
    assert found is not None
    assert [part.tolist() for part in (found.train, found.judge, found.score)] == [[0, 1, 4], [3, 6], [2, 5]]
    found = divided(folds, tested=True)
    assert found is not None
    assert [part.tolist() for part in (found.train, found.judge, found.score)] == [[0, 1, 2, 4, 5], [3, 6], []]


@pytest.mark.parametrize("folds", [[-1, -1], [0, 1], [0, 0]])
def test_too_few_folds_divide_nothing(folds: list[int]) -> None:
    assert divided(np.array(folds), tested=False) is None


@pytest.fixture
def judges() -> Judges:
    targets = np.arange(200) % 2
    return Judges(targets, np.ones(200), np.arange(200))


def output(judges: Judges, right: float, seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    p = np.where(rng.random(200) < right, 0.9, 0.1)
    table = np.stack([1 - p, p], axis=1)
    table[judges.targets == 0] = table[judges.targets == 0, ::-1]
    return np.log(table)


def test_the_frozen_choice_stays_unless_it_is_beaten_by_more_than_noise(judges: Judges) -> None:
    frozen = output(judges, 0.9, 0)
    same = beside(frozen, output(judges, 0.9, 0), "moved", judges)
    worse = beside(frozen, output(judges, 0.6, 1), "moved", judges)
    assert same.share == worse.share == 0
    assert same.verdicts[0].startswith("kept")
    better = beside(output(judges, 0.7, 2), output(judges, 0.98, 3), "moved", judges)
    assert better.share > 0.5


def test_two_that_err_apart_are_blended(judges: Judges) -> None:
    first, second = output(judges, 0.85, 4), output(judges, 0.85, 5)
    found = beside(first, second, "moved", judges)
    assert 0.2 < found.share < 0.8
    assert found.verdicts[2].startswith("kept")
    assert len(found.losses) == 3


def test_overconfidence_alone_does_not_lose(judges: Judges) -> None:
    sure = output(judges, 0.9, 6)
    losses = judges.losses(sure)
    sharper = sure * 5
    sharper -= np.log(np.exp(sharper).sum(axis=1, keepdims=True))
    assert judges.losses(sharper).mean() == pytest.approx(losses.mean(), abs=2e-3)


def test_nothing_that_is_given_changes(judges: Judges) -> None:
    first, second = output(judges, 0.85, 4), output(judges, 0.85, 5)
    before = first.copy(), second.copy()
    beside(first, second, "moved", judges)
    assert np.array_equal(first, before[0])
    assert np.array_equal(second, before[1])


@pytest.mark.parametrize(
    ("modality", "count", "classes", "raced"),
    [
        ("text", 256, ("a", "b"), ("contrastive",)),
        ("text", 257, ("a", "b"), ("last-blocks", "lp-ft", "layer-decay")),
        ("text", 20, (), ("last-blocks", "lp-ft", "layer-decay")),
        ("image", 20, ("a", "b"), ("last-blocks", "lp-ft", "lora")),
        ("table", 20, ("a", "b"), ()),
    ],
)
def test_few_texts_in_classes_are_learned_by_pairs(
    modality: str, count: int, classes: tuple[str, ...], raced: tuple[str, ...]
) -> None:
    items = [str(number) for number in range(count)]
    assert strategies_for(Dataset(items, items, modality, np.arange(count) % 2, classes)) == raced


def test_as_many_race_as_leave_the_best_two_more_epochs() -> None:
    alike = [10.0] * 6
    assert [affordable(seconds, alike) for seconds in (0, 30, 37, 50, 62.5, 100)] == [1, 1, 1, 2, 3, 6]
    assert [affordable(seconds, [4.0, 10.0, 10.0]) for seconds in (0, 20, 27.4, 27.5, 40)] == [1, 1, 1, 2, 3]


@pytest.mark.parametrize(
    ("share", "losses", "asked"),
    [(0.0, (0.30, 0.31, 0.29), True), (0.0, (0.30, 0.31, 0.30), False), (0.4, (0.30, 0.31, 0.20), False)],
)
def test_a_second_opinion_is_asked_for_where_noise_alone_decided(
    share: float, losses: tuple[float, ...], asked: bool
) -> None:
    assert undecided(Beside(share, 1.0, losses, ())) is asked


def test_another_fold_judges_and_the_first_judges_are_trained_on() -> None:
    folds = np.array([-1, 0, 1, 2, 3, 0, 1, 2, 3])
    first = divided(folds, tested=False)
    assert first is not None
    found = another(folds, first)
    assert found is not None
    assert found.judge.tolist() == [2, 6]
    assert found.train.tolist() == [0, 1, 4, 5, 8]
    assert found.score.tolist() == first.score.tolist() == [3, 7]
    validation = np.array([-1, -1, 0, 0])
    first = divided(validation, tested=True)
    assert first is not None
    assert another(validation, first) is None
