"""gap: how far apart two domains are, as each backbone sees them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graft.align.distance.columns import ColumnShift, said_of_columns, shifts_of_tables
from graft.align.domain_gap import gap as measured
from graft.align.domains import Source, Target
from graft.data import read
from graft.data.checks import check_skipped
from graft.errors import BackboneError, DataError
from graft.extract.embedding import embed
from graft.extract.views import View
from graft.heads.columns.encoding import dense
from graft.plan.adapting import read_target
from graft.plan.fit import candidates_for
from graft.plan.opening import opened

if TYPE_CHECKING:
    from graft.align.domain_gap import Gap
    from graft.extract.cache import Cache
    from graft.extract.features import Features


@dataclass(frozen=True, eq=False)
class DomainGap:
    """What one backbone sees: `found` as `graft.align.gap` gives it, `notes` in sentences with what was left out.

    Of tables `columns` says what each column does, those that differ most first.
    """

    backbone: str
    source: str
    target: str
    classes: tuple[str, ...]
    found: Gap
    notes: tuple[str, ...]
    columns: tuple[ColumnShift, ...] = ()

    def __str__(self) -> str:
        return "\n".join(self.notes)

    def to_dict(self) -> dict[str, Any]:
        """Give all of it as values that JSON can hold; a class that no target row is given has moved by null."""
        found = self.found
        moved = [float(value) if np.isfinite(value) else None for value in found.moved]
        return {
            "backbone": self.backbone,
            "source": self.source,
            "target": self.target,
            "a_distance": found.a_distance,
            "mmd": {"squared": found.mmd.squared, "p_value": found.mmd.p_value},
            "moved": dict(zip(self.classes, moved, strict=True)),
            "shares": {
                name: {"source": float(s), "target": float(t)}
                for name, (s, t) in zip(self.classes, found.shares, strict=True)
            },
            "outside": found.outside,
            "columns": [dataclasses.asdict(shift) for shift in self.columns],
            "notes": list(self.notes),
        }


def gap(
    source: Any,
    other: Any,
    *,
    backbone: str | Sequence[str] = "auto",
    input: str | None = None,
    target: str | None = None,
    seed: int = 0,
    device: str = "auto",
    exact: bool = False,
    max_skipped: float = 0.05,
    cache: Cache | None = None,
) -> list[DomainGap]:
    """Measure how far an unlabelled domain lies from labelled data, once per backbone; labels of `other` are not read.

    "auto" is the first packaged backbone that gives dense features. Rows of tables are compared by their columns,
    encoded as heads do, and column by column. Raises DataError where the source has no classes or its classes are too
    few, BackboneError where no backbone is fit.
    """
    learn = read(source, input=input, target=target)
    if not learn.classes:
        raise DataError(f"{learn.source or 'The source'} has no classes; the gap is told by what happens to them.")
    unlabelled = read_target(other, learn, input)
    for dataset in (learn, unlabelled):
        check_skipped(dataset.skipped, len(dataset) + len(dataset.skipped), max_skipped)
    names, notes = candidates_for(learn.modality, backbone), list[str]()
    found = []
    for name, each in opened(names, learn.modality, notes, device, exact):
        if each.card.parameters or learn.modality == "table":
            a, b = (embed(d, each, cache=cache, max_skipped=max_skipped) for d in (learn, unlabelled))
            found.append(_between(name, a, b, notes, seed))
            if backbone in ("auto", None):
                break
    if not found:
        raise BackboneError(f"{' and '.join(names)} gives no dense features; domains are compared by those of another.")
    return found


def _between(name: str, a: Features, b: Features, notes: list[str], seed: int) -> DomainGap:
    S, T = np.asarray(View().of(a)), np.asarray(View().of(b))
    shifts = shifts_of_tables(a, b)
    if shifts:
        S, T = np.split(dense(np.concatenate([S, T])), [len(S)])
    present, y = np.unique(np.asarray(a.dataset.targets), return_inverse=True)
    classes = tuple(a.dataset.classes[k] for k in present)
    found = measured(Source(S, y), Target(T), classes, seed)
    one, other = a.dataset.source or "the source", b.dataset.source or "the other"
    told = (*notes, *found.notes, *said_of_columns(shifts))
    return DomainGap(name, one, other, classes, found, told, tuple(shifts))
