"""One cycle of a run: what changes while it goes on, and one update of the weights."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from graft.train.averaging import Average
from graft.train.batches import Batch, rows_of
from graft.train.objective import Objective
from graft.train.optimizer import make_optimizer, set_rate
from graft.train.precision import Precision
from graft.train.processes import Processes
from graft.train.randomness import seed_step
from graft.train.recipe import Group, Recipe, TrainError
from graft.train.schedule import rate_at
from graft.train.stopping import Stopping


class Cycle:
    """The weights that move with their optimizer, average and scaler, and how far the cycle is.

    `weights` are the moving parameters and all buffers that are saved, as they lie in the module. `epoch` counts the
    whole epochs of this cycle, `position` the batches of the epoch under way, `updates` all updates so far.
    """

    def __init__(
        self,
        module: nn.Module,
        groups: Sequence[Group],
        recipe: Recipe,
        precision: Precision,
        processes: Processes,
        span: tuple[int, int, int],
        best: float,
    ) -> None:
        self.module, self.recipe, self.precision, self.processes = module, recipe, precision, processes
        self.first, self.epochs, batches = span
        self.planned = self.epochs * -(-batches // recipe.accumulate)
        self.weights = moving(module, groups)
        self.optimizer = make_optimizer(module, groups, recipe)
        self.average = Average(self.weights, recipe.average) if recipe.average else None
        self.stopping = Stopping(recipe.patience, best)
        self.epoch = self.position = self.updates = 0
        self.loss = self.shares = self.seconds = 0.0

    @property
    def number(self) -> int:
        """The number of the epoch under way, counted over all cycles."""
        return self.first + self.epoch

    @property
    def rate(self) -> float:
        """The rate of the next update."""
        return self.recipe.rate * rate_at(self.updates, self.planned, self.recipe.warm_up, self.recipe.final_rate)

    @property
    def mean_loss(self) -> float:
        """The mean loss of the samples of the epoch under way."""
        return self.loss / self.shares if self.shares else math.nan

    @property
    def result(self) -> dict[str, Tensor]:
        """The weights to judge and to keep: the averaged ones where there are, else the last."""
        return self.average.tensors if self.average else self.weights

    @property
    def last_rate(self) -> float:
        """The rate of the last update."""
        return float(self.optimizer.param_groups[0]["lr"] / self.optimizer.param_groups[0]["share"])

    def next_epoch(self) -> None:
        """Begin the next epoch."""
        self.epoch, self.position, self.loss, self.shares = self.epoch + 1, 0, 0.0, 0.0

    def update(self, objective: Objective, group: Sequence[Batch]) -> bool:
        """Move the weights once, by the mean loss of all samples of the group's batches; False when it is not finite.

        Every batch's gradient is weighted by its samples, so that the update is that of one large batch.
        """
        self.optimizer.zero_grad()
        first = rows_of(group[0])
        sums = torch.zeros(2, device=self.processes.device)
        for offset, batch in enumerate(group):
            sums += self._gradients(objective, batch, offset, first)
        norm, total = self._gather(sums)
        self.loss, self.shares = self.loss + float(sums[0]) * first, self.shares + total * first
        if self.precision.scaler is None and not math.isfinite(norm):
            return False
        set_rate(self.optimizer, self.rate)
        self.precision.step(self.optimizer)
        self.updates, self.position = self.updates + 1, self.position + len(group)
        if self.average:
            self.average.update(self.weights)
        return True

    def _gradients(self, objective: Objective, batch: Batch, offset: int, first: int) -> Tensor:
        """Add the gradients of this process's share of a batch; give its loss times its share, and the share."""
        device = self.processes.device
        seed_step(device, self.recipe.seed, self.number, self.position + offset, self.processes.rank)
        mine = self.processes.share(batch)
        share = rows_of(mine) / first
        if not share:
            return torch.zeros(2, device=device)
        with self.precision.cast():
            loss = objective(self.module, tuple(tensor.to(device, non_blocking=True) for tensor in mine))
        if loss.ndim or not loss.requires_grad:
            raise TrainError("An objective must give one number with gradients: the mean loss of the batch.")
        self.precision.backward(loss if share == 1 else loss * share)
        return torch.stack([loss.detach().float() * share, torch.tensor(share, device=device)])

    def _gather(self, sums: Tensor) -> tuple[float, float]:
        """Add up over processes, divide by the shares, cut to the recipe's norm; give the old norm and the shares."""
        moved = [parameter for group in self.optimizer.param_groups for parameter in group["params"]]
        if self.processes.count > 1:
            for parameter in moved:
                parameter.grad = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            self.processes.add_up([*(parameter.grad for parameter in moved), sums])
        self.precision.unscale(self.optimizer)
        total = float(sums[1])
        gradients = [parameter.grad for parameter in moved if parameter.grad is not None]
        if total != 1:
            torch._foreach_div_(gradients, total)
        most = self.recipe.clip or math.inf
        return float(nn.utils.clip_grad_norm_(moved, most)), total


def moving(module: nn.Module, groups: Sequence[Group]) -> dict[str, Tensor]:
    """Give what a run changes of a module, as it lies there: the parameters of the groups and the saved buffers."""
    names = {name for group in groups for name in group.names}
    parameters = dict(module.named_parameters())
    state = module.state_dict(keep_vars=True)
    buffers = {name: value for name, value in state.items() if not isinstance(value, nn.Parameter)}
    return {name: parameters[name].data for name in parameters if name in names} | buffers


@torch.no_grad()
def copy_into(weights: dict[str, Tensor], found: dict[str, Tensor]) -> None:
    """Write tensors over the weights of a module, in place."""
    for name, tensor in weights.items():
        tensor.copy_(found[name])


def copied(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Give a copy of weights."""
    return {name: tensor.detach().clone() for name, tensor in weights.items()}
