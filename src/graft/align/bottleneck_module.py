"""The small network that domain objectives train on features, and its training."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from graft.align.objectives.loss import DomainLearner, domain_objective
from graft.align.objectives.paired import PairedBatches
from graft.align.objectives.settings import Setting
from graft.align.objectives.table import make_term
from graft.heads.network import Network
from graft.train.batches import ArrayBatches
from graft.train.randomness import own_randomness, seed_step
from graft.train.recipe import Recipe
from graft.train.run import Run

WIDTH, ROWS = 256, 64
RECIPE = Recipe(rate=1e-3, weight_decay=0.01, clip=1.0, precision="float32")


class Bottleneck(DomainLearner):
    """relu(z A + a) B + b of (B, r) rows; the hidden units are the features."""

    def __init__(self, inputs: int, width: int, classes: int, term: nn.Module) -> None:
        super().__init__()
        self.hidden = nn.Linear(inputs, width)
        self.output = nn.Linear(width, classes)
        self.term = term

    def encode(self, *states: Tensor) -> Tensor:
        """Give the (B, width) hidden units of rows."""
        found: Tensor = self.hidden(states[0]).relu()
        return found

    def classify(self, features: Tensor) -> Tensor:
        """Give the (B, K) scores of hidden units."""
        found: Tensor = self.output(features)
        return found


def trained_bottleneck(
    source: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
    target: NDArray[Any],
    name: str,
    setting: Setting,
    seed: int,
    steps: int,
) -> Bottleneck:
    """Train on (N, r) rows with (N,) classes and weights, and (M, r) target rows; nothing global changes."""
    X, w, T = (torch.from_numpy(array).float() for array in (source[0], source[2], target))
    y = torch.from_numpy(source[1])
    classes = int(y.max()) + 1
    with own_randomness("cpu"):
        seed_step("cpu", seed)
        module = Bottleneck(X.shape[1], WIDTH, classes, make_term(name, WIDTH, classes))
    parts = ArrayBatches(X, y, w, size=ROWS, seed=seed), ArrayBatches(T, size=ROWS, seed=seed)
    epochs = -(-steps // max(map(len, parts)))
    run = Run(module, domain_objective(setting), PairedBatches(*parts, epochs), RECIPE, label="")
    run.advance(epochs)
    return module


def network_head(module: Bottleneck, scale: float) -> Network:
    """Give the head of `HEADS` that computes what the module does of (N, r) rows times `scale`."""
    inner, outer = module.hidden, module.output
    state: dict[str, Any] = {
        "classes_": np.arange(outer.out_features), "mean_": np.zeros(inner.in_features),
        "inverse_": np.full(inner.in_features, scale), "hidden_": inner.weight.T, "bias_": inner.bias,
        "output_": outer.weight.T, "intercept_": outer.bias,
    }  # fmt: skip
    plain = {key: value if isinstance(value, np.ndarray) else value.detach().numpy() for key, value in state.items()}
    return Network().load_state(plain)
