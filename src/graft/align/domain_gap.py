"""How far apart two domains are, in numbers and in sentences, without a label of the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import log_softmax
from graft.align.aligned import logs_of
from graft.align.distance.classes import class_shifts
from graft.align.distance.coverage import outside
from graft.align.distance.discrepancy import Discrepancy, discrepancy
from graft.align.distance.domains_apart import proxy_a_distance
from graft.align.distance.sets import said_of_sets
from graft.align.domains import Floats, Source, Target
from graft.align.even import Even
from graft.align.placing import place
from graft.align.shift.held_out import held_out_log_proba
from graft.align.shift.mlls import calibrating_bias, target_shares

MOST = 2000
COVERED = ((0.15, "covered"), (0.6, "covered in part"), (1.0, "hardly covered"))
APART = ((0.4, "hardly apart"), (1.2, "somewhat apart"), (1.8, "clearly apart"), (2.0, "far apart"))
UNSURE = ", which presumes that classes look alike in both: hardly so where the target is not covered"


@dataclass(frozen=True, eq=False)
class Gap:
    """What `gap` found.

    `a_distance` 0 .. 2; `mmd` with its p-value; `moved` (K,) per-class shift in units of the spread within classes;
    `shares` (K, 2) class shares of source and target, the target's estimated; `outside` the share of target rows
    farther from the source than 95 % of its own rows; `notes` all of it in sentences.
    """

    a_distance: float
    mmd: Discrepancy
    moved: Floats
    shares: Floats
    outside: float
    notes: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.notes)


def gap(source: Source, target: Target, classes: Sequence[str] = (), seed: int = 0) -> Gap:
    """Measure the gap; of more than 2,000 rows in either domain that many are drawn by the seed.

    Target classes are predicted by a head fitted on the source, so per-class shift, class shares and what is said of
    partial and open sets are as good as its predictions. Raises DataError for widths that differ or one target row.
    """
    source, target = _some(source, seed), Target(target.X[_rows(len(target), seed)])
    names = list(classes) or [str(k) for k in range(source.count)]
    S, T, _ = place(source, target, apart=False)
    head = Even(seed=seed).fit(S, source.y, source.weights)
    steady_penalty = head.penalty_
    held = held_out_log_proba(S, source, lambda: Even(penalty=steady_penalty), seed)
    error = float(np.mean(held.argmax(axis=1) != source.y))
    logs = log_softmax(logs_of(head, T) + calibrating_bias(held, source))
    share = source.weights @ source.indicators / len(source)
    found = Gap(
        proxy_a_distance(source, target, seed),
        discrepancy(S, T, seed),
        class_shifts(S, source, T, np.exp(logs)),
        np.stack([share, target_shares(logs, share)], axis=1),
        float((far := outside(S, T)).mean()),
        (),
    )
    told = (*_said(found, names), *said_of_sets(np.exp(logs), far, error, names))
    return Gap(found.a_distance, found.mmd, found.moved, found.shares, found.outside, told)


def _rows(count: int, seed: int) -> NDArray[np.int64]:
    return np.sort(np.random.default_rng(seed).permutation(count)[:MOST])


def _some(source: Source, seed: int) -> Source:
    rows = _rows(len(source), seed)
    first = np.unique(source.y, return_index=True)[1]
    return source.take(np.union1d(rows, first)) if len(rows) < len(source) else source


def _said(found: Gap, names: Sequence[str]) -> list[str]:
    apart = next(word for most, word in APART if found.a_distance <= most)
    told = [f"The domains are {apart}: proxy A-distance {found.a_distance:.2f} (0 alike, 2 always told apart)."]
    p = found.mmd.p_value
    verdict = "more than chance makes" if p < 0.05 else "no more than chance makes"
    told.append(f"Their kernel means differ {verdict}: squared MMD {found.mmd.squared:.4f}, permutation p = {p:.3f}.")
    if np.isfinite(found.moved).any():
        most = int(np.nanargmax(found.moved))
        told.append(
            f"Class {names[most]} moved most: {found.moved[most]:.2f} of the spread within classes "
            f"(median {np.nanmedian(found.moved):.2f}); the target's classes are predicted."
        )
    covered = next(word for most, word in COVERED if found.outside <= most)
    change = found.shares[:, 1] - found.shares[:, 0]
    if np.abs(change).max() > 0.1:
        k = int(np.abs(change).argmax())
        told.append(
            f"Class shares seem to differ: {names[k]} is {found.shares[k, 0]:.0%} of the source and about "
            f"{found.shares[k, 1]:.0%} of the target{'' if covered != COVERED[-1][1] else UNSURE}."
        )
    told.append(
        f"{found.outside:.0%} of the target rows lie farther from the source than 95 % of its own rows lie from each "
        f"other: the target is {covered}."
    )
    return told
