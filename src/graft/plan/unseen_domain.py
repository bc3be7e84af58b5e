"""What to expect of a domain that was never seen: the whole choice made again without each domain, and scored on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.plan.budget import Clock
from graft.plan.candidates import Candidate
from graft.plan.decide import settle
from graft.plan.honest import predict_with, score, subset
from graft.plan.trials import Ground
from graft.progress import progress

MOST, SHARE = 10, 0.4
SHOWN = {True: ("accuracy", "balanced_accuracy"), False: ("mae", "r2")}


def without_each_domain(
    tried: Sequence[Candidate],
    ground: Ground,
    domains: NDArray[np.str_] | None,
    classes: tuple[str, ...],
    clock: Clock,
    seed: int,
) -> dict[str, Any]:
    """Give the record of the domains: how many samples each has, and the scores on each by what never saw it.

    Nothing is chosen by them. {} without domains; of more than ten the ten largest are left out in turn, and a domain
    is passed over where a class, or the time, is lacking without it.
    """
    if domains is None:
        return {}
    counts = Counter(domains.tolist())
    record: dict[str, Any] = {"counts": dict(sorted(counts.items())), "left_out": [], "notes": []}
    if len(counts) < 2:
        return record
    largest = [name for name, _ in counts.most_common(MOST)]
    seconds = clock.share(SHARE) / len(largest)
    end = clock.spent() + clock.share(SHARE)
    with progress("leaving out each domain", len(largest)) as step:
        for name in largest:
            held, rest = (np.flatnonzero(mask) for mask in (domains == name, domains != name))
            if clock.spent() >= end and record["left_out"]:
                record["notes"].append(f"{name} was not left out to see how an unseen domain does: no time was left.")
            elif ground.n_classes and len(np.unique(ground.targets[rest])) < 2:
                record["notes"].append(f"{name} was not left out: the other domains have one class only.")
            else:
                record["left_out"].append(_left_out(name, held, rest, tried, ground, classes, seconds, seed))
            step()
    record["notes"] += summary(record["left_out"], bool(classes))
    return record


def domain_count(domains: NDArray[np.str_] | None) -> int:
    """Give how many domains will be left out in turn: none where there is one."""
    count = 0 if domains is None else len(np.unique(domains))
    return min(count, MOST) if count > 1 else 0


def summary(rows: Sequence[dict[str, Any]], classes: bool) -> list[str]:
    """Say what to expect of an unseen domain."""
    if not rows:
        return []
    name = SHOWN[classes][0]
    values = [row["scores"][name]["value"] for row in rows]
    called = name.replace("_", " ")
    worst = (min if classes else max)(rows, key=lambda row: row["scores"][name]["value"])
    return [
        f"A domain that was not learned from may expect {np.mean(values):.3f} {called}, the mean over domains left out "
        f"whole; the hardest is {worst['domain']} with {worst['scores'][name]['value']:.3f}."
    ]


def _left_out(
    name: str,
    held: NDArray[np.int64],
    rest: NDArray[np.int64],
    tried: Sequence[Candidate],
    ground: Ground,
    classes: tuple[str, ...],
    seconds: float,
    seed: int,
) -> dict[str, Any]:
    inner = subset(ground, rest, seed)
    decision, _, _ = settle(tried, inner, seconds)
    output = predict_with(decision, inner, ground, held)
    found = score(ground.targets[held], output, classes, None, f"domain {name} left out", seed)
    shown = {key: found.values[key] for key in SHOWN[bool(classes)] if key in found.values}
    values = {key: {"value": s.value, "low": s.low, "high": s.high} for key, s in shown.items()}
    return {"domain": name, "samples": len(held), "chosen": decision.name, "scores": values}
