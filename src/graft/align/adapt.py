"""The one door: features of a labelled source and of an unlabelled target in, the safest good predictions out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.align.adaptation import Adaptation
from graft.align.algebra import Floats
from graft.align.aligned import HeadMaker, Method
from graft.align.co_training import co_trained
from graft.align.crossing import crossed
from graft.align.dispute import Dispute, settled
from graft.align.even import steady
from graft.align.evidence import FEWEST_CHANGED, Evidence, called_differently, few_changed
from graft.align.given import Given, given_views
from graft.align.groups import Committee, Makers, committee
from graft.align.members import Part, answer
from graft.align.methods import method
from graft.align.moving.standardize import standardize
from graft.align.own_domains import mended_on_own
from graft.align.source_only import source_only
from graft.align.words.members import counted, denoised
from graft.heads.logistic import Logistic
from graft.heads.threads import one_thread

COMMITTEE, COST = ("shot", "information"), 4.0
OUT_OF_TIME = "there was no time left to adapt to the target; give a larger budget."


def adapt_features(
    source: Mapping[str, NDArray[Any]],
    y: NDArray[np.int64],
    target: Mapping[str, NDArray[Any]],
    *,
    weight: Floats | None = None,
    domain: NDArray[np.str_] | None = None,
    methods: Sequence[str] = COMMITTEE,
    head_maker: HeadMaker | None = None,
    before: Floats | None = None,
    witnesses: Collection[str] = (),
    left: Callable[[], float] = lambda: math.inf,
    seed: int = 0,
) -> Adaptation:
    """Adapt to a target without a label of it, or keep the source-only heads where the evidence does not do.

    `source` and `target` are (N, D_v) and (M, D_v) features by view (backbones, say), or sparse word counts; `y` (N,)
    class indices. The answer is the mean over views of the mean probability of each view's heads:

    - a committee on views that dispute most rows and then agree, where `settled` says so;
    - else `methods` on every dense view, where classes are groups and `Evidence.enough` (where learning back alone
      speaks against it, `mended_on_own` may prove it on the source's own domains);
    - else, view by view, `standardize` (for counts: a second head, on `denoising`) where `crossed` says so, and
      `co_trained` heads, which learned from all of these, in their place where they agree;
    - else, and where fewer than six rows would be called differently, the source-only heads.

    `head_maker` makes the heads fitted on features as they are (default `Logistic`) and on adapted rows (default
    `Even`, its penalty chosen once per view). `before` (M, K) are the log-probabilities of another model of the source,
    against which what is adapted is held in the place of the source-only heads. Views named in `witnesses` are asked in
    a dispute alone. With no `methods` the source-only heads are kept, and where `left` gives fewer seconds than four
    times what these took.
    Raises DataError for views that differ or disagree in rows, GraftError for an unknown method.
    """
    chosen = [method(name) for name in methods]
    whole = given_views(source, y, target, weight, domain)
    given = whole.without(witnesses)
    begun = time.monotonic()
    plain = _source_only(given, head_maker or Logistic, seed)
    taken = time.monotonic() - begun
    before = answer(plain) if before is None else before
    if not chosen:
        return Adaptation(tuple(plain), before, before, False, None, ("No method was asked for.",))
    if left() < COST * taken:
        return Adaptation(tuple(plain), before, before, False, None, (OUT_OF_TIME,))

    def makers(S: Any, T: Any) -> HeadMaker:
        return head_maker or steady(S, T, seed)

    with one_thread():
        views = settled(whole.dense, dict(plain), head_maker or Logistic, makers, before, seed)
        if views.evidence is not None and views.evidence.enough:
            used = sorted({part.method for _, part in views.parts})
            return _grouped(views.parts, before, views.evidence, used, views.notes)
        found = _proven(committee(given.dense, before, chosen, makers, seed), given, chosen, head_maker, makers, seed)
        if found.evidence is not None and found.evidence.enough:
            parts = (*found.parts, *[part for part in plain if part[0] in given.counts])
            return _grouped(parts, before, found.evidence, methods, found.notes)
    asked = {name: X for name, X in target.items() if name not in witnesses}
    rivals = _rivals(given, plain, makers, seed) if len(plain) > 1 else {}
    return _view_by_view(plain, rivals, asked, before, replace(found, notes=(*found.notes, *views.notes)), seed)


def _view_by_view(
    plain: Sequence[Part],
    rivals: Mapping[str, Sequence[Part]],
    target: Mapping[str, NDArray[Any]],
    before: Floats,
    found: Committee,
    seed: int,
) -> Adaptation:
    """Take what views say of each other where the target's groups are not to decide."""
    kept, notes = crossed(plain, rivals) if rivals else (list(plain), ())
    adapted = any(part not in plain for part in kept)
    if found.evidence is None:  # where classes are groups, but adapting to them fails, nothing else is trusted either
        base = answer(kept) if adapted else before
        learned, why = co_trained(target, base, {name: part.target for name, part in plain}, seed)
        kept, notes, adapted = list(learned) or kept, (*notes, *why), adapted or bool(learned)
    after = answer(kept) if adapted else before
    if adapted and (changed := called_differently(before, after)) < FEWEST_CHANGED:
        kept, after, adapted, notes = list(plain), before, False, (*notes, *few_changed(changed))
    told = "Adapted view by view." if adapted else "The source-only heads stay: the evidence for adapting does not do."
    return Adaptation(tuple(kept), after, before, adapted, found.evidence, (told, *found.notes, *notes))


def _grouped(
    parts: tuple[Part, ...], before: Floats, evidence: Evidence | Dispute, methods: Sequence[str], notes: Sequence[str]
) -> Adaptation:
    after = answer(parts)
    changed = called_differently(before, after)
    said = f"Adapted by {' and '.join(methods)}: {changed} of {len(before)} target rows are called differently."
    return Adaptation(parts, after, before, True, evidence, (said, *notes))


def _proven(
    found: Committee, given: Given, chosen: Sequence[Method], head_maker: HeadMaker | None, makers: Makers, seed: int
) -> Committee:
    """Ask the source's own domains where learning back is all that speaks against what was found."""
    evidence = found.evidence
    if evidence is None or evidence.enough or not evidence.but_for_back:
        return found
    mended = mended_on_own(given.dense, chosen, head_maker or Logistic, makers, seed)
    if mended is None:
        return found
    return replace(found, evidence=replace(evidence, proven=mended.proven), notes=(*found.notes, mended.sentence()))


def _source_only(given: Given, maker: HeadMaker, seed: int) -> list[Part]:
    plain: list[Part] = [(name, source_only(S, T, maker, seed)) for name, (S, T) in given.dense.items()]
    for name, (S, T) in given.counts.items():
        plain.append((name, counted(S, given.y, given.weight, T, seed)))
    return plain


def _rivals(given: Given, plain: Sequence[Part], makers: Makers, seed: int) -> dict[str, list[Part]]:
    rivals: dict[str, list[Part]] = {}
    for part in plain:
        name = part[0]
        if name in given.counts:
            S, T = given.counts[name]
            rivals[name] = [part, (name, denoised(S, given.y, given.weight, T, seed))]
        else:
            rivals[name] = [(name, standardize(*given.dense[name], makers(*given.dense[name]), seed))]
    return rivals
