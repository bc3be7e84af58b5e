"""The folder of a run: a checkpoint for each cycle, and the log beside them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from graft.train.checkpoint import read_checkpoint, write_checkpoint
from graft.train.cycle import Cycle
from graft.train.log import Log
from graft.train.processes import Processes
from graft.train.recipe import TrainError
from graft.train.state import cycle_facts, cycle_tensors, restore_cycle


class Keeper:
    """Writes `cycle-N.safetensors` every so many seconds and at a cycle's end, and `log.jsonl`; all only with a place.

    Only the first of several processes writes; all of them read.
    """

    def __init__(self, place: Path | None, every_seconds: float, processes: Processes) -> None:
        """Make the folder; raises TrainError where that cannot be."""
        self.place = None if place is None else Path(place)
        self._every = every_seconds
        self._processes = processes
        self._writes = self.place is not None and processes.first
        self._log = Log(self.place / "log.jsonl" if self.place is not None and self._writes else None)
        self._settings: Mapping[str, Any] = {}
        self._path = Path()
        self._last = time.monotonic()
        self._logged = 0
        if self.place is not None and self._writes:
            try:
                self.place.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise TrainError(f"{place} cannot be made for checkpoints ({error}); name another folder.") from error

    @property
    def due(self) -> bool:
        """Whether it is time to write again."""
        return self._writes and time.monotonic() - self._last >= self._every

    def open(
        self, number: int, settings: Mapping[str, Any], cycle: Cycle
    ) -> tuple[dict[str, Tensor] | None, dict[str, Any]] | None:
        """Put the cycle where its checkpoint is, and give the best weights and the facts; None when there is none.

        Raises TrainError when the checkpoint is damaged or of a run with other settings.
        """
        self._settings, self._last = settings, time.monotonic()
        if self.place is None:
            return None
        self._path = self.place / f"cycle-{number}.safetensors"
        found = None
        if self._path.exists():
            tensors, facts = read_checkpoint(self._path)
            self._compare(facts.get("settings", {}))
            found = restore_cycle(cycle, tensors, facts), facts
            self._logged = facts["log"]
        if self._writes and not (found and found[1]["finished"]):
            self._log.cut(self._logged)
            for later in self.place.glob("cycle-*.safetensors"):
                if later.stem[6:].isdigit() and int(later.stem[6:]) > number:
                    later.unlink()
        return found

    def _compare(self, there: Mapping[str, Any]) -> None:
        for name, value in self._settings.items():
            if there.get(name) != value:
                what = f" ({there.get(name)!r} there, {value!r} here)" if isinstance(value, int | float | str) else ""
                raise TrainError(
                    f"{self._path} is the checkpoint of a run with other {name}{what}. "
                    "Name another folder, or remove it to train from the start."
                )

    def tell(self, kind: str, facts: Mapping[str, Any]) -> None:
        """Write a line to the log."""
        self._log.write(kind, facts)

    def write(
        self, cycle: Cycle, best: Mapping[str, Tensor] | None, history: Sequence[Mapping[str, Any]], stopped: str
    ) -> float:
        """Write a checkpoint, of a finished cycle when `stopped` says why it ended; give the seconds it took."""
        if not self._writes:
            return 0.0
        begun = time.monotonic()
        facts = cycle_facts(cycle) | {"settings": self._settings, "history": list(history), "log": self._log.size}
        self._logged = self._log.size
        facts |= {"finished": bool(stopped), "stopped": stopped}
        write_checkpoint(self._path, cycle_tensors(cycle, best, whole=not stopped), facts)
        self._last = time.monotonic()
        return self._last - begun
