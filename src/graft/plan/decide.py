"""Decide: one candidate, or a blend where it is better by more than noise; with few labels or groups, an average."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.splits import folds as make_folds
from graft.evaluation.blend import blend, blend_weights, cross_blend, output_losses
from graft.evaluation.calibration import Temperature
from graft.evaluation.choose import Trial, choose, paired_error
from graft.extract.features import Features
from graft.heads import make
from graft.model.member import Member, moments_of
from graft.plan.averaged import shares
from graft.plan.candidates import Candidate
from graft.plan.rows import averaged_row, rows, stopped_row
from graft.plan.trials import Ground, Outcome, attempt_all
from graft.progress import Step, silent

BLEND_RANK = 1000
BLEND_FOLDS = 5


@dataclass(frozen=True, eq=False)
class Decision:
    """The candidates kept, with weights that sum to one, the temperature, and the verdict on each that was tried.

    `output` is what they say of each sample without having seen it: (N, K) log-probabilities or (N,) numbers, NaN where
    nothing was held out.
    """

    kept: tuple[tuple[Candidate, float], ...]
    temperature: float
    verdicts: tuple[dict[str, Any], ...]
    output: NDArray[np.float64]

    @property
    def name(self) -> str:
        """What the record calls it."""
        return " + ".join(c.name if len(self.kept) == 1 else f"{w:.2f} × {c.name}" for c, w in self.kept)


def decide(outcomes: Sequence[Outcome], ground: Ground) -> Decision:
    """Choose by out-of-fold loss; the blend's weights are cross-validated before it is compared.

    With few labels or groups nothing is chosen: candidates are averaged, as `graft.plan.averaged` says.
    """
    whole = [o for o in outcomes if not o.stopped]
    if ground.few():
        return _averaged(whole, [o for o in outcomes if o.stopped], ground)
    trials = [Trial(o.candidate.name, o.candidate.rank, o.losses) for o in whole]
    outputs = [o.output for o in whole]
    blended = _blended(outputs, ground) if len(whole) > 1 else None
    if blended is not None:
        trials.append(Trial("blend", BLEND_RANK, _losses(blended, ground)))
    choice = choose(trials, groups=ground.tied)
    told = (*rows(whole, choice, ground), *(stopped_row(o, ground) for o in outcomes if o.stopped))
    if choice.name == "blend" and blended is not None:
        weights = blend_weights(outputs, ground.targets, sample_weight=ground.weight)
        kept = tuple((o.candidate, float(w)) for o, w in zip(whole, weights, strict=True) if w > 0)
        return Decision(kept, _temperature(blended, ground), told, blended)
    chosen = whole[choice.index]
    return Decision(((chosen.candidate, 1.0),), _temperature(chosen.output, ground), told, chosen.output)


def _averaged(whole: Sequence[Outcome], stopped: Sequence[Outcome], ground: Ground) -> Decision:
    weights = shares(whole, ground)
    parts = list(zip(whole, weights.tolist(), strict=True))
    output = blend([o.output for o in whole], weights)
    told = [*(averaged_row(o, w, ground) for o, w in parts), *(stopped_row(o, ground) for o in stopped)]
    kept = tuple((o.candidate, w) for o, w in parts if w > 0)
    return Decision(kept, _temperature(output, ground), tuple(told), output)


def overtaken(decision: Decision, cut: Sequence[Outcome], ground: Ground) -> Decision:
    """Give the best of those that ran out of time where it beats the decision on the folds it has, beyond its noise."""
    if not cut:
        return decision
    best = min(cut, key=lambda outcome: float(np.nanmean(outcome.losses)))
    gap = _losses(decision.output, ground) - best.losses
    both = np.isfinite(gap)
    unit = np.unique(ground.tied[both], return_inverse=True)[1]
    if not both.any() or gap[both].mean() <= paired_error(gap[both], unit):
        return decision
    said = {best.candidate.name: f"kept: better on the folds it had time for, by {gap[both].mean():.3f}"}
    told = tuple(
        row | {"verdict": said.get(row["name"], _no_longer(row["verdict"], best))} for row in decision.verdicts
    )
    return Decision(((best.candidate, 1.0),), _temperature(best.output, ground), told, best.output)


def _no_longer(verdict: str, best: Outcome) -> str:
    return f"dropped: overtaken by {best.candidate.name}" if verdict.startswith("kept") else verdict


def settle(
    candidates: Sequence[Candidate], ground: Ground, seconds: float, step: Step = silent
) -> tuple[Decision, list[Candidate], list[Candidate]]:
    """Try candidates and decide; give the decision, those tried and those not.

    Where nothing can be held out to compare them by, the simplest is kept.
    """
    if np.all(ground.folds < 0):
        simplest = min(candidates, key=lambda candidate: candidate.rank)
        return untried(simplest, ground), [simplest], []
    outcomes, left_out = attempt_all(candidates, ground, seconds, step)
    decision = overtaken(decide(outcomes, ground), [o for o in outcomes if o.cut], ground)
    return decision, [outcome.candidate for outcome in outcomes], left_out


def untried(candidate: Candidate, ground: Ground) -> Decision:
    """Give the decision for one candidate that was compared with nothing."""
    count = len(ground.targets)
    nothing = np.full((count, ground.n_classes) if ground.n_classes else count, np.nan)
    return Decision(((candidate, 1.0),), 1.0, (), nothing)


def refit(decision: Decision, ground: Ground) -> tuple[Member, ...]:
    """Fit what was kept on all samples."""
    fitted = []
    for candidate, weight in decision.kept:
        shown = ground.shown[candidate.backbone, candidate.view]
        head = make(candidate.head).fit(shown, ground.targets, ground.weight, ground.ties())
        moments = moments_of(shown) if ground.n_classes else None
        fitted.append(Member(candidate.backbone, candidate.view, head, weight, moments))
    return tuple(fitted)


def shown_views(candidates: Sequence[Candidate], features: Mapping[str, Features]) -> dict[Any, Any]:
    """Give the array of each view that the candidates use, by backbone and view."""
    return {(c.backbone, c.view): c.view.of(features[c.backbone]) for c in candidates}


def _blended(outputs: Sequence[Any], ground: Ground) -> Any:
    known = np.flatnonzero(ground.folds >= 0)
    if len(np.unique(ground.folds[known])) > 1:
        return cross_blend(outputs, ground.targets, ground.folds, sample_weight=ground.weight)
    if len(np.unique(ground.tied[known])) < BLEND_FOLDS:
        return None
    folds = np.full(len(ground.folds), -1)
    folds[known] = make_folds(ground.targets[known], ground.tied[known], BLEND_FOLDS, seed=0)
    return cross_blend(outputs, ground.targets, folds, sample_weight=ground.weight)


def _losses(output: Any, ground: Ground) -> Any:
    return output_losses(ground.targets, output) * ground.weight


def _temperature(output: Any, ground: Ground) -> float:
    if not ground.n_classes:
        return 1.0
    known = np.isfinite(output).all(axis=1)
    return Temperature.fit(output[known], ground.targets[known], ground.weight[known]).value
