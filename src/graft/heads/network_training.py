"""How the network head is trained: Adam on dropped-out units, stopped when a held-out part no longer gains."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graft.heads.adam import Adam
from graft.heads.basis import Scaling
from graft.heads.dense_layers import Floats, Layers, cross_entropy
from graft.heads.threads import one_thread
from graft.heads.training import Training

BATCHES = 8
SMALLEST, LARGEST = 32, 128
MOST_EPOCHS = 200
PATIENCE = 5
GAIN = 0.01
LEAST_GAIN = 1e-3
HELD_NUMBERS = 16_000_000
LOSS_ROWS = 4096
Taker = Callable[[NDArray[np.int64]], Floats]


class Settings(NamedTuple):
    """The width of the hidden layer, the share of its units dropped, and the seed of every random choice."""

    width: int
    dropout: float
    seed: int


def train(
    training: Training, scaling: Scaling, held: NDArray[np.bool_], settings: Settings
) -> tuple[tuple[Floats, ...], int]:
    """Give (D, H), (H,), (H, K), (K,) weights and the number of epochs after which they were the best.

    Minimizes the weighted cross-entropy with Adam (rate 1e-3, batches of an eighth of the samples, 32 to 128) until the
    loss of the samples `held` has not fallen by 1 %, and 0.001, for 5 epochs, 200 at the most; where none are held, the
    loss of the training samples counts. In float32 on one thread, so that sums do not depend on the machine.
    """
    random = np.random.default_rng(settings.seed)
    learn, watch = np.flatnonzero(~held), np.flatnonzero(held)
    watch = watch if len(watch) else learn
    take = _taker(training, scaling)
    layers = Layers(training.X.shape[1], settings.width, len(training.classes))
    layers.draw(random)
    adam = Adam(len(layers.flat))
    best, kept, best_epoch, mark, mark_epoch = np.inf, layers.flat.copy(), 0, np.inf, 0
    with one_thread():
        for epoch in range(1, MOST_EPOCHS + 1):
            _pass(layers, adam, training, take, random.permutation(learn), settings.dropout, random)
            loss = _loss(layers, training, take, watch)
            if loss < best:
                best, best_epoch = loss, epoch
                kept[:] = layers.flat
            if loss < mark - max(GAIN * loss, LEAST_GAIN):
                mark, mark_epoch = loss, epoch
            elif epoch - mark_epoch >= PATIENCE:
                break
    return tuple(part.copy() for part in layers.parts(kept)), best_epoch


def _pass(
    layers: Layers,
    adam: Adam,
    training: Training,
    take: Taker,
    order: NDArray[np.int64],
    dropout: float,
    random: np.random.Generator,
) -> None:
    """Go once through the samples in this order, batch by batch."""
    batch = min(max(len(order) // BATCHES, SMALLEST), LARGEST)
    mean = training.weight.mean()
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        weight = (training.weight[rows] / (mean * len(rows))).astype(np.float32)
        layers.backward(take(rows), training.y[rows], weight, _dropped((len(rows), layers.width), dropout, random))
        adam.step(layers.flat, layers.gradient)


def _dropped(shape: tuple[int, int], share: float, random: np.random.Generator) -> Floats | None:
    """Draw what multiplies the hidden units: zero for a share of them, and for the rest what makes up for it."""
    if share == 0:
        return None
    kept = (random.random(shape, dtype=np.float32) >= share).astype(np.float32)
    kept *= np.float32(1 / (1 - share))
    return kept


def _taker(training: Training, scaling: Scaling) -> Taker:
    """Give what standardizes some rows: all of them at once, beforehand, where that fits in little memory."""
    if training.X.size > HELD_NUMBERS:
        return lambda rows: scaling.apply(training.X[rows]).astype(np.float32)
    whole = scaling.apply(training.X).astype(np.float32)
    return lambda rows: whole[rows]


def _loss(layers: Layers, training: Training, take: Taker, rows: NDArray[np.int64]) -> float:
    """Give the weighted mean of the cross-entropy of some samples, nothing dropped."""
    total = 0.0
    for start in range(0, len(rows), LOSS_ROWS):
        part = rows[start : start + LOSS_ROWS]
        losses = cross_entropy(layers.scores(take(part)), training.y[part])
        total += float(losses.astype(np.float64) @ training.weight[part])
    return total / float(training.weight[rows].sum())
