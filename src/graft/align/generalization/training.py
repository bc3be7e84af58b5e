"""The training of a small network on the features of several domains, every batch with as many rows of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from graft.align.bottleneck_module import RECIPE, WIDTH, Bottleneck
from graft.align.domains import Floats, Source
from graft.align.generalization.coral import Coral
from graft.align.generalization.group_dro import GroupDro
from graft.align.generalization.mixstyle import MixStyle
from graft.align.generalization.penalty import Penalty
from graft.align.generalization.swad import Averaging
from graft.align.generalization.vrex import Vrex
from graft.heads.folds import stratified_folds
from graft.train.batches import ArrayBatches, Batch
from graft.train.randomness import own_randomness, seed_step
from graft.train.run import Run

PENALTIES: dict[str, Callable[[int], Penalty]] = {
    "erm": lambda domains: Penalty(),
    "group-dro": GroupDro,
    "vrex": lambda domains: Vrex(),
    "coral": lambda domains: Coral(),
    "mixstyle": lambda domains: MixStyle(),
    "swad": lambda domains: Penalty(),
}
ROWS, HELD = 32, 5


class EvenBatches:
    """Batches (x, y, w, domain, progress) of one part after another, an equal number of rows from each domain."""

    def __init__(self, parts: list[ArrayBatches], epochs: int) -> None:
        self.parts, self.epochs = parts, epochs

    def __len__(self) -> int:
        return max(map(len, self.parts))

    def epoch(self, number: int) -> Iterator[Batch]:
        """Give the batches of one epoch; the same number gives the same batches."""
        for index in range(len(self)):
            done = number * len(self) + index
            drawn = [self._one(part, done) for part in self.parts]
            tensors = [torch.cat(column) for column in zip(*drawn, strict=True)]
            yield (*tensors, torch.full((len(tensors[0]),), min(1.0, done / (self.epochs * len(self)))))

    def _one(self, part: ArrayBatches, done: int) -> Batch:
        number, start = divmod(done, len(part))
        return next(part.epoch_from(number, start))


def losses_by_domain(scores: Tensor, y: Tensor, w: Tensor, domain: Tensor) -> Tensor:
    """Give the (D,) weighted mean cross-entropies of the rows of each domain of a batch."""
    losses = cross_entropy(scores, y, reduction="none") * w
    return torch.stack([losses[domain == d].mean() for d in range(int(domain.max()) + 1)])


def trained_on_domains(
    Z: Floats, source: Source, domain: NDArray[np.int64], name: str, seed: int, steps: int
) -> Bottleneck:
    """Train on placed (N, r) rows with (N,) domain numbers; SWAD holds a fifth of the rows out to find its region."""
    domains = int(domain.max()) + 1
    fold = stratified_folds(source.y, HELD, seed)
    learn = fold != 0 if name == "swad" else np.ones(len(Z), dtype=bool)
    X, w = torch.from_numpy(Z).float(), torch.from_numpy(source.weights).float()
    y, d = torch.from_numpy(source.y), torch.from_numpy(domain)
    with own_randomness("cpu"):
        seed_step("cpu", seed)
        module = Bottleneck(X.shape[1], WIDTH, source.count, PENALTIES[name](domains))
    rows = [torch.from_numpy(np.flatnonzero(learn & (domain == each))) for each in range(domains)]
    parts = [ArrayBatches(X[r], y[r], w[r], d[r], size=ROWS, seed=seed) for r in rows]
    epochs = -(-steps // max(map(len, parts)))
    held = torch.from_numpy(np.flatnonzero(~learn))
    averaging = Averaging(lambda m: _held_loss(m, X[held], y[held])) if name == "swad" else None
    recipe = replace(RECIPE, final_rate=1.0) if averaging else RECIPE
    watch = averaging.watch if averaging else None
    batches = EvenBatches(parts, epochs)
    Run(module, _objective(averaging), batches, recipe, watch=watch, label="").advance(epochs)
    if averaging:
        averaging.finish(module)
    return module


def _objective(averaging: Averaging | None) -> Callable[[nn.Module, Batch], Tensor]:
    def objective(module: nn.Module, batch: Batch) -> Tensor:
        """Give what one batch adds up to."""
        assert isinstance(module, Bottleneck)
        assert isinstance(module.term, Penalty)
        if averaging:
            averaging.step(module)
        x, y, w, domain, progress = batch
        features = module.encode(module.term.change(x, domain))
        losses = losses_by_domain(module.classify(features), y, w, domain)
        found: Tensor = module.term(losses, features, domain, float(progress[0]))
        return found

    return objective


def _held_loss(module: nn.Module, X: Tensor, y: Tensor) -> float:
    assert isinstance(module, Bottleneck)
    with torch.no_grad():
        return float(cross_entropy(module.classify(module.encode(X)), y))
