"""Heads with gradients, on features standardized once; from a fitted head and back to one that is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from graft.heads.base import Head
from graft.heads.logistic import Logistic
from graft.heads.network import Network
from graft.heads.ridge_regression import RidgeRegression

LEAST_SPREAD = 1e-6
DENSE = 1024


class LinearModule(nn.Module):
    """Scores z W^T + b of standardized features z = (x - mean) inverse; W (K, D) starts at zero.

    The rate of a head then means the same whatever the scale of a backbone's features.
    """

    mean: Tensor
    inverse: Tensor

    def __init__(self, features: NDArray[np.float32], outputs: int) -> None:
        super().__init__()
        _standardize(self, features)
        self.weight = nn.Parameter(torch.zeros(outputs, features.shape[1]))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Give the (B, K) scores of (B, D) features."""
        return nn.functional.linear((x - self.mean) * self.inverse, self.weight, self.bias)

    def start_from(self, coef: NDArray[np.float64], intercept: NDArray[np.float64]) -> None:
        """Take the (K, D) coefficients and (K,) intercepts of a linear head on the features as they are."""
        mean, spread = self.mean.double().numpy(), _spread(self.inverse)
        with torch.no_grad():
            self.weight.copy_(torch.from_numpy(coef * spread))
            self.bias.copy_(torch.from_numpy(intercept + coef @ mean))

    def coefficients(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give (K, D) coefficients and (K,) intercepts on the features as they are."""
        mean, inverse = self.mean.double().cpu().numpy(), self.inverse.double().cpu().numpy()
        coef = self.weight.detach().double().cpu().numpy() * inverse
        return coef, self.bias.detach().double().cpu().numpy() - coef @ mean


class DenseModule(nn.Module):
    """relu(z A + a) B + b on standardized features z, with 1024 units between: the head of the classic recipe."""

    mean: Tensor
    inverse: Tensor

    def __init__(self, features: NDArray[np.float32], outputs: int) -> None:
        super().__init__()
        _standardize(self, features)
        self.hidden = nn.Linear(features.shape[1], DENSE)
        self.output = nn.Linear(DENSE, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Give the (B, K) scores of (B, D) features."""
        found: Tensor = self.output(torch.relu(self.hidden((x - self.mean) * self.inverse)))
        return found


def kept_head(module: nn.Module, classes: NDArray[Any]) -> Head:
    """Give the head of `HEADS` that predicts as the module does; `classes` (K,) is empty for numbers."""
    if isinstance(module, DenseModule):
        arrays = {
            "hidden_": module.hidden.weight.T, "bias_": module.hidden.bias, "output_": module.output.weight.T,
            "intercept_": module.output.bias,
        }  # fmt: skip
        state = {name: np.ascontiguousarray(tensor.detach().cpu().numpy()) for name, tensor in arrays.items()}
        scaling = {"mean_": module.mean, "inverse_": module.inverse}
        state |= {name: tensor.double().cpu().numpy() for name, tensor in scaling.items()}
        return Network().load_state(state | {"classes_": classes})
    if not isinstance(module, LinearModule):
        raise TypeError(f"No head is kept of a {type(module).__name__}.")
    coef, intercept = module.coefficients()
    if len(classes):
        return Logistic().load_state({"classes_": classes, "coef_": coef, "intercept_": intercept})
    return RidgeRegression().load_state({"coef_": coef[0], "intercept_": intercept})


def _standardize(module: nn.Module, features: NDArray[np.float32]) -> None:
    mean, spread = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64)
    inverse = np.divide(1, spread, out=np.zeros_like(spread), where=spread > LEAST_SPREAD * spread.max(initial=0))
    module.register_buffer("mean", torch.from_numpy(mean.astype(np.float32)))
    module.register_buffer("inverse", torch.from_numpy(inverse.astype(np.float32)))


def _spread(inverse: Tensor) -> NDArray[np.float64]:
    known = inverse.double().numpy()
    return np.asarray(np.divide(1, known, out=np.zeros_like(known), where=known > 0))
