"""Moving weights: a race of fine-tuning strategies in the time left, and the frozen choice beside its winner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import GraftError, did_you_mean
from graft.extract.embedding import embed
from graft.extract.views import View
from graft.model.member import Member
from graft.plan.beside import Beside, Judges, beside
from graft.plan.candidates import Candidate
from graft.plan.decide import Decision
from graft.plan.divided import Divided, divided
from graft.plan.gate import no_use
from graft.plan.material import Material
from graft.plan.pace import seconds_an_epoch
from graft.plan.race import Entrant, race
from graft.plan.second import another, judges_of, undecided
from graft.plan.trials import Ground
from graft.plan.unseen import frozen_without

if TYPE_CHECKING:
    from graft.backbones.base import Backbone
    from graft.data.dataset import Dataset
    from graft.finetune.states import States
    from graft.finetune.tuning import Tuned, Tuning
    from graft.plan.budget import Clock

RACED = {
    "image": ("last-blocks", "lp-ft", "lora"),
    "text": ("last-blocks", "lp-ft", "layer-decay"),
    "audio": ("last-blocks", "lp-ft", "layer-decay"),
}
FEW_TEXTS = 128  # a class: of 64, pairs of texts taught more than each alone (benchmarks/few_label_text.py)
RACE_SHARE, SECOND_SHARE, REFIT_SHARE = 0.5, 0.8, 0.8
LEAST_SECONDS = 5.0  # to set up a network to train at all
SLACK = 1.25  # how much longer than expected an epoch may take


@dataclass(frozen=True, eq=False)
class Moved:
    """What came of moving weights: the winner with its share of the final model (0: the frozen choice stays).

    `scored` holds what the winner of the race, and `frozen` what the frozen choice, say of the samples `divided.score`,
    neither having seen them.
    """

    share: float = 0.0
    temperature: float = 1.0
    tuned: Tuned | None = None
    scored: NDArray[np.float64] | None = None
    frozen: NDArray[np.float64] | None = None
    divided: Divided | None = None
    notes: tuple[str, ...] = ()
    record: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Course:
    """What a race is run on: the data, the backbone whose weights move, the clock, and what frozen parts gave."""

    material: Material
    ground: Ground
    backbone: Backbone
    clock: Clock
    seed: int
    device: str
    reserve: float
    states: States

    def spare(self) -> float:
        """Give the seconds left beside those that scoring will need."""
        return max(0.0, self.clock.left() - self.reserve)

    def tuning(self, strategy: str, train: NDArray[np.int64], held: NDArray[np.int64], part: float) -> Tuning:
        """Set up one strategy on some samples, which stops when only `part` of the time now left remains."""
        from graft.finetune.strategies import STRATEGIES
        from graft.finetune.tuning import Tuning
        from graft.finetune.work import Shared

        return Tuning(
            self.backbone,
            self._take(train),
            self._take(held),
            STRATEGIES[strategy],
            weight=self.ground.weight[train],
            seed=self.seed,
            device=self.device,
            left=self.until(part),
            cache=self.material.cache,
            shared=Shared(self.states, train, held),
        )

    def until(self, part: float) -> Callable[[], float]:
        """Give a function of the seconds left before only `part` of the time now left remains."""
        end = self.clock.spent() + (1 - part) * self.spare()
        return lambda: max(0.0, end - self.clock.spent())

    def paces(self, parts: Divided, strategies: Sequence[str]) -> list[float]:
        """Give the seconds to expect of the first epoch of each strategy."""
        from graft.backbones.runtime import pick_device

        learn, held = self._take(parts.train), self._take(parts.judge)
        return seconds_an_epoch(self.backbone, learn, held, strategies, pick_device(self.device))

    def _take(self, index: NDArray[np.int64]) -> Dataset:
        return self.material.dataset.take(index)


def strategies_for(dataset: Dataset) -> tuple[str, ...]:
    """Give the strategies to race where none is named; of few texts in classes it is the contrastive one."""
    if dataset.modality == "text" and 0 < len(dataset) <= FEW_TEXTS * len(dataset.classes):
        return ("contrastive",)
    return RACED.get(dataset.modality, ())


def check_strategies(names: Sequence[str]) -> None:
    """Raise GraftError on a strategy that does not exist."""
    if not names:
        return
    from graft.finetune.strategies import STRATEGIES

    for name in names:
        if name not in STRATEGIES:
            raise GraftError(f"There is no fine-tuning strategy {name!r}. {did_you_mean(name, STRATEGIES)}")


def move(
    material: Material,
    decision: Decision,
    ground: Ground,
    clock: Clock,
    tried: Sequence[Candidate],
    *,
    strategies: Sequence[str],
    seed: int,
    device: str,
    reserve: float,
) -> Moved:
    """Race strategies on the best backbone and keep the winner only where it beats the frozen choice beyond noise.

    `reserve` are the seconds that scoring will need afterwards. Ctrl-C while weights move ends the race, and the frozen
    choice stays.
    """
    parts = divided(ground.folds, bool(material.test))
    backbone = movable(material, decision)
    if parts is None or backbone is None or not strategies:
        return Moved()
    if not np.isfinite(decision.output[parts.judge]).all():  # there was no time for the fold that judges
        return _no_time(clock)
    judges = judges_of(ground, parts.judge)
    reason = no_use(judges.targets, decision.output[parts.judge], material.dataset.classes)
    if reason:
        return Moved(notes=(reason,), record={"reason": reason})
    if clock.left() - reserve < LEAST_SECONDS:
        return _no_time(clock)
    from graft.finetune.states import States
    from graft.finetune.strategy import NoRoomError

    states = States(material.dataset.inputs)
    course = Course(material, ground, backbone, clock, seed, device, reserve, states)
    try:
        return _raced(course, decision, tried, parts, judges, strategies)
    except KeyboardInterrupt:
        said = "Moving weights was stopped by hand; the frozen choice stays."
        return Moved(notes=(said,), record={"reason": said})
    except NoRoomError as error:
        said = f"Weights were not moved: {error}"
        return Moved(notes=(said,), record={"reason": said})
    finally:
        states.close()


def movable(material: Material, decision: Decision) -> Backbone | None:
    """Give the backbone with a network that has the largest part in the frozen choice, or else the first with one."""
    shares = {name: 0.0 for name, backbone in material.backbones.items() if backbone.card.parameters}
    for candidate, weight in decision.kept:
        if candidate.backbone in shares:
            shares[candidate.backbone] += weight
    return material.backbones[max(shares, key=lambda name: shares[name])] if shares else None


def _raced(
    course: Course,
    decision: Decision,
    tried: Sequence[Candidate],
    parts: Divided,
    judges: Judges,
    strategies: Sequence[str],
) -> Moved:
    left = course.until(1 - RACE_SHARE)
    racers = [(name, course.tuning(name, parts.train, parts.judge, 1 - RACE_SHARE)) for name in strategies]
    paces = course.paces(parts, strategies)
    for (_, racer), pace in zip(racers, paces, strict=True):
        racer.seconds_an_epoch = pace
    racers = racers[: affordable(left(), paces)]
    entrants = race(racers, judges.losses, left)
    best = entrants[0]
    if best.output is None or not np.isfinite(best.loss):
        return _no_time(course.clock, _rows(entrants))
    name = f"{course.backbone.card.name} · {best.name}"
    said_frozen, frozen = decision.output, None
    if len(parts.score):
        said_frozen, frozen = frozen_without(tried, course.ground, parts, course.spare(), course.seed)
        if not np.isfinite(said_frozen[parts.judge]).all():
            return _no_time(course.clock, _rows(entrants))
    found, judging = _judged(course, best, name, parts, said_frozen)
    record = {"judged_on": judging, "trials": _rows(entrants), "choice": _verdicts(found, name)}
    if found.share == 0:
        return Moved(record=record)
    scored, dataset = None, course.material.dataset
    if len(parts.score):
        judged = best.racer.finish()
        member = Member(judged.backbone.card.name, View(), judged.head)
        scored = member.scores(
            embed(dataset.take(parts.score), judged.backbone, cache=course.material.cache, max_skipped=0.0)
        )
    tuned, notes = _final(course, best, parts)
    return Moved(found.share, found.temperature, tuned, scored, frozen, parts, notes, record)


def _judged(
    course: Course, best: Entrant, name: str, parts: Divided, frozen: NDArray[np.float64]
) -> tuple[Beside, int]:
    """Judge the winner beside the frozen choice, with a second opinion where that is needed and there is time for it.

    `frozen` is what the frozen choice says of all samples without having seen them. Gives also how many samples judged.
    """
    assert best.output is not None
    found = beside(frozen[parts.judge], best.output, name, judges_of(course.ground, parts.judge))
    more = another(course.ground.folds, parts) if undecided(found) else None
    if more is None or not np.isfinite(frozen[more.judge]).all():
        return found, len(parts.judge)
    if best.seconds > SECOND_SHARE * course.spare():
        return found, len(parts.judge)
    again = course.tuning(best.name, more.train, more.judge, 1 - SECOND_SHARE)
    output = [again.advance(epochs) for epochs in best.cycles][-1]
    index = np.concatenate([parts.judge, more.judge])
    both = np.concatenate([best.output, output])
    return beside(frozen[index], both, name, judges_of(course.ground, index)), len(index)


def _no_time(clock: Clock, trials: Sequence[dict[str, Any]] = ()) -> Moved:
    said = f"Weights were not moved: the budget of {clock.budget:g} s left no time for it."
    return Moved(notes=(said,), record={"reason": said, "trials": list(trials)})


def affordable(seconds: float, paces: Sequence[float]) -> int:
    """Give how many strategies to race: as many as have an epoch each while the first has the time for two more."""
    needed = SLACK * (np.cumsum(paces) + 2 * paces[0])
    return max(1, int(np.count_nonzero(needed <= seconds)))


def _final(course: Course, best: Entrant, parts: Divided) -> tuple[Tuned, tuple[str, ...]]:
    """Train the winner again on all samples where there is time, else keep what the race trained."""
    everyone = np.arange(len(course.ground.targets))
    wait = best.racer.seconds_an_epoch * sum(best.cycles) * len(everyone) / len(parts.train)
    if wait > REFIT_SHARE * course.spare():
        said = f"No time to train {best.name} again on all samples: it has learned from {len(parts.train)} of them."
        return best.racer.finish(), (said,)
    again = course.tuning(best.name, everyone, parts.judge, 1 - REFIT_SHARE)
    for epochs in best.cycles:
        again.advance(epochs)
    return again.finish(), ()


def _rows(entrants: Sequence[Entrant]) -> list[dict[str, Any]]:
    return [
        {
            "name": e.name,
            "epochs": sum(e.cycles),
            "loss": e.loss if np.isfinite(e.loss) else None,
            "seconds": e.seconds,
            "verdict": e.stopped or "the best of the race" * (e is entrants[0]),
        }
        for e in entrants
    ]


def _verdicts(found: Beside, name: str) -> list[dict[str, Any]]:
    names = ("frozen", name, f"frozen + {name}")
    return [
        {"name": n, "loss": loss, "verdict": verdict}
        for n, loss, verdict in zip(names, found.losses, found.verdicts, strict=False)
    ]
