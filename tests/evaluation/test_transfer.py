"""The transfer verdict says helped, harmed or no difference, by the interval of the paired difference."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from graft.evaluation.transfer import transfer_verdict

TARGETS = np.arange(300) % 3


def probabilities(right: float, seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    said = np.where(rng.random(300) < right, TARGETS, (TARGETS + 1) % 3)
    return np.eye(3)[said] * 0.7 + 0.1


@pytest.mark.parametrize(
    ("chosen", "scratch", "outcome"),
    [(0.95, 0.6, "helped"), (0.6, 0.95, "harmed"), (0.9, 0.9, "made no difference")],
)
def test_the_outcome_is_that_of_the_interval(chosen: float, scratch: float, outcome: str) -> None:
    a, b = probabilities(chosen, 0), probabilities(scratch, 1)
    before = a.copy(), b.copy()
    found = transfer_verdict(TARGETS, a, b, learner="a small convolution network")
    difference = (a.argmax(1) == TARGETS).mean() - (b.argmax(1) == TARGETS).mean()
    assert found.outcome == outcome
    assert found.scratch.difference == pytest.approx(difference)
    assert (found.scratch.low > 0, found.scratch.high < 0) == (outcome == "helped", outcome == "harmed")
    chance = " that could be told from chance (p = 0." if outcome == "made no difference" else ": accuracy"
    assert found.sentence.startswith(f"Transfer {outcome}{chance}")
    assert f": accuracy {difference:+.3f} [" in found.sentence
    assert "beside a small convolution network trained from scratch on the same data" in found.sentence
    assert found.frozen is None
    assert np.array_equal(a, before[0])
    assert np.array_equal(b, before[1])


def test_moved_weights_are_also_beside_the_frozen_head() -> None:
    found = transfer_verdict(TARGETS, probabilities(0.95, 0), probabilities(0.5, 1), probabilities(0.7, 2))
    assert found.frozen is not None
    assert found.frozen.difference > 0
    assert " Moving weights helped: +0." in found.sentence
    assert json.loads(json.dumps(found.to_dict()))["frozen"]["frozen"] == pytest.approx(found.frozen.second)


def test_amounts_are_compared_by_absolute_error_where_less_is_better() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=200)
    good, bad = truth + rng.normal(0, 0.1, 200), truth + rng.normal(0, 1, 200)
    assert transfer_verdict(truth, good, bad).outcome == "helped"
    assert transfer_verdict(truth, bad, good).outcome == "harmed"
