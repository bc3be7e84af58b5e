"""A tiny problem: two classes of five numbers, and a network with everything a loop can get wrong."""

from typing import Any

import torch
from torch import Tensor, nn

from graft.train import ArrayBatches, Recipe, Run, classification_loss

ROWS = 50


def problem() -> tuple[Tensor, Tensor, Tensor]:
    random = torch.Generator().manual_seed(1)
    x = torch.randn(ROWS, 5, generator=random)
    return x, (x[:, 0] + 0.3 * x[:, 1] > 0).long(), 0.5 + torch.rand(ROWS, generator=random)


def network(norm: bool = True, dropout: float = 0.2) -> nn.Sequential:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        middle = nn.BatchNorm1d(8) if norm else nn.Identity()
        return nn.Sequential(nn.Linear(5, 8), middle, nn.ReLU(), nn.Dropout(dropout), nn.Linear(8, 2))


def accuracy(module: nn.Module) -> float:
    x, y, _ = problem()
    return float((module(x).argmax(1) == y).double().mean())


def make_run(recipe: Recipe, module: nn.Module | None = None, size: int = 16, **options: Any) -> Run:
    batches = ArrayBatches(*problem(), size=size, seed=recipe.seed)
    return Run(module or network(), classification_loss(), batches, recipe, **options)


def weights(module: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}


def equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
