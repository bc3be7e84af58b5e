"""Both domains side by side: nothing lost, the same epoch whatever came before, and progress from 0 to 1."""

import itertools

import torch
from hypothesis import given
from hypothesis import strategies as st

from graft.align.bottleneck import bottleneck
from graft.align.objectives.paired import PairedBatches
from graft.align.objectives.settings import Setting
from graft.train.batches import ArrayBatches


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 9), st.integers(0, 3))
def test_the_epochs_show_every_row_and_one_starts_anywhere(n, m, size, number):
    parts = ArrayBatches(torch.arange(n), size=size), ArrayBatches(torch.arange(m), size=size)
    paired = PairedBatches(*parts, epochs=4)
    batches = list(paired.epoch(number))
    assert len(batches) == len(paired)
    everything = [batch for k in range(4) for batch in paired.epoch(k)]
    assert set(torch.cat([batch[0] for batch in everything]).tolist()) == set(range(n))
    assert set(torch.cat([batch[1] for batch in everything]).tolist()) == set(range(m))
    progress = [float(batch[2][0]) for batch in everything]
    assert progress[0] == 0
    assert all(a < b < 1 for a, b in itertools.pairwise(progress))
    start = len(paired) // 2
    for one, two in zip(batches[start:], paired.epoch_from(number, start), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(one, two, strict=True))


def test_a_bottleneck_leaves_torch_as_it_was_and_hears_its_objective(pair):
    source, target, _ = pair
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    plain = bottleneck(source, target, "nuclear-norm", Setting(0.0, grows=False), steps=60)
    sure = bottleneck(source, target, "nuclear-norm", Setting(1.0, grows=False), steps=60)
    assert torch.equal(before, torch.random.get_rng_state())
    assert sure.target.max(axis=1).mean() > plain.target.max(axis=1).mean()
