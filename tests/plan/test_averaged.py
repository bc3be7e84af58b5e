"""With few labels all candidates are averaged, by evidence; the heads are those that take little data."""

from types import SimpleNamespace

import numpy as np
import pytest

from graft.evaluation.calibration import Temperature
from graft.extract.views import View
from graft.plan.averaged import shares
from graft.plan.candidates import Candidate, propose
from graft.plan.decide import decide
from graft.plan.few import few_labels
from graft.plan.trials import Ground, Outcome

ONE, TWO, THREE = (Candidate("net", View(), head) for head in ("prototypes", "lda", "logistic"))
N = 60
TARGETS = np.arange(N) % 2


def ground() -> Ground:
    return Ground({}, TARGETS, 2, np.arange(N), np.arange(N) % 5, np.linspace(0.5, 1.5, N))


def outcome(candidate: Candidate, evidence: float, noise: float, stopped: str = "") -> Outcome:
    own = evidence + noise * np.random.default_rng(len(candidate.name)).normal(size=N)
    right = 1 / (1 + np.exp(-own))
    output = np.log(np.where(TARGETS[:, None] == np.arange(2), right[:, None], 1 - right[:, None]))
    return Outcome(candidate, output, -np.log(right), 0.1, stopped)


def test_few_labels_are_32_a_class_and_amounts_have_none() -> None:
    assert few_labels(64, 2)
    assert not few_labels(65, 2)
    assert not few_labels(5, 0)


def test_shares_are_by_the_losses_at_each_ones_own_temperature() -> None:
    tried = [outcome(ONE, 1.0, 1.0), outcome(TWO, 1.0, 0.9)]
    sums = []
    for each in tried:
        cooled = Temperature.fit(each.output, TARGETS, ground().weight).transform(each.output)
        sums.append(-(ground().weight * cooled[np.arange(N), TARGETS]).sum())
    expected = np.exp(-np.array(sums) / 8)
    np.testing.assert_allclose(shares(tried, ground()), expected / expected.sum())
    doubled = Outcome(ONE, tried[0].output * 3, tried[0].losses * 3, 0.1)
    bold = shares([doubled, tried[1]], ground())
    np.testing.assert_allclose(bold, shares(tried, ground()), atol=0.03)


def test_all_are_averaged_and_the_record_says_how_much_each_counts() -> None:
    found = decide([outcome(ONE, 1.0, 0.5), outcome(TWO, 1.0, 0.6), outcome(THREE, 0.1, 0.5, "given up")], ground())
    assert [candidate for candidate, _ in found.kept] == [ONE, TWO]
    assert sum(weight for _, weight in found.kept) == pytest.approx(1)
    verdicts = {row["name"]: row["verdict"] for row in found.verdicts}
    assert verdicts[ONE.name].startswith("kept: 0.")
    assert verdicts[THREE.name] == "given up"
    np.testing.assert_allclose(np.exp(found.output).sum(axis=1), 1)


def test_one_that_foretells_far_worse_has_no_part() -> None:
    found = decide([outcome(ONE, 6.0, 0.1), outcome(TWO, -4.0, 0.1)], ground())
    assert found.kept == ((ONE, 1.0),)
    assert found.verdicts[1]["verdict"] == "dropped: its loss leaves it no part in the average"


def features(count: int) -> SimpleNamespace:
    backbone = SimpleNamespace(stages=True, class_names=(), card=SimpleNamespace(modality="text"))
    dataset = SimpleNamespace(__len__=lambda: count)
    return type("F", (), {"backbone": backbone, "values": np.zeros((count, 4)), "dataset": dataset,
                          "__len__": lambda self: count})()  # fmt: skip


def test_heads_that_take_little_data_are_proposed_on_every_view() -> None:
    few = {(str(c.view), c.head) for c in propose({"net": features(16)}, ("a", "b"))}
    heads = ("prototypes", "lda", "logistic")
    assert few == {(view, head) for view in ("embedding", "stages") for head in heads}
    many = {(str(c.view), c.head) for c in propose({"net": features(200)}, ("a", "b"))}
    assert ("embedding", "prototypes") not in many
    assert ("embedding", "network") in many
    assert [c.head for c in propose({"net": features(16)}, ("a", "b"), ["network"])] == ["network"]
