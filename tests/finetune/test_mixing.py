"""Mixed weights and the contrastive loss, each beside its formula."""

import numpy as np
import pytest
import torch

from graft.finetune.contrastive import contrastive_loss
from graft.finetune.mixing import greedy_soup, mixed, wise


def weights(value):
    return {"w": torch.tensor([value, -value]), "n": torch.tensor(int(value))}


def test_wise_takes_the_best_mix_and_leaves_both_ends_alone():
    start, end = weights(0.0), weights(10.0)
    kept, share = wise(start, end, lambda found: abs(float(found["w"][0]) - 3.0))
    assert share == 0.3
    assert torch.allclose(kept["w"], torch.tensor([3.0, -3.0]))
    assert int(kept["n"]) == 10
    assert torch.equal(start["w"], torch.zeros(2))
    assert wise(start, end, lambda found: 1.0)[1] == 1.0


def test_a_soup_takes_in_what_does_not_raise_the_loss():
    candidates = [weights(value) for value in (8.0, 2.0, 5.0, 4.0)]
    soup, count = greedy_soup(candidates, lambda found: abs(float(found["w"][0]) - 3.5))
    # order 4 (0.5), then 2 and 5 (1.5 each), then 8: (4 + 2) / 2 = 3.0 stays, (4 + 2 + 5) / 3 = 3.67 stays, 8 does not
    assert count == 3
    assert float(soup["w"][0]) == pytest.approx(11 / 3)
    assert float(mixed(candidates[0], candidates[1], 0.25)["w"][0]) == pytest.approx(6.5)


def test_the_contrastive_loss_is_its_formula():
    random = np.random.default_rng(0)
    z, y, w = random.normal(size=(7, 5)), np.array([0, 1, 0, 2, 1, 0, 1]), random.uniform(0.5, 2, 7)
    unit = z / np.linalg.norm(z, axis=1, keepdims=True)
    sims = np.exp(unit @ unit.T / 0.2)
    total = shares = 0.0
    for i in range(7):
        others = [j for j in range(7) if j != i]
        same = [j for j in others if y[j] == y[i]]
        if same:
            total += w[i] * -np.mean([np.log(sims[i, p] / sum(sims[i, a] for a in others)) for p in same])
            shares += w[i]
    found = contrastive_loss(torch.from_numpy(z), torch.from_numpy(y), torch.from_numpy(w), 0.2)
    assert float(found) == pytest.approx(total / shares)


def test_a_batch_without_pairs_has_no_loss_and_finite_gradients():
    z = torch.randn(3, 4, requires_grad=True)
    found = contrastive_loss(z, torch.tensor([0, 1, 2]), torch.ones(3))
    found.backward()
    assert float(found) == 0
    assert torch.isfinite(z.grad).all()
