"""Objectives against plain formulas."""

import numpy as np
import pytest
import torch
from torch import nn

from graft.train import balanced_weights, classification_loss, regression_loss

random = np.random.default_rng(0)
LOGITS, Y, W = random.normal(size=(6, 3)), np.array([0, 1, 2, 2, 1, 0]), random.uniform(0.5, 2, 6)


def batch(y: np.ndarray) -> tuple[torch.Tensor, ...]:
    return torch.tensor(LOGITS, dtype=torch.float32), torch.tensor(y), torch.tensor(W, dtype=torch.float32)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_cross_entropy_is_weighted_smoothed_and_takes_probabilities(smoothing: float) -> None:
    logs = LOGITS - np.log(np.exp(LOGITS).sum(1, keepdims=True))
    soft = random.dirichlet(np.ones(3), 6)
    for y, wanted in ((Y, np.eye(3)[Y]), (soft.astype(np.float32), soft)):
        smooth = (1 - smoothing) * wanted + smoothing / 3
        expected = -(W * (smooth * logs).sum(1)).sum() / 6
        assert float(classification_loss(smoothing)(nn.Identity(), batch(y))) == pytest.approx(expected, rel=1e-5)


def test_squared_error_is_weighted_and_takes_a_column() -> None:
    y = random.normal(size=6).astype(np.float32)
    column = LOGITS[:, :1].astype(np.float32)
    expected = (W * (column[:, 0] - y) ** 2).sum() / 6
    values = (torch.tensor(column), torch.tensor(y), torch.tensor(W, dtype=torch.float32))
    assert float(regression_loss()(nn.Identity(), values)) == pytest.approx(expected, rel=1e-5)


def test_balanced_weights_give_every_class_the_same_total_and_have_mean_one() -> None:
    y = np.array([0, 0, 0, 2, 2, 3])
    weights = balanced_weights(y)
    assert np.allclose([weights[y == k].sum() for k in (0, 2, 3)], 2.0)
    assert weights.mean() == pytest.approx(1.0)
