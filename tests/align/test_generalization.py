"""Generalization: each formula a second time, and an unseen domain predicted from several."""

import numpy as np
import pytest
import torch

from graft.align.aligned import load
from graft.align.domains import Source
from graft.align.generalization.coral import Coral
from graft.align.generalization.generalize import GENERALIZERS, generalize
from graft.align.generalization.group_dro import GroupDro
from graft.align.generalization.mixstyle import MixStyle, restyled
from graft.align.generalization.swad import Averaging, flat_region
from graft.align.generalization.training import PENALTIES, EvenBatches, losses_by_domain
from graft.align.generalization.vrex import Vrex
from graft.errors import DataError, GraftError
from graft.train.batches import ArrayBatches

LOSSES = torch.tensor([0.5, 1.5, 1.0], dtype=torch.float64)
DOMAIN = torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 2])
ROWS = torch.from_numpy(np.random.default_rng(0).standard_normal((9, 2)))


def test_group_dro_moves_its_weights_before_it_weighs():
    term = GroupDro(3)
    for _ in range(2):
        value = term(LOSSES, ROWS, DOMAIN, 0.0)
    q = np.exp(2 * 0.01 * LOSSES.numpy())
    assert float(value) == pytest.approx(float(q / q.sum() @ LOSSES.numpy()), rel=1e-6)


def test_vrex_adds_the_variance_of_losses_stronger_after_a_tenth():
    assert float(Vrex()(LOSSES, ROWS, DOMAIN, 0.0)) == pytest.approx(1 + np.var([0.5, 1.5, 1.0]))
    assert float(Vrex()(LOSSES, ROWS, DOMAIN, 0.5)) == pytest.approx(1 + 10 * np.var([0.5, 1.5, 1.0]))


def test_coral_adds_the_gaps_of_means_and_covariances_over_pairs():
    parts = [ROWS[d == DOMAIN].numpy() for d in range(3)]
    gaps = []
    for i in range(3):
        for j in range(i + 1, 3):
            mean = ((parts[i].mean(0) - parts[j].mean(0)) ** 2).mean()
            gaps.append(mean + ((np.cov(parts[i].T) - np.cov(parts[j].T)) ** 2).mean())
    assert float(Coral()(LOSSES, ROWS, DOMAIN, 0.0)) == pytest.approx(1 + np.mean(gaps))


def test_restyled_rows_have_moments_between_those_of_two_domains():
    same = torch.arange(9)
    torch.testing.assert_close(restyled(ROWS, DOMAIN, same, torch.rand(9, dtype=torch.float64)), ROWS)
    other = torch.tensor([3, 3, 3, 6, 6, 6, 0, 0, 0])
    swapped = restyled(ROWS, DOMAIN, other, torch.zeros(9, dtype=torch.float64))
    torch.testing.assert_close(swapped[:3].mean(0), ROWS[3:6].mean(0))
    torch.testing.assert_close(swapped[:3].std(0), ROWS[3:6].std(0), rtol=1e-4, atol=1e-4)


def test_mixstyle_leaves_half_of_the_batches_alone():
    torch.manual_seed(0)
    kept = [torch.equal(MixStyle().change(ROWS, DOMAIN), ROWS) for _ in range(200)]
    assert 70 < sum(kept) < 130


@pytest.mark.parametrize(
    ("losses", "region"),
    [
        ([9, 5, 3, 4, 4, 3.5, 3], (2, 6)),
        ([9, 5, 3, 4, 4, *[8] * 6], (2, 4)),
        ([3, 2, 1], (0, 2)),
        ([1.0], (0, 0)),
    ],
)
def test_the_flat_region_begins_where_the_loss_stops_falling_and_ends_before_it_rises(losses, region):
    assert flat_region(losses) == region


def test_averaging_keeps_the_mean_of_the_region():
    module, losses = torch.nn.Linear(1, 1, bias=False), iter([9.0, 3.0, 4.0, 4.0])
    averaging = Averaging(lambda m: next(losses))
    for stretch in ((1, 3), (5, 7), (9, 9), (11, 13)):
        for value in stretch:
            torch.nn.init.constant_(module.weight, value)
            averaging.step(module)
        averaging.watch(module)
    averaging.finish(module)
    assert module.weight.item() == pytest.approx(np.mean([6, 9, 12]))


def test_losses_are_means_of_each_domain():
    scores = torch.tensor([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    found = losses_by_domain(scores, torch.tensor([0, 0, 1]), torch.tensor([1.0, 2.0, 1.0]), torch.tensor([0, 0, 1]))
    expected = [(np.log1p(np.exp(-2)) + 2 * np.log1p(np.exp(1))) / 2, np.log(2)]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_every_batch_holds_as_many_rows_of_each_domain():
    parts = [ArrayBatches(torch.arange(n), torch.full((n,), d), size=4) for d, n in enumerate((40, 8))]
    batches = list(EvenBatches(parts, 1).epoch(0))
    assert len(batches) == 10
    assert all(torch.bincount(batch[1]).tolist() == [4, 4] for batch in batches)
    assert set(torch.cat([batch[0][:4] for batch in batches]).tolist()) == set(range(40))


def several(seed=0):
    draw = np.random.default_rng(seed)
    y = np.tile([0, 1, 2], 40)
    names = np.repeat(["a", "b", "c", "d"], 30)
    offset = {name: 0.7 * draw.standard_normal(8) for name in "abcd"}
    X = 4 * np.eye(3, 8)[y] + draw.standard_normal((120, 8)) + np.array([offset[name] for name in names])
    return X, y, names


@pytest.mark.parametrize("method", GENERALIZERS)
def test_a_method_learns_an_unseen_domain_and_predicts_the_same_when_loaded(method):
    X, y, names = several()
    seen, before = names != "d", X.copy()
    source = Source(X[seen], y[seen], domain=names[seen])
    found, again = (generalize(source, method, steps=60) for _ in range(2))
    logs = found.predict_log_proba(X[~seen])
    assert (logs.argmax(axis=1) == y[~seen]).mean() > 0.9
    np.testing.assert_array_equal(logs, again.predict_log_proba(X[~seen]))
    np.testing.assert_array_equal(logs, load(found.state()).predict_log_proba(X[~seen]))
    np.testing.assert_array_equal(X, before)


def test_refusals_are_sentences():
    X, y, names = several()
    with pytest.raises(GraftError, match="Did you mean 'vrex'"):
        generalize(Source(X, y, domain=names), "rex")
    with pytest.raises(DataError, match="at least two domains"):
        generalize(Source(X, y))
    assert tuple(PENALTIES) == GENERALIZERS
