"""How the network head is trained: Adam on dropped-out units, stopped when a held-out part no longer gains."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from graft.heads.basis import Scaling
from graft.heads.training import Training

BATCH = 64
RATE = 1e-3
MOST_EPOCHS = 200
PATIENCE = 10
Parameters = list[torch.Tensor]


class Settings(NamedTuple):
    """The width of the hidden layer, the share of its units dropped, and the seed of every random choice."""

    width: int
    dropout: float
    seed: int


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep torch to one thread, so that sums do not depend on the machine, and give back what it had."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def train(
    training: Training, scaling: Scaling, held: NDArray[np.bool_], settings: Settings
) -> tuple[list[NDArray[np.float32]], int]:
    """Give (D, H), (H,), (H, K), (K,) weights and the number of epochs after which they were the best.

    Minimizes the weighted cross-entropy with Adam (rate 1e-3, batches of 64) until the loss of the samples `held` has
    not fallen for 10 epochs, 200 at the most; where none are held, the loss of the training samples counts. Draws from
    its own generator and leaves torch's global one alone.
    """
    random = torch.Generator().manual_seed(settings.seed)
    learn, watch = np.flatnonzero(~held), np.flatnonzero(held)
    watch = watch if len(watch) else learn
    weight = torch.from_numpy((training.weight / training.weight.mean()).astype(np.float32))
    y = torch.from_numpy(training.y)
    with _one_thread():
        parameters = _start(training, settings.width, random)
        adam = torch.optim.Adam(parameters, lr=RATE)
        best, kept, best_epoch = np.inf, [p.detach().clone() for p in parameters], 0
        for epoch in range(1, MOST_EPOCHS + 1):
            order = learn[torch.randperm(len(learn), generator=random).numpy()]
            for start in range(0, len(order), BATCH):
                rows = order[start : start + BATCH]
                x = torch.from_numpy(scaling.apply(training.X[rows]).astype(np.float32))
                scores = forward(parameters, x, settings.dropout, random)
                losses = cross_entropy(scores, y[rows], reduction="none")
                adam.zero_grad()
                (losses @ weight[rows] / len(rows)).backward()  # type: ignore[no-untyped-call]
                adam.step()
            loss = _loss(parameters, training, scaling, watch)
            if loss < best:
                best, kept, best_epoch = loss, [p.detach().clone() for p in parameters], epoch
            elif epoch - best_epoch >= PATIENCE:
                break
    return [p.numpy() for p in kept], best_epoch


def _start(training: Training, width: int, random: torch.Generator) -> Parameters:
    """Draw He-normal weights for the hidden layer and small ones for the output; biases are zero."""
    inputs, outputs = training.X.shape[1], len(training.classes)
    hidden = torch.randn(inputs, width, generator=random) * (2 / inputs) ** 0.5
    output = torch.randn(width, outputs, generator=random) * (1 / width) ** 0.5
    return [p.requires_grad_() for p in (hidden, torch.zeros(width), output, torch.zeros(outputs))]


def forward(parameters: Parameters, x: torch.Tensor, dropout: float, random: torch.Generator | None) -> torch.Tensor:
    """Give the (n, K) scores; with `random` a share `dropout` of hidden units is zero, the rest scaled up."""
    hidden, bias, output, intercept = parameters
    inner = torch.relu(x @ hidden + bias)
    if random is not None and dropout > 0:
        inner = inner * (torch.rand(inner.shape, generator=random) >= dropout) / (1 - dropout)
    return inner @ output + intercept


@torch.no_grad()
def _loss(parameters: Parameters, training: Training, scaling: Scaling, rows: NDArray[np.int64]) -> float:
    total = 0.0
    for start in range(0, len(rows), 4096):
        part = rows[start : start + 4096]
        x = torch.from_numpy(scaling.apply(training.X[part]).astype(np.float32))
        losses = cross_entropy(forward(parameters, x, 0.0, None), torch.from_numpy(training.y[part]), reduction="none")
        total += float(losses.double().numpy() @ training.weight[part])
    return total / float(training.weight[rows].sum())
