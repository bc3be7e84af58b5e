"""What a plan notes for people: classes a backbone has seen before, weights of classes, what was not compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from graft.plan.budget import Clock
from graft.plan.candidates import Candidate
from graft.plan.few import few_labels
from graft.plan.known import known_classes
from graft.plan.material import Material
from graft.plan.trials import Ground

SHOWN = 3
Known = Mapping[str, Mapping[str, Sequence[str]]]


def plan_notes(material: Material, ground: Ground, left_out: Sequence[Candidate], clock: Clock) -> list[str]:
    """Give all sentences on how the choice was made, in the order people should read them."""
    budget = f"the budget of {clock.budget:g} s left no time for it"
    few = "Too few samples can be held out to compare candidates, so the simplest was taken."
    return [
        *known_notes(known_to(material), len(material.dataset.classes)),
        *weight_notes(ground),
        *([few] if np.all(ground.folds < 0) else averaging_notes(ground)),
        *(f"{candidate.name} was not tried: {budget}." for candidate in left_out),
    ]


def averaging_notes(ground: Ground) -> list[str]:
    """Say that candidates are averaged where labels or groups are few."""
    if not ground.few():
        return []
    few = f"Labels are few ({len(ground.targets)} for {ground.n_classes} classes)"
    if not few_labels(len(ground.targets), ground.n_classes):
        few = f"Only {len(np.unique(ground.tied[ground.folds >= 0]))} groups judge"
    return [
        f"{few}, so candidates were not chosen among but averaged, each counting by how well it foretold samples held "
        "out."
    ]


def known_to(material: Material) -> dict[str, dict[str, list[str]]]:
    """Give, for each backbone, the classes it was trained on and its own names of them."""
    found = {}
    for name, backbone in material.backbones.items():
        own = known_classes(material.dataset.classes, backbone.class_names)
        if own:
            found[name] = {label: [backbone.class_names[i] for i in indices] for label, indices in own.items()}
    return found


def known_notes(known: Known, n_classes: int) -> list[str]:
    """Say which backbones were trained on how many of the classes; those that know the same share a sentence."""
    alike: dict[str, list[str]] = {}
    for name, own in known.items():
        labels = list(own.items())
        told = "; ".join(f"{label}: {_quoted(names)}" for label, names in labels[:SHOWN])
        more = f"; and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
        every = "both of these" if n_classes == 2 else f"all {n_classes} of these"
        some = every if len(own) == n_classes else f"{len(own)} of these {n_classes}"
        alike.setdefault(f"{some} classes ({told}{more})", []).append(name)
    return [
        f"{_listed(names)} {'was' if len(names) == 1 else 'were'} trained on {what}: scores on them say less about "
        "classes never seen."
        for what, names in alike.items()
    ]


def weight_notes(ground: Ground) -> list[str]:
    """Say that classes were weighted, and how uneven they are."""
    if not ground.n_classes or np.all(ground.weight == 1):
        return []
    counts = np.bincount(ground.targets.astype(np.int64), minlength=ground.n_classes)
    shares = counts[counts > 0] / counts.sum()
    return [
        f"Classes are unevenly common ({_percent(shares.max())} to {_percent(shares.min())}): each counts as much as "
        "the others in fitting, choosing and probabilities."
    ]


def _percent(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f} %" if 1 <= percent <= 99 else f"{percent:.3g} %"


def _quoted(names: Sequence[str]) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]!r}{more}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
