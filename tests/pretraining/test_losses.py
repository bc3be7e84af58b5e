"""Each loss against a plain second evaluation of its formula."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graft.pretraining.losses.barlow import barlow
from graft.pretraining.losses.masked import masked_words
from graft.pretraining.losses.simclr import simclr
from graft.pretraining.losses.vicreg import vicreg


def two(seed: int, rows: int = 6, columns: int = 4) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    first = random.standard_normal((rows, columns))
    return first, first + 0.3 * random.standard_normal((rows, columns))


def plain_simclr(a: np.ndarray, b: np.ndarray, t: float) -> float:
    z = [row / np.linalg.norm(row) for row in [*a, *b]]
    count, total = len(a), 0.0
    for i in range(2 * count):
        other = math.exp(z[i] @ z[(i + count) % (2 * count)] / t)
        total -= math.log(other / sum(math.exp(z[i] @ z[k] / t) for k in range(2 * count) if k != i))
    return total / (2 * count)


def plain_vicreg(a: np.ndarray, b: np.ndarray) -> float:
    def spread(z: np.ndarray) -> float:
        return sum(max(0.0, 1 - math.sqrt(np.var(z[:, d], ddof=1) + 1e-4)) for d in range(z.shape[1])) / z.shape[1]

    def shared(z: np.ndarray) -> float:
        c = np.cov(z.T)
        return sum(c[i, j] ** 2 for i in range(len(c)) for j in range(len(c)) if i != j) / len(c)

    return float(25 * ((a - b) ** 2).mean() + 25 * (spread(a) + spread(b)) + shared(a) + shared(b))


def plain_barlow(a: np.ndarray, b: np.ndarray, weight: float) -> float:
    total = 0.0
    for i in range(a.shape[1]):
        for j in range(b.shape[1]):
            x, y = a[:, i] - a[:, i].mean(), b[:, j] - b[:, j].mean()
            c = (x * y).mean() / math.sqrt((x.var() + 1e-5) * (y.var() + 1e-5))
            total += (1 - c) ** 2 if i == j else weight * c**2
    return total


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_formulas(seed: int) -> None:
    a, b = two(seed)
    x, y = torch.from_numpy(a), torch.from_numpy(b)
    assert float(simclr(x, y, 0.5)) == pytest.approx(plain_simclr(a, b, 0.5), rel=1e-4)
    assert float(vicreg(x, y)) == pytest.approx(plain_vicreg(a, b), rel=1e-4)
    assert float(barlow(x, y, 0.1)) == pytest.approx(plain_barlow(a, b, 0.1), rel=1e-4)


@pytest.mark.parametrize("loss", [simclr, vicreg, barlow])
def test_views_that_agree_cost_less_than_views_that_do_not_and_sides_count_alike(loss) -> None:
    a, b = (torch.from_numpy(part) for part in two(1, rows=16))
    assert float(loss(a, b)) < float(loss(a, b.roll(1, 0)))
    assert float(loss(a, b)) == pytest.approx(float(loss(b, a)), rel=1e-5)


@pytest.mark.parametrize("loss", [vicreg, barlow])
def test_collapse_is_no_way_out(loss) -> None:
    a, b = (torch.from_numpy(part) for part in two(2, rows=32))
    collapsed = torch.zeros_like(a) + 0.5
    assert float(loss(collapsed, collapsed)) > float(loss(a, b))


def test_the_loss_of_covered_words() -> None:
    scores, wanted = torch.tensor([[1.0, 2.0, 0.5], [0.0, 0.0, 3.0]]), torch.tensor([1, 0])
    plain = [-row[w] + math.log(sum(math.exp(v) for v in row)) for row, w in zip(scores.tolist(), [1, 0], strict=True)]
    assert float(masked_words(scores, wanted)) == pytest.approx(sum(plain) / 2)
    nothing = masked_words(torch.zeros(0, 3, requires_grad=True), torch.zeros(0, dtype=torch.int64))
    nothing.backward()
    assert float(nothing.detach()) == 0.0
