"""A Model whose classes are shifted, lineage by lineage, to the shares they were learned in."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from graft.align.algebra import Floats, log_softmax
from graft.align.head import AlignedHead
from graft.align.source_free.shares import kept_shares
from graft.align.source_free.shifted import Shifted
from graft.extract.features import Features
from graft.heads.base import Classifier
from graft.model.answering import AnyModel
from graft.model.lineage import lineage
from graft.model.member import Member, combine

EVEN = 1.5


def shifted(
    model: AnyModel, target: Mapping[str, Features], learned: Mapping[str, int]
) -> tuple[AnyModel, tuple[str, ...]]:
    """Give the model with the members of some lineages shifted, or the model itself, and sentences on why.

    The shares are those of the samples learned from, `learned` by class; where they were far from even they were
    weighted, and no share is known to hold anywhere.
    """
    counts = np.array([learned.get(name, 0) for name in model.classes], float)
    if not counts.min() or counts.max() > EVEN * counts.min():
        return model, ("The classes were not learned in even shares, so none can be expected of the target.",)
    heads = [m.head for m in model.members]
    if any(isinstance(head, AlignedHead) or not isinstance(head, Classifier) for head in heads):
        return model, ("The model is an adapted one already; give the model it was made from to shift its classes.",)
    biases, notes = kept_shares(by_lineage(model, target), counts / counts.sum())
    members = tuple(_shifted(m, biases) if lineage(m.backbone) in biases else m for m in model.members)
    return (dataclasses.replace(model, members=members) if biases else model), notes


def by_lineage(model: AnyModel, target: Mapping[str, Features]) -> dict[str, Floats]:
    """Give the (M, K) log-probabilities of the members of each `lineage` on their own."""
    own: dict[str, list[Member]] = {}
    for member in model.members:
        own.setdefault(lineage(member.backbone), []).append(member)
    return {name: log_softmax(combine(_whole(members), target, model.pool)) for name, members in own.items()}


def _whole(members: Sequence[Member]) -> tuple[Member, ...]:
    total = sum(m.weight for m in members)
    return tuple(dataclasses.replace(m, weight=m.weight / total) for m in members)


def _shifted(member: Member, biases: Mapping[str, Floats]) -> Member:
    assert isinstance(member.head, Classifier)
    bias = biases[lineage(member.backbone)]
    return dataclasses.replace(member, head=AlignedHead.of(Shifted(member.head, bias, np.empty((0, len(bias))))))
