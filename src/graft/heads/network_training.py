"""How the network head is trained: Adam on dropped-out units, stopped when a held-out part no longer gains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from graft.heads.basis import Scaling
from graft.heads.training import Training

BATCHES = 8
SMALLEST, LARGEST = 32, 128
RATE = 1e-3
MOST_EPOCHS = 200
PATIENCE = 5
GAIN = 0.01
LEAST_GAIN = 1e-3
HELD_NUMBERS = 16_000_000
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

    Minimizes the weighted cross-entropy with Adam (rate 1e-3, batches of an eighth of the samples, 32 to 128) until the
    loss of the samples `held` has not fallen by 1 %, and 0.001, for 5 epochs, 200 at the most; where none are held, the
    loss of the training samples counts. Draws from its own generator and leaves torch's global one alone.
    """
    random = torch.Generator().manual_seed(settings.seed)
    learn, watch = np.flatnonzero(~held), np.flatnonzero(held)
    watch = watch if len(watch) else learn
    batch = min(max(len(learn) // BATCHES, SMALLEST), LARGEST)
    weight = torch.from_numpy((training.weight / training.weight.mean()).astype(np.float32))
    y, take = torch.from_numpy(training.y), _taker(training, scaling)
    with _one_thread():
        parameters = _start(training, settings.width, random)
        adam = torch.optim.Adam(parameters, lr=RATE, fused=True)
        best, kept, best_epoch, mark, mark_epoch = np.inf, [p.detach().clone() for p in parameters], 0, np.inf, 0
        for epoch in range(1, MOST_EPOCHS + 1):
            order = learn[torch.randperm(len(learn), generator=random).numpy()]
            for start in range(0, len(order), batch):
                rows = order[start : start + batch]
                scores = forward(parameters, take(rows), settings.dropout, random)
                losses = cross_entropy(scores, y[rows], reduction="none")
                adam.zero_grad()
                (losses @ weight[rows] / len(rows)).backward()  # type: ignore[no-untyped-call]
                adam.step()
            loss = _loss(parameters, training, take, watch)
            if loss < best:
                best, kept, best_epoch = loss, [p.detach().clone() for p in parameters], epoch
            if loss < mark - max(GAIN * loss, LEAST_GAIN):
                mark, mark_epoch = loss, epoch
            elif epoch - mark_epoch >= PATIENCE:
                break
    return [p.numpy() for p in kept], best_epoch


def _taker(training: Training, scaling: Scaling) -> Callable[[NDArray[np.int64]], torch.Tensor]:
    """Give what standardizes some rows: all of them at once, beforehand, where that fits in little memory."""
    if training.X.size > HELD_NUMBERS:
        return lambda rows: torch.from_numpy(scaling.apply(training.X[rows]).astype(np.float32))
    whole = torch.from_numpy(scaling.apply(training.X).astype(np.float32))
    return lambda rows: whole[rows]


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
def _loss(
    parameters: Parameters,
    training: Training,
    take: Callable[[NDArray[np.int64]], torch.Tensor],
    rows: NDArray[np.int64],
) -> float:
    total = 0.0
    for start in range(0, len(rows), 4096):
        part = rows[start : start + 4096]
        scores = forward(parameters, take(part), 0.0, None)
        losses = cross_entropy(scores, torch.from_numpy(training.y[part]), reduction="none")
        total += float(losses.double().numpy() @ training.weight[part])
    return total / float(training.weight[rows].sum())
