"""What the map of a report is drawn from: rows of features, as they are and as an adaptation places them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.landscape import principal

if TYPE_CHECKING:
    from graft.extract.features import Features
    from graft.model.model import Model


def mapped_rows(parts: list[Features], seed: int, most: int) -> tuple[NDArray[np.int64], Any]:
    """Give the places of at most `most` samples of the parts, one after the other, and their features."""
    ends = np.cumsum([len(part) for part in parts])
    mapped = np.arange(ends[-1])
    if len(mapped) > most:
        mapped = np.sort(np.random.default_rng(seed).choice(mapped, most, replace=False))
    which = np.searchsorted(ends, mapped, side="right")
    starts = np.r_[0, ends[:-1]]
    rows: list[Any] = [part.values[mapped[which == i] - starts[i]] for i, part in enumerate(parts)]
    if hasattr(rows[0], "tocsr"):
        from scipy.sparse import vstack

        return mapped, vstack(rows).tocsr()
    return mapped, np.concatenate(rows)


def adapted_map(
    model: Model, parts: dict[str, Features], mapped: NDArray[np.int64], seed: int
) -> dict[str, NDArray[np.float32]]:
    """Give the map of the features as an adaptation places them, where it does: {} elsewhere."""
    if "target" not in parts:
        return {}
    for member in model.members:
        source, target = getattr(getattr(member.head, "member_", None), "space", ((), ()))
        if len(source) == len(parts["train"]) and len(target) == len(parts["target"]):
            places = [source, target]
            if "test" in parts:
                if member.backbone != parts["test"].backbone.card.name:
                    continue
                places.insert(1, member.head.member_.placing(member.view.of(parts["test"])))  # type: ignore[attr-defined]
            return {"adapted": principal(np.concatenate(places)[mapped], seed=seed)}
    return {}
