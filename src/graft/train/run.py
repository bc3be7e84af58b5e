"""The one training loop: cycles of warm-up and cosine that can be killed, gone on with, and stopped in time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from torch import nn

from graft.backbones.runtime import pick_device
from graft.train.bar import Told, training_bar
from graft.train.batches import Batches, batches_from
from graft.train.checkpoint import checksum
from graft.train.cycle import Cycle, copy_into, moving
from graft.train.deadline import Deadline
from graft.train.keeping import Keeper
from graft.train.objective import Objective
from graft.train.optimizer import check_groups
from graft.train.precision import Precision, pick_precision
from graft.train.processes import processes_on
from graft.train.recipe import Group, Recipe, TrainError
from graft.train.surroundings import training
from graft.train.watching import Watching


class Run:
    """Moves the weights of `module` so that `objective` falls over `batches`.

    `module` holds, after `advance`, the best weights by `watch` (higher is better; of all cycles) where it is given,
    else the averaged ones where the recipe averages, else the last. `history` has a dict for each epoch: epoch, loss,
    watched, rate, seconds. `stopped` says why the last cycle ended: done, patience, time, or diverged (the loss or its
    gradient was not finite). The module is put on `device` and into training mode by its own `train()`, which it may
    override to keep parts in evaluation mode. `place` takes checkpoints every so many seconds and `log.jsonl`; `left`
    gives the seconds left.
    """

    def __init__(
        self,
        module: nn.Module,
        objective: Objective,
        batches: Batches,
        recipe: Recipe,
        *,
        groups: Sequence[Group] | None = None,
        watch: Callable[[nn.Module], float] | None = None,
        device: str = "cpu",
        place: Path | None = None,
        every_seconds: float = 60.0,
        left: Callable[[], float] | None = None,
        label: str = "training",
    ) -> None:
        """Set up a run; raises TrainError for groups that do not fit, BackboneError for a device that is not there."""
        self.objective, self.batches, self.recipe, self.label = objective, batches, recipe, label
        self.groups = check_groups(module, groups)
        self.processes = processes_on(pick_device(device))
        self.device = self.processes.device
        self.module = module.to(self.device)
        self.numbers = pick_precision(recipe.precision, module, self.device)
        self.history: list[dict[str, Any]] = []
        self.epochs_done = self.cycles = 0
        self.stopped = ""
        self.seconds = self._started = 0.0
        self._watching = Watching(watch)
        self._deadline = Deadline(left)
        self._keeper = Keeper(place, every_seconds, self.processes)

    def advance(self, epochs: int | None = None) -> Run:
        """Train for one cycle of `epochs` (the recipe's) more from the weights at hand, with a fresh optimizer.

        Where `place` holds this very cycle of a run with the same settings and starting weights, it goes on from
        there, to the same weights bit for bit; a finished one is only read. Ends early on patience or when no step fits
        into the time left. Raises TrainError when `place` holds something else or something damaged.
        """
        epochs = self.recipe.epochs if epochs is None else epochs
        if epochs < 1:
            raise TrainError(f"A cycle needs at least one epoch, not {epochs!r}.")
        with training(self.module, {name for group in self.groups for name in group.names}, self.device):
            self.cycles += 1
            cycle = self._begin(epochs)
            if not self._read(cycle):
                self._started = time.monotonic() - cycle.seconds
                self.stopped = self._walk(cycle)
                self._end(cycle)
        self.epochs_done = cycle.number
        self.seconds += cycle.seconds
        return self

    def _begin(self, epochs: int) -> Cycle:
        self.processes.same(moving(self.module, self.groups).values())
        span = (self.epochs_done, epochs, len(self.batches))
        precision = Precision(self.numbers, self.device)
        return Cycle(self.module, self.groups, self.recipe, precision, self.processes, span, self._watching.value)

    def _read(self, cycle: Cycle) -> bool:
        """Go on from what lies in the folder; True when the cycle is finished there."""
        settings = asdict(self.recipe) | {
            "groups": [[list(group.names), group.rate] for group in self.groups],
            "epochs": cycle.epochs,
            "batches": len(self.batches),
            "data": str(getattr(self.batches, "mark", "")),
            "numbers": self.numbers,
            "starting weights": checksum(self.module.state_dict()) if self._keeper.place else 0,
        }
        found = self._keeper.open(self.cycles, settings, cycle)
        if found is None:
            return False
        best, facts = found
        self.history, self.stopped = facts["history"], facts["stopped"]
        self._watching.recall(cycle, best, facts["finished"])
        return bool(facts["finished"])

    def _walk(self, cycle: Cycle) -> str:
        """Train to the end of the cycle, and say why it ended."""
        batches = len(self.batches)
        label = self.label if self.processes.first else ""
        with training_bar(label, cycle.epochs * batches, cycle.epoch * batches + cycle.position) as tell:
            while cycle.epoch < cycle.epochs and not cycle.stopping.spent:
                reason = self._walk_epoch(cycle, tell)
                if reason:
                    return reason
                self._end_epoch(cycle)
        return "patience" if cycle.stopping.spent else "done"

    def _walk_epoch(self, cycle: Cycle, tell: Told) -> str:
        stream = batches_from(self.batches, cycle.number, cycle.position)
        while cycle.position < len(self.batches):
            begun = time.monotonic()
            if self._deadline.is_set and self.processes.agree(self._deadline.spent):
                return "time"
            group = list(islice(stream, self.recipe.accumulate))
            if not group:
                raise TrainError(f"The epoch gave {cycle.position} batches of the {len(self.batches)} it announced.")
            if not cycle.update(self.objective, group):
                return "diverged"
            tell(len(group), cycle.mean_loss)
            self._deadline.took(time.monotonic() - begun)
            self._keep(cycle)
        return ""

    def _end_epoch(self, cycle: Cycle) -> None:
        begun = time.monotonic()
        self.processes.mean(self.module.buffers())
        watched = self._watching.judge(cycle)
        self._deadline.ends_with("watching", time.monotonic() - begun)
        seconds = round(self.seconds + time.monotonic() - self._started, 3)
        line = {"epoch": cycle.number + 1, "loss": cycle.mean_loss, "watched": watched}
        self.history.append(line | {"rate": cycle.last_rate, "seconds": seconds})
        self._keeper.tell("epoch", self.history[-1])
        cycle.next_epoch()
        self._keep(cycle)

    def _keep(self, cycle: Cycle) -> None:
        if self._keeper.due:
            cycle.seconds = time.monotonic() - self._started
            self._deadline.ends_with("keeping", self._keeper.write(cycle, self._watching.best, self.history, ""))

    def _end(self, cycle: Cycle) -> None:
        """Leave the weights to keep in the module; a cycle stopped for time is written down as it was before."""
        cycle.seconds = time.monotonic() - self._started
        self._keeper.tell("end", {"stopped": self.stopped, "epochs": cycle.number, "seconds": cycle.seconds})
        if self.stopped == "time":
            self._keeper.write(cycle, self._watching.best, self.history, "")
        copy_into(cycle.weights, self._watching.best or cycle.result)
        if self.stopped != "time":
            self._keeper.write(cycle, None, self.history, self.stopped)
