"""The members of an adaptation as those of a Model."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from graft.align.adaptation import Adaptation
from graft.align.aligned import Aligned
from graft.align.head import AlignedHead
from graft.align.members import Member as Fitted
from graft.align.words.members import Counted
from graft.heads.base import Classifier
from graft.model.adapted_views import Shown
from graft.model.answering import AnyModel
from graft.model.member import Member

if TYPE_CHECKING:
    from graft.backbones.base import Backbone

SOURCE_ONLY = "source-only"


def adapted_model(model: AnyModel, backbones: Mapping[str, Backbone], found: Adaptation, shown: Shown) -> AnyModel:
    """Give the model with the members of the adaptation, pooled by the mean of probabilities; itself where none was."""
    if not found.adapted:
        return model
    each = [(shown[view], fitted) for view, fitted in found.members]
    views = [place for place, _ in each]
    members = tuple(
        Member(place[0], place[1], _head(fitted), 1 / (len(set(views)) * views.count(place))) for place, fitted in each
    )
    used = {member.backbone: backbones[member.backbone] for member in members}
    return dataclasses.replace(model, members=members, backbones=used, temperature=1.0, pool="arithmetic")


def _head(fitted: Fitted) -> Classifier:
    """Give the head of a part that was not adapted as it is: a placing that does nothing need not be saved."""
    if isinstance(fitted, Counted) or (isinstance(fitted, Aligned) and fitted.method == SOURCE_ONLY):
        return fitted.head
    return AlignedHead.of(fitted)
