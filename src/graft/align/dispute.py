"""Dispute: where views call few target rows alike most calls are wrong, and groups that all views find are believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from graft.align.algebra import Floats
from graft.align.aligned import HeadMaker
from graft.align.clustering.information import information
from graft.align.clustering.nuclear import nuclear_norm
from graft.align.clustering.shot import shot
from graft.align.domains import Source, Target
from graft.align.evidence import CLEAR, FEWEST_CHANGED, GROUPED, called_differently, few_changed
from graft.align.groups import Makers
from graft.align.kappa import FAIR, agreed, agreement_gained
from graft.align.members import Member, Part, answer
from graft.align.source_only import source_only
from graft.align.validators.neighbours import agreement

COMMITTEE = (shot, information, nuclear_norm)
ALIKE, LEAST, SURE, NEAR = 0.6, 200, 2.0, 0.7
Pairs = Mapping[str, tuple[Source, Target]]


@dataclass(frozen=True)
class Dispute:
    """What speaks for groups of the target where source-only heads of its views do not agree on what it holds.

    `alike`: the share of rows that two of these heads call alike, in the mean over pairs of views. Of two different
    calls one is wrong whatever the truth, so that their mean error is at least (1 - alike) / 2. A target that is mostly
    of one class, which looking for groups would tear apart, is called alike. `kappa_before`, `kappa_after`: how
    far the views agree beyond chance as they are and adapted, `gain`: by how many standard errors more. `near_before`,
    `near_after`: how well near target rows agree in the model's labels and in the adapted ones. `changed`: how many
    rows are called differently.
    """

    alike: float
    kappa_before: float
    kappa_after: float
    gain: float
    near_before: float
    near_after: float
    changed: int

    @property
    def enough(self) -> bool:
        """Whether views that disputed most rows now agree, on groups where the model's calls are none.

        Neighbours are asked for a little less than in a source: photos of one class called as ten reach 0.68.
        """
        agree = self.alike < ALIKE and self.gain > SURE and self.kappa_after >= FAIR
        groups = self.near_before < CLEAR[0] and self.near_after >= NEAR
        return agree and groups and self.changed >= FEWEST_CHANGED

    def sentences(self) -> tuple[str, ...]:
        """Say each piece of evidence, and what it means."""
        return (
            disputed(self.alike),
            f"Adapted, the views agree by kappa {self.kappa_after:.2f} (at least {FAIR:g} is asked for), before by "
            f"{self.kappa_before:.2f}: {self.gain:+.1f} standard errors more (more than {SURE:.0f} is asked for).",
            f"Neighbours in the target agree by {self.near_before:.2f} in the model's labels (under {CLEAR[0]} is "
            f"asked for) and by {self.near_after:.2f} in the adapted ones (at least {NEAR}).",
            *few_changed(self.changed),
        )


@dataclass(frozen=True, eq=False)
class Settled:
    """The parts of the views whose classes are groups, the evidence for them, and sentences; parts where it does."""

    parts: tuple[Part, ...]
    evidence: Dispute | None
    notes: tuple[str, ...]


def disputed(alike: float) -> str:
    """Say how much two views leave in dispute."""
    wrong = f"at least {(1 - alike) / 2:.0%} of their calls are wrong, whatever the truth"
    return f"Views of the target call {alike:.0%} of its rows alike: {wrong} (under {ALIKE:.0%} is asked for)."


def settled(
    views: Pairs, plain: Mapping[str, Member], head_maker: HeadMaker, makers: Makers, before: Floats, seed: int = 0
) -> Settled:
    """Let a committee look for all classes in every view, where source-only heads of the views dispute most rows.

    `plain` are the source-only members at hand, by view; those of other views are fitted. `before` (M, K) is what the
    model says. Views answer whose classes are groups in the source, the others bear witness. It takes two views, one
    with groups, 200 target rows, and calls of the model that are no groups.
    """
    heard = _in_groups(views) if len(views) > 1 and len(before) >= LEAST else []
    near_before = _near(views, heard, before) if heard else 1.0
    if near_before >= CLEAR[0]:
        return Settled((), None, ())
    calls = [
        plain[view].target if view in plain else source_only(S, T, head_maker, seed).target
        for view, (S, T) in views.items()
    ]
    alike = float(np.mean([(a.argmax(axis=1) == b.argmax(axis=1)).mean() for a, b in combinations(calls, 2)]))
    if alike >= ALIKE:
        return Settled((), None, (disputed(alike),))
    found: dict[str, list[Part]] = {}
    for view, (S, T) in views.items():
        maker = makers(S, T)
        found[view] = [(view, fit(S, T, maker, seed)) for fit in COMMITTEE]
    said = [answer(parts) for parts in found.values()]
    parts = tuple(part for view in heard for part in found[view])
    after = answer(parts)
    near = near_before, _near(views, heard, after)
    gain, changed = agreement_gained(said, calls), called_differently(before, after)
    evidence = Dispute(alike, agreed(calls), agreed(said), gain, *near, changed)
    return Settled(parts if evidence.enough else (), evidence, evidence.sentences())


def _in_groups(views: Pairs) -> list[str]:
    return [view for view, (S, _) in views.items() if agreement(S.X, S.y) >= GROUPED]


def _near(views: Pairs, heard: Sequence[str], logs: Floats) -> float:
    return float(np.mean([agreement(views[view][1].X, logs.argmax(axis=1)) for view in heard]))
