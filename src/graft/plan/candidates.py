"""Candidates: every backbone, view and head that is worth trying on this data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graft.errors import GraftError, did_you_mean
from graft.extract.features import Features
from graft.extract.views import View
from graft.heads import HEADS
from graft.plan.few import few_labels
from graft.plan.known import known_classes

DENSE = ("nearest-mean", "lda", "logistic", "nearest-neighbours", "network")
WORDS = ("tfidf-logistic",)
SCORES = ("logistic",)
STAGES = ("logistic",)
FEW_LABELS = ("prototypes", "lda", "logistic")
NUMBERS = ("ridge-regression",)
COLUMNS = {True: ("columns-logistic", "columns-trees"), False: ("columns-ridge", "columns-trees-regression")}


@dataclass(frozen=True)
class Candidate:
    """A backbone, a view of it and a head by name; `rank` orders candidates from simple to complicated."""

    backbone: str
    view: View
    head: str

    @property
    def name(self) -> str:
        """What the record calls it."""
        return f"{self.backbone} · {self.view} · {self.head}"

    @property
    def rank(self) -> int:
        """Give the rank of its head: of candidates that score alike the lower is kept."""
        return HEADS[self.head].rank


def check_heads(names: Sequence[str]) -> None:
    """Raise GraftError on a head that does not exist."""
    for name in names:
        if name not in HEADS:
            raise GraftError(f"There is no head {name!r}. {did_you_mean(name, HEADS)}")


def propose(
    features: Mapping[str, Features], classes: Sequence[str], heads: Sequence[str] | None = None
) -> list[Candidate]:
    """Give the candidates in the order they are tried; `heads` narrows them to those named.

    The quickest come first, so that slower ones are soon seen to be behind.
    With few labels and no wishes these are the heads that take little data, on every view: they will be averaged.
    """
    found: list[Candidate] = []
    for name, of_backbone in features.items():
        few = heads is None and few_labels(len(of_backbone), len(classes))
        shown = _shown(of_backbone, classes, few)
        found += [Candidate(name, view, head) for view, head in shown if heads is None or head in heads]
    found.sort(key=lambda c: (c.head == "network") - bool(c.view.columns))
    if not found:
        fitting = sorted({head for of_backbone in features.values() for _, head in _shown(of_backbone, classes)})
        told = f"Heads that do: {', '.join(fitting)}." if fitting else "Choose another backbone."
        raise GraftError(
            f"No head {'of those named ' * bool(heads)}fits {' and '.join(features)} on these data. {told}"
        )
    return found


def _shown(features: Features, classes: Sequence[str], few: bool = False) -> list[tuple[View, str]]:
    backbone = features.backbone
    sparse = hasattr(features.values, "tocsr")
    if backbone.card.modality == "table":
        return [(View(), head) for head in COLUMNS[bool(classes)]]
    if not classes:
        views = [] if sparse else [View(), View("stages")] if backbone.stages else [View()]
        return [(view, head) for view in views for head in NUMBERS]
    if sparse:
        return [(View(), head) for head in WORDS]
    pairs = [(View(), head) for head in (FEW_LABELS if few else DENSE)]
    if backbone.stages:
        pairs += [(View("stages"), head) for head in (FEW_LABELS if few else STAGES)]
    if backbone.class_names:
        pairs += [(View("class-scores"), head) for head in SCORES]
        own = known_classes(classes, backbone.class_names)
        if len(own) == len(classes):
            columns = sorted({i for indices in own.values() for i in indices})
            pairs += [(View("class-scores", tuple(columns)), head) for head in SCORES]
    return pairs
