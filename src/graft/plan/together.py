"""Whether answering inputs together would help, as samples that were held out tell; said where labels are few."""

from __future__ import annotations

import numpy as np

from graft.errors import DataError
from graft.evaluation.blend import output_losses
from graft.evaluation.choose import paired_error
from graft.model.member import softmax
from graft.model.model import Model
from graft.model.together import answered_together
from graft.plan.decide import Decision
from graft.plan.few import few_labels
from graft.plan.material import Material
from graft.plan.trials import Ground


def together_notes(material: Material, model: Model, decision: Decision, ground: Ground) -> list[str]:
    """Say that answering together helps where the loss of samples held out falls by more than its standard error."""
    known = np.flatnonzero(np.isfinite(decision.output.reshape(len(ground.targets), -1)).all(axis=1))
    if not few_labels(len(ground.targets), ground.n_classes) or not len(known):
        return []
    alone = softmax(decision.output[known], decision.temperature)
    try:
        both = answered_together(alone, {name: material.learn[name].take(known) for name in model.backbones})
    except DataError:
        return []
    targets, weight = ground.targets[known], ground.weight[known]
    losses = [output_losses(targets, np.log(np.maximum(p, np.finfo(float).tiny))) * weight for p in (alone, both)]
    gain = losses[0] - losses[1]
    if gain.mean() <= paired_error(gain, np.unique(ground.tied[known], return_inverse=True)[1]):
        return []
    right = [float(np.mean(p.argmax(axis=1) == targets)) for p in (alone, both)]
    return [
        f"Samples held out were told better when answered together: log loss {losses[0].mean():.3f} to "
        f"{losses[1].mean():.3f}, right on {right[0]:.1%} and {right[1]:.1%}. Predict many inputs with --together."
    ]
