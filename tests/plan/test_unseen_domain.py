"""A domain left out whole is scored by what never saw it, and nothing is chosen by it."""

import numpy as np

from graft.extract.views import View
from graft.heads import make
from graft.plan import unseen_domain
from graft.plan.budget import Clock
from graft.plan.candidates import Candidate
from graft.plan.splitting import choice_folds
from graft.plan.trials import Ground
from graft.plan.unseen_domain import domain_count, summary, without_each_domain

TRIED = [Candidate("all", View(), "nearest-mean")]


def ground_of(targets, shown) -> Ground:
    folds = choice_folds(targets, np.arange(len(targets)), 2, seed=0)
    assert folds is not None
    return Ground({("all", View()): shown}, targets, 2, np.arange(len(targets)), folds, np.ones(len(targets)))


def test_each_domain_is_scored_by_a_head_of_the_others() -> None:
    draw = np.random.default_rng(0)
    targets, domains = np.arange(90) % 2, np.repeat(["a", "b", "c"], 30)
    shown = (draw.normal(size=(90, 4)) + 1.5 * targets[:, None] + (domains == "c")[:, None]).astype(np.float32)
    before = shown.copy()
    found = without_each_domain(TRIED, ground_of(targets, shown), domains, ("no", "yes"), Clock(60), 0)
    assert found["counts"] == {"a": 30, "b": 30, "c": 30}
    rows = {row["domain"]: row for row in found["left_out"]}
    for name, row in rows.items():
        held = domains == name
        head = make("nearest-mean").fit(shown[~held], targets[~held])
        assert row["scores"]["accuracy"]["value"] == (head.predict(shown[held]) == targets[held]).mean()
        assert row["samples"] == 30
    hardest = min(rows.values(), key=lambda row: row["scores"]["accuracy"]["value"])["domain"]
    assert f"the hardest is {hardest} with" in found["notes"][-1]
    assert np.array_equal(shown, before)


def test_without_several_domains_nothing_is_left_out() -> None:
    targets = np.arange(20) % 2
    ground = ground_of(targets, np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32))
    assert without_each_domain(TRIED, ground, None, ("a", "b"), Clock(9), 0) == {}
    one = without_each_domain(TRIED, ground, np.full(20, "here"), ("a", "b"), Clock(9), 0)
    assert (one["counts"], one["left_out"]) == ({"here": 20}, [])
    assert [domain_count(None), domain_count(np.array(["a"])), domain_count(np.array(["a", "b"]))] == [0, 0, 2]
    assert domain_count(np.arange(50).astype(str)) == unseen_domain.MOST
    assert summary([], True) == []


def test_a_domain_with_all_of_a_class_is_passed_over() -> None:
    targets, domains = np.repeat([0, 1], [20, 20]), np.repeat(["a", "b", "a"], [20, 5, 15])
    shown = (np.random.default_rng(0).normal(size=(40, 2)) + targets[:, None]).astype(np.float32)
    found = without_each_domain(
        TRIED, ground_of(targets, shown), np.where(targets == 1, "b", "a"), ("x", "y"), Clock(9), 0
    )
    assert found["left_out"] == []
    assert found["notes"] == [f"{name} was not left out: the other domains have one class only." for name in "ab"]
    found = without_each_domain(TRIED, ground_of(targets, shown), domains, ("x", "y"), Clock(9), 0)
    assert len(found["left_out"]) == 1
