"""With few labels all candidates are averaged, by evidence; the heads are those that take little data."""

from types import SimpleNamespace

import numpy as np
import pytest

from graft.evaluation.calibration import Temperature
from graft.extract.views import View
from graft.plan.averaged import shares
from graft.plan.candidates import Candidate, propose
from graft.plan.decide import decide
from graft.plan.few import counting, few_groups, few_labels, outweighed
from graft.plan.trials import Ground, Outcome, too_far

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


def test_few_groups_are_two_to_five() -> None:
    assert few_groups(np.arange(90) // 30, 2)
    assert few_groups(np.arange(90) % 5, 2)
    assert not few_groups(np.arange(90) % 6, 2)
    assert not few_groups(np.arange(4), 2)  # each alone
    assert not few_groups(np.zeros(9), 2)
    assert not few_groups(np.arange(90) % 3, 0)


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


def test_where_groups_are_few_one_counts_for_32_samples_at_most() -> None:
    sizes = np.array([100, 40, 10])
    tied, everywhere = np.repeat(np.arange(3), sizes), np.ones(150, bool)
    np.testing.assert_allclose(counting(tied, everywhere), np.repeat([0.32, 0.8, 1.0], sizes))
    np.testing.assert_allclose(counting(tied, np.arange(150) >= 50), np.repeat([0.64, 0.8, 1.0], sizes))


def test_with_few_groups_one_goes_on_until_an_average_would_leave_it_out() -> None:
    tied = np.repeat(np.arange(3), [100, 100, 100])
    best, seen = np.ones(300), tied < 2
    behind = 8 * np.log(20) / 64  # a gap by which a weight is 0.05 of the best after two groups of 32 samples
    for gap, said in ((0.99 * behind, ""), (1.01 * behind, f"{1.01 * behind:.3f}")):
        losses = np.where(seen, best + gap, np.nan)
        assert outweighed(losses, best, tied) == said
    ground_of_three = Ground({}, np.arange(300) % 2, 2, tied, tied, np.ones(300))
    leader = Outcome(ONE, np.zeros((300, 2)), best, 0.1)
    assert too_far(TWO, np.where(seen, best + 0.01, np.nan), leader, ground_of_three) == ""
    assert too_far(TWO, np.where(seen, best + 1.0, np.nan), leader, ground_of_three) == "1.000"


def test_few_groups_are_averaged_however_many_the_labels() -> None:
    tied = np.arange(300) // 100
    targets = np.arange(300) % 2
    found = Ground({}, targets, 2, tied, tied, np.ones(300))
    assert found.few()
    rng = np.random.default_rng(0)
    tried = []
    for candidate, evidence in ((ONE, 2.0), (TWO, 2.3), (THREE, -2.0)):
        right = 1 / (1 + np.exp(-evidence - rng.normal(size=300)))
        output = np.log(np.where(targets[:, None] == np.arange(2), right[:, None], 1 - right[:, None]))
        tried.append(Outcome(candidate, output, -np.log(right), 0.1))
    decision = decide(tried, found)
    assert [candidate for candidate, _ in decision.kept] == [ONE, TWO]
    losses = [
        -Temperature.fit(o.output, targets, found.weight).transform(o.output)[np.arange(300), targets] for o in tried
    ]
    sums = np.array([sum(each[tied == k].mean() for k in range(3)) for each in losses])[:2]
    expected = np.exp(-4 * (sums - sums.min()))
    np.testing.assert_allclose([weight for _, weight in decision.kept], expected / expected.sum(), atol=1e-6)


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


def features(count: int, blocks: int = 0, groups: int = 0) -> SimpleNamespace:
    backbone = SimpleNamespace(
        stages=True, blocks=blocks, class_names=(), card=SimpleNamespace(modality="text", block=4)
    )
    dataset = SimpleNamespace(groups=(np.arange(count) % groups).astype(str) if groups else None)
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


def test_the_upper_half_of_the_blocks_is_proposed_beside_the_embedding() -> None:
    found = [(str(c.view), c.head) for c in propose({"net": features(200, blocks=4)}, ("a", "b"))]
    assert [head for view, head in found if view == "block 3"] == ["nearest-mean", "lda", "logistic"]
    assert {view for view, _ in found} == {"embedding", "block 3", "stages"}
    assert found[0] == ("embedding", "nearest-mean")
    few = {(str(c.view), c.head) for c in propose({"net": features(16, blocks=6)}, ("a", "b"))}
    assert {view for view, _ in few} == {"embedding", "block 5", "block 6", "stages"}
    assert [head for view, head in few if view == "stages"] == ["logistic"]


def test_with_few_groups_heads_that_take_little_data_are_proposed_however_many_the_labels() -> None:
    few = {(str(c.view), c.head) for c in propose({"net": features(200, groups=3)}, ("a", "b"))}
    heads = ("prototypes", "lda", "logistic")
    assert few == {("embedding", head) for head in heads} | {("stages", "logistic")}
    many = {c.head for c in propose({"net": features(200, groups=6)}, ("a", "b"))}
    assert "network" in many
    named = {c.head for c in propose({"net": features(200, groups=3)}, ("a", "b"), ["network"])}
    assert named == {"network"}
