"""Which views of features are adapted, and how well classes are groups in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from graft.align.validators.neighbours import agreement
from graft.extract.features import Features
from graft.extract.views import View
from graft.heads.check import is_sparse

FEWEST = 3
Shown = dict[str, tuple[str, View]]


def shown_to_adapt(features: Mapping[str, Features]) -> Shown:
    """Give the view of each backbone that is adapted, by name: of texts the stages where there are.

    Dense statistics that nothing was trained for stay out beside an embedding: a committee of both is worse.
    """
    shown: Shown = {}
    trained = any(of_backbone.backbone.card.parameters for of_backbone in features.values())
    for name, of_backbone in features.items():
        if of_backbone.dataset.modality == "table":  # words and gaps are no distances
            continue
        if trained and not of_backbone.backbone.card.parameters and not is_sparse(of_backbone.values):
            continue
        stages = of_backbone.backbone.stages and of_backbone.dataset.modality == "text"
        view = View("stages") if stages else View()
        shown[f"{name} · {view}"] = (name, view)
    return shown


def witnesses_of(shown: Shown, features: Mapping[str, Features]) -> Shown:
    """Give the other view of each backbone that has two, by name: it is asked where views dispute what a target holds.

    Where the shown view is the embedding that is the stages, and the other way round.
    """
    found: Shown = {}
    for name, view in shown.values():
        if features[name].backbone.stages:
            other = View("stages") if view == View() else View()
            found[f"{name} · {other}"] = (name, other)
    return found


def rows_of(shown: Shown, features: Mapping[str, Features]) -> dict[str, Any]:
    """Give the (N, D_v) rows of each view, dense or counts, by its name."""
    return {name: view.of(features[backbone]) for name, (backbone, view) in shown.items()}


def groups_of(learn: Mapping[str, Features]) -> dict[str, float]:
    """Give how well near labelled samples agree in their classes, by dense view: what a saved model keeps of that."""
    found = {}
    shown = shown_to_adapt(learn)
    for name, X in rows_of(shown, learn).items():
        features = learn[shown[name][0]]
        if features.dataset.classes and not is_sparse(X) and len(features) > FEWEST:
            found[name] = agreement(X, np.asarray(features.dataset.targets))
    return found
