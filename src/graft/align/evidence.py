"""Evidence for and against letting the target's groups decide, from source labels and unlabelled target rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graft.align.algebra import Floats
from graft.align.domains import Source, Target
from graft.align.validators.circular import learned_back
from graft.align.validators.neighbours import agreement

GROUPED = 0.8
SLACK = 0.02
WIDEST, CLEAR, NEAR = 1.05, (0.6, 0.9), 0.05
FEWEST_CHANGED = 6  # 2 · 0.5⁶ < 0.05: with fewer, mending all of them could still be luck


@dataclass(frozen=True)
class Evidence:
    """What speaks for the adapted answer, in the mean over views.

    `grouped`: how well near source rows agree in their true labels (0 chance, 1 always). `back_before`, `back_after`:
    balanced accuracy on the source of what is learned back from the target's labels, as the source-only head gives them
    and as adapted. `near_before`, `near_after`: how well near target rows agree in those labels. `changed`: how many
    target rows are called differently; fewer than 6 could not be told from luck by a sign test, all of them mended.
    `proven`: whether adapting to each domain of the source from the others was seen to help, which counts for more than
    learning back. `spread`: how much more evenly than before the classes are called (`spread_of`).
    """

    grouped: float
    back_before: float
    back_after: float
    near_before: float
    near_after: float
    changed: int
    proven: bool = False
    spread: float = 1.0

    @property
    def enough(self) -> bool:
        """Whether learning back loses under 0.02, or is outweighed, and nothing else speaks against it."""
        return self.but_for_back and (self.proven or self.back_after >= self.back_before - SLACK)

    @property
    def but_for_back(self) -> bool:
        """Whether classes are groups, neighbours agree no less, 6 rows change, and no class is torn apart."""
        held = self.near_after >= self.near_before and not torn(self)
        return held and self.grouped >= GROUPED and self.changed >= FEWEST_CHANGED

    def sentences(self) -> tuple[str, ...]:
        """Say each piece of evidence, and what it means."""
        groups = "are groups" if self.grouped >= GROUPED else "are no groups that neighbours share"
        back = "holds" if self.back_after >= self.back_before - SLACK else "falls"
        near = "agree no less" if self.near_after >= self.near_before else "agree less"
        return (
            f"The classes {groups} in the source: neighbours agree in their labels by {self.grouped:.2f} (at least "
            f"{GROUPED} is asked for).",
            f"Learned back from the target, the source's accuracy {back}: {self.back_before:.3f} with the source-only "
            f"labels, {self.back_after:.3f} with the adapted ones.",
            f"Neighbours in the target {near} in the adapted labels: {self.near_before:.2f} before, "
            f"{self.near_after:.2f} after.",
            *few_changed(self.changed),
            *torn(self),
        )


@dataclass(frozen=True)
class LoneEvidence:
    """What speaks for the adapted answer, in the mean over views.

    `near_before`, `near_after`: how well near target rows agree in the model's labels and in the adapted ones.
    `changed`: how many target rows are called differently. `grouped`: how well near source rows agreed in their true
    labels, as the model's record keeps it; where it does not, `near_before` stands for it: target rows are to agree in
    the adapted labels as well, but for 0.05. `spread`: how much more evenly than before the classes are called.
    """

    near_before: float
    near_after: float
    changed: int
    grouped: float | None = None
    spread: float = 1.0

    @property
    def enough(self) -> bool:
        """Whether classes are groups, as clear as they were, 6 rows change, and no class is torn apart."""
        held = self.near_after >= max(self.near_before, self._groups - NEAR) and self.spread <= WIDEST
        return held and self.are_groups and self.changed >= FEWEST_CHANGED

    @property
    def are_groups(self) -> bool:
        """Whether classes are groups that neighbours share, in the source or, where that is not known, the target."""
        return self._groups >= GROUPED

    @property
    def _unclear(self) -> str:
        """Say what is asked of neighbours where they agree too little for the groups of the source."""
        least = self._groups - NEAR
        return f" (at least {least:.2f} is asked for)" if self.are_groups and self.near_after < least else ""

    @property
    def _groups(self) -> float:
        return self.near_before if self.grouped is None else self.grouped

    def sentence(self) -> str:
        """Say it."""
        groups = "are groups" if self.are_groups else "are no groups"
        where = "in the target, by the model's labels" if self.grouped is None else "in the source"
        more = "no less" if self.near_after >= self.near_before else "less"
        return (
            f"The classes {groups} {where}: neighbours agree by {self._groups:.2f} (at least {GROUPED} is asked for). "
            f"Neighbours in the target agree {more} in the adapted labels: {self.near_before:.2f} before, "
            f"{self.near_after:.2f} after{self._unclear}."
        ) + "".join(f" {said}" for said in (*few_changed(self.changed), *more_even(self.spread)))


def evidence(views: Sequence[tuple[Source, Target]], before: Floats, after: Floats) -> Evidence:
    """Weigh (M, K) log-probabilities `after` against those `before`, in each view's own unadapted features."""
    found = [
        (
            agreement(source.X, source.y),
            *(learned_back(source, target, logs) for logs in (before, after)),
            *(agreement(target.X, logs.argmax(axis=1)) for logs in (before, after)),
        )
        for source, target in views
    ]
    grouped, back_before, back_after, near_before, near_after = np.mean(found, axis=0).tolist()
    changed, spread = called_differently(before, after), spread_of(before, after)
    return Evidence(grouped, back_before, back_after, near_before, near_after, changed, spread=spread)


def called_differently(before: Floats, after: Floats) -> int:
    """Give how many rows two (M, K) answers call differently."""
    return int(np.count_nonzero(before.argmax(axis=1) != after.argmax(axis=1)))


def few_changed(changed: int) -> tuple[str, ...]:
    """Say that too few rows are called differently to tell a gain from luck; nothing where they are enough."""
    if changed >= FEWEST_CHANGED:
        return ()
    rows = "row would" if changed == 1 else "rows would"
    return (f"Only {changed} target {rows} be called differently: a gain by so few could not be told from luck.",)


def spread_of(before: Floats, after: Floats) -> float:
    """Give exp(H(after) - H(before)), H being the entropy of the shares in which a (M, K) answer calls the classes.

    A target that is mostly of one class looks as one whose rows are drawn to that class by how they look; methods that
    look for groups make groups of either.
    """
    entropies = []
    for logs in (before, after):
        shares = np.bincount(logs.argmax(axis=1), minlength=logs.shape[1]) / len(logs)
        entropies.append(-(shares * np.log(np.maximum(shares, 1e-12))).sum())
    return float(np.exp(entropies[1] - entropies[0]))


def torn(found: Evidence) -> tuple[str, ...]:
    """Say that a target which is mostly of some classes would be torn apart; nothing where that is not to be feared.

    Classes may be called more evenly (by over a twentieth, as `spread_of` counts) where neighbours already agree well
    in the model's labels (0.6 or more) and nearly always in the adapted ones (0.9): groups as clear as that are there.
    """
    clear = found.near_before >= CLEAR[0] and found.near_after >= CLEAR[1]
    return () if clear else more_even(found.spread)


def more_even(spread: float) -> tuple[str, ...]:
    """Say that classes would be called more evenly than by the model; nothing where they would not."""
    if spread <= WIDEST:
        return ()
    return (
        f"Classes would be called more evenly than by the model, as if there were {spread:.2f} times as many: a target "
        "that is mostly of some classes would be torn apart.",
    )
