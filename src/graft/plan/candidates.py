"""Candidates: every backbone, view and head that is worth trying on this data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graft.errors import GraftError, did_you_mean
from graft.extract.features import Features
from graft.extract.views import View
from graft.heads import HEADS
from graft.plan.few import few_groups, few_labels
from graft.plan.known import known_classes

if TYPE_CHECKING:
    from graft.backbones.base import Backbone

DENSE = ("nearest-mean", "lda", "logistic", "nearest-neighbours", "network")
WORDS = ("tfidf-logistic",)
SCORES = ("logistic",)
STAGES = ("logistic",)
BLOCKS = ("nearest-mean", "lda", "logistic")
LITTLE = ("prototypes", "lda", "logistic")
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
    With few labels, or few groups, and no wishes these are the heads that take little data: they will be averaged.
    """
    found: list[Candidate] = []
    for name, of_backbone in features.items():
        shown = _shown(of_backbone, classes, heads is None)
        found += [Candidate(name, view, head) for view, head in shown if heads is None or head in heads]
    found.sort(key=lambda c: (c.head == "network") - (c.view.kind == "class-scores" and bool(c.view.columns)))
    if not found:
        fitting = sorted({head for of_backbone in features.values() for _, head in _shown(of_backbone, classes)})
        told = f"Heads that do: {', '.join(fitting)}." if fitting else "Choose another backbone."
        raise GraftError(
            f"No head {'of those named ' * bool(heads)}fits {' and '.join(features)} on these data. {told}"
        )
    return found


def _shown(features: Features, classes: Sequence[str], choosing: bool = False) -> list[tuple[View, str]]:
    backbone = features.backbone
    sparse = hasattr(features.values, "tocsr")
    if backbone.card.modality == "table":
        return [(View(), head) for head in COLUMNS[bool(classes)]]
    if not classes:
        views = [] if sparse else [View(), View("stages")] if backbone.stages else [View()]
        return [(view, head) for view in views for head in NUMBERS]
    if sparse:
        return [(View(), head) for head in WORDS]
    few = choosing and few_labels(len(features), len(classes))
    little = few or (choosing and _few_groups(features, len(classes)))
    pairs = [(View(), head) for head in (LITTLE if little else DENSE)]
    pairs += [(view, head) for view in _blocks(backbone) for head in (LITTLE if little else BLOCKS)]
    if backbone.stages:
        pairs += [(View("stages"), head) for head in (LITTLE if few and not backbone.blocks else STAGES)]
    if backbone.class_names:
        pairs += [(View("class-scores"), head) for head in SCORES]
        own = known_classes(classes, backbone.class_names)
        if len(own) == len(classes):
            columns = sorted({i for indices in own.values() for i in indices})
            pairs += [(View("class-scores", tuple(columns)), head) for head in SCORES]
    return pairs


def _few_groups(features: Features, n_classes: int) -> bool:
    groups = features.dataset.groups
    return groups is not None and few_groups(groups, n_classes)


def _blocks(backbone: Backbone) -> list[View]:
    """Give the upper half of the blocks that can be shown alone, without the one that is the embedding."""
    upper = range(backbone.blocks // 2 + 1, backbone.blocks + 1)
    return [View("stages", (block,)) for block in upper if block != backbone.card.block]
