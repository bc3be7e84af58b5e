"""Candidates that are hopelessly behind are given up early, and nothing else is."""

import dataclasses

import numpy as np
import pytest

from graft.extract.views import View
from graft.plan import trials
from graft.plan.candidates import Candidate
from graft.plan.decide import decide, overtaken
from graft.plan.splitting import choice_folds
from graft.plan.trials import Ground, attempt, attempt_all, behind, in_order, patience

GOOD, BAD = Candidate("good", View(), "logistic"), Candidate("bad", View(), "logistic")


@pytest.fixture
def ground() -> Ground:
    rng = np.random.default_rng(0)
    targets = np.arange(150) % 2
    folds = choice_folds(targets, np.arange(150), 2, seed=0)
    assert folds is not None
    clear = rng.normal(size=(150, 4)).astype(np.float32) + 3 * targets[:, None]
    noise = rng.normal(size=(150, 4)).astype(np.float32)
    shown = {("good", View()): clear, ("bad", View()): noise}
    return Ground(shown, targets, 2, np.arange(150), folds, np.ones(150))


def test_a_hopeless_candidate_is_stopped_and_says_why(ground: Ground) -> None:
    outcomes, left_out = attempt_all([GOOD, BAD], ground, 60)
    assert left_out == []
    good, bad = outcomes
    assert good.stopped == ""
    assert np.isfinite(good.output).all()
    assert bad.stopped.startswith("dropped after 1 of 5 folds: worse than good · embedding · logistic by ")
    assert np.isfinite(bad.losses).sum() == (ground.folds == 0).sum()


def test_what_took_long_before_is_left_out_where_little_time_is_left(ground: Ground) -> None:
    other = Candidate("good", View(), "lda")
    attempt_all([GOOD, other], ground, 60)
    assert 0 < ground.took["lda"] < 60
    part = dataclasses.replace(ground, weight=2 * ground.weight)
    part.took["lda"] = 30.0
    outcomes, left_out = attempt_all([GOOD, other], part, 20)
    assert ([o.candidate for o in outcomes], left_out) == ([GOOD], [other])
    assert attempt_all([other], part, 20)[1] == [], "the first is always tried"


def test_without_a_leader_nothing_is_stopped(ground: Ground) -> None:
    alone = attempt(BAD, ground)
    assert alone.stopped == ""
    assert np.isfinite(alone.output).all()
    better_later, _ = attempt_all([BAD, GOOD], ground, 60)
    assert [o.stopped for o in better_later] == ["", ""]


@pytest.mark.parametrize("small", [True, False])
def test_folds_come_in_order_and_none_is_begun_unasked(small: bool) -> None:
    begun: list[int] = []

    def give(number: int) -> np.ndarray:
        begun.append(number)
        return np.array([number])

    outputs = in_order(give, 4, small)
    assert begun == []
    assert next(outputs).tolist() == [0]
    assert begun == [0]
    assert [found.tolist() for found in outputs] == [[1], [2], [3]]


def test_one_thread_and_two_give_the_same(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    one = attempt(GOOD, ground)
    monkeypatch.setattr(trials, "SMALL", 0)
    np.testing.assert_array_equal(attempt(GOOD, ground).output, one.output)


def test_behind_is_three_paired_standard_errors() -> None:
    rng = np.random.default_rng(1)
    best = rng.normal(size=100)
    gap = rng.normal(1.0, 0.5, size=100)
    error = gap.std(ddof=1) / np.sqrt(100)
    tied = np.arange(100)
    assert behind(best + gap, best, tied) == f"{gap.mean():.3f} ± {error:.3f}"
    assert behind(best + gap - gap.mean() + 2.9 * error, best, tied) == ""
    assert behind(best - gap, best, tied) == ""
    few = np.where(np.arange(100) < 19, best + gap, np.nan)
    assert behind(few, best, tied) == ""


def test_patience_is_shortest_with_what_is_no_simpler_than_the_leader_of_its_own_backbone(ground: Ground) -> None:
    simple, same, other = (Candidate(*c) for c in (("a", View(), "lda"), ("a", View("stages"), "logistic"),
                                                   ("b", View(), "logistic")))  # fmt: skip
    assert patience(same, simple, ground) == 1.0
    assert patience(simple, same, ground) == 2.0
    assert patience(other, same, ground) == 3.0
    few = dataclasses.replace(ground, targets=ground.targets[:64], n_classes=2)
    assert patience(same, simple, few) == 3.0


def test_when_the_time_is_up_the_rest_is_not_tried(ground: Ground) -> None:
    outcomes, left_out = attempt_all([GOOD, BAD], ground, 0.0)
    assert [o.candidate for o in outcomes] == [GOOD]
    assert left_out == [BAD]


def test_one_that_ran_out_of_time_wins_on_the_folds_it_has(ground: Ground) -> None:
    slow = attempt(GOOD, ground, seconds=0.0)
    assert slow.cut
    assert slow.stopped.startswith("dropped after 1 of 5 folds: the rest would take ")
    whole = attempt(BAD, ground)
    decision = overtaken(decide([whole, slow], ground), [slow], ground)
    assert decision.name == GOOD.name
    verdicts = {row["name"]: row["verdict"] for row in decision.verdicts}
    assert verdicts[GOOD.name].startswith("kept: better on the folds it had time for, by ")
    assert verdicts[BAD.name] == f"dropped: overtaken by {GOOD.name}"
    other = attempt(BAD, ground, seconds=0.0)
    assert overtaken(decide([attempt(GOOD, ground), other], ground), [other], ground).name == GOOD.name
