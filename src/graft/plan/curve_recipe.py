"""What is fitted on every subset of a learning curve: backbones, and heads on views of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from graft import backbones as catalogue
from graft.errors import DataError, GraftError, did_you_mean
from graft.extract.views import View
from graft.heads import HEADS, make
from graft.heads.base import Head
from graft.model.loading import load
from graft.plan.candidates import COLUMNS

if TYPE_CHECKING:
    from graft.backbones.base import Backbone
    from graft.data.dataset import Dataset
    from graft.model.model import Model


class Part(NamedTuple):
    """One head of a recipe, still to be fitted: the view of a backbone it is shown, and its weight in the whole."""

    backbone: str
    view: View
    head: Head
    weight: float


@dataclass(frozen=True)
class Recipe:
    """What is fitted on every subset: backbones by name, and the heads on them; their weights sum to one."""

    backbones: dict[str, Backbone]
    parts: tuple[Part, ...]
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What people read: backbone, view and head of each part."""
        return " + ".join(f"{part.backbone} · {part.view} · {part.head.name}" for part in self.parts)


def recipe_of(model: Model | str | Path, learn: Dataset, device: str) -> Recipe:
    """Give the backbones, views, heads and weights of a model; raises ModelError or DataError where they do not fit."""
    opened = load(model, device=device) if isinstance(model, str | Path) else model
    if opened.task != learn.task or opened.modality != learn.modality:
        raise DataError(
            f"The model is for {opened.task} of {opened.modality} inputs; these data are for {learn.task} of "
            f"{learn.modality} inputs."
        )
    tuned = [name for name, backbone in opened.backbones.items() if getattr(backbone.card, "parent", "")]
    told = [f"{name} was trained on labelled data before: if on these, the curve is too good." for name in tuned]
    parts = tuple(Part(m.backbone, m.view, m.head, m.weight) for m in opened.members)
    return Recipe(dict(opened.backbones), parts, told)


def default_recipe(name: str, head: str | None, learn: Dataset, device: str, exact: bool) -> Recipe:
    """Give one backbone with one head: the one named, or a linear one that fits the features and the targets."""
    backbone = catalogue.load(name, device=device, exact=exact)
    sparse = backbone.cheap and backbone.card.modality == "text"
    plain = ("tfidf-logistic" if sparse else "logistic") if learn.classes else "ridge-regression"
    if learn.modality == "table":
        plain = COLUMNS[bool(learn.classes)][0]
    chosen = head or plain
    if chosen not in HEADS:
        raise GraftError(f"There is no head {chosen!r}. {did_you_mean(chosen, HEADS)}")
    if HEADS[chosen].regression == bool(learn.classes):
        wanted = "classes" if learn.classes else "amounts"
        raise GraftError(
            f"The head {chosen!r} does not predict {wanted}, and these targets are {wanted}; try {plain!r}."
        )
    if sparse and not learn.classes:
        raise DataError(f"Amounts cannot be predicted from {name}; choose a text encoder, such as all-minilm-l6-v2.")
    return Recipe({name: backbone}, (Part(name, View(), make(chosen), 1.0),))
