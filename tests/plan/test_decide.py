"""One candidate, or a blend only where it is better by more than its noise; the same every time."""

import numpy as np
import pytest
from numpy.typing import NDArray

from graft.errors import GraftError
from graft.extract.views import View
from graft.plan.candidates import Candidate, check_heads
from graft.plan.decide import decide, settle
from graft.plan.trials import Ground, Outcome

N = 120
TARGETS = np.arange(N) % 2
SIMPLE = Candidate("net", View(), "nearest-mean")
RICH = Candidate("net", View(), "logistic")
OTHER = Candidate("other", View(), "nearest-mean")


def ground(features: NDArray[np.float64] | None = None, folds: NDArray[np.int64] | None = None) -> Ground:
    shown = np.zeros((N, 1)) if features is None else features
    return Ground(
        shown={(c.backbone, c.view): shown for c in (SIMPLE, RICH, OTHER)},
        targets=TARGETS,
        n_classes=2,
        tied=np.arange(N),
        folds=np.arange(N) // 2 % 5 if folds is None else folds,
        weight=np.ones(N),
    )


def outcome(candidate: Candidate, evidence: NDArray[np.float64]) -> Outcome:
    """Give the outcome of a candidate by its evidence (N,) for the right class."""
    right = 1 / (1 + np.exp(-evidence))
    output = np.log(np.where(TARGETS[:, None] == np.arange(2), right[:, None], 1 - right[:, None]))
    return Outcome(candidate, output, -np.log(right), 0.1)


def test_a_blend_of_independent_evidence_is_kept() -> None:
    random = np.random.default_rng(0)
    found = decide([outcome(c, random.normal(1.5, 1.8, N)) for c in (SIMPLE, OTHER)], ground())
    assert {candidate for candidate, _ in found.kept} == {SIMPLE, OTHER}
    assert sum(weight for _, weight in found.kept) == pytest.approx(1)
    assert [row["name"] for row in found.verdicts] == [SIMPLE.name, OTHER.name, "blend"]
    assert found.verdicts[-1]["verdict"].startswith("kept")


def test_a_blend_that_gains_nothing_is_dropped() -> None:
    evidence = np.random.default_rng(0).normal(1.5, 1.0, N)
    found = decide([outcome(SIMPLE, evidence), outcome(RICH, evidence)], ground())
    assert found.kept == ((SIMPLE, 1.0),)
    assert found.name == SIMPLE.name
    assert found.verdicts[-1]["name"] == "blend"
    assert found.verdicts[-1]["verdict"].startswith("dropped")


def test_the_simpler_is_kept_within_noise_and_the_better_beyond_it() -> None:
    random = np.random.default_rng(1)
    evidence = random.normal(1.0, 1.0, N)
    near = decide([outcome(SIMPLE, evidence), outcome(RICH, evidence + random.normal(0.01, 0.5, N))], ground())
    far = decide([outcome(SIMPLE, evidence), outcome(RICH, evidence + 3)], ground())
    assert near.kept[0][0] == SIMPLE
    assert far.kept == ((RICH, 1.0),)


def test_the_temperature_is_that_of_what_is_kept() -> None:
    random = np.random.default_rng(2)
    sure = decide([outcome(SIMPLE, 6 * np.sign(random.normal(0.8, 1, N)))], ground())
    assert sure.temperature > 2, "one in five is wrong with great confidence"


def test_the_same_evidence_gives_the_same_decision() -> None:
    outcomes = [outcome(c, np.random.default_rng(3).normal(1, 2, N)) for c in (SIMPLE, OTHER)]
    assert decide(outcomes, ground()).verdicts == decide(outcomes, ground()).verdicts


def test_without_time_the_first_candidate_is_still_tried() -> None:
    features = np.random.default_rng(4).normal(TARGETS[:, None], 1, (N, 3))
    decision, tried, left_out = settle([SIMPLE, OTHER, RICH], ground(features), seconds=0.0)
    assert tried[0] == SIMPLE
    assert left_out == [OTHER, RICH]
    assert decision.kept


def test_with_nothing_to_hold_out_the_simplest_is_kept() -> None:
    decision, tried, left_out = settle([RICH, SIMPLE], ground(folds=np.full(N, -1)), seconds=60.0)
    assert decision.kept == ((SIMPLE, 1.0),)
    assert (decision.temperature, decision.verdicts, tried, left_out) == (1.0, (), [SIMPLE], [])


def test_a_head_that_does_not_exist() -> None:
    with pytest.raises(GraftError, match=r"no head 'logistc'\. Did you mean 'logistic'"):
        check_heads(["lda", "logistc"])
