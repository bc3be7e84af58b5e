"""The map of the features: every layout there is, and what points can be coloured by."""

from __future__ import annotations

from typing import Any

import numpy as np

from graft.reporting.run import Run

WIDE = 1000


def landscape(run: Run) -> dict[str, Any] | None:
    """Give the points of each layout on a square of 1,000 units; None where there are fewer than three."""
    e = run.evidence
    if len(e.mapped) < 3:
        return None
    layouts = {name: _placed(values) for name, values in e.maps.items()}
    colours = ["label", "said", "part"] if run.classes else ["label", "part"]
    if run.classes:
        colours.append("right")
    if e.domains is not None and len(np.unique(e.domains[e.mapped])) > 1:
        colours.append("domain")
    if len(np.unique(e.parts[e.mapped])) < 2:
        colours.remove("part")
    return {"points": e.mapped.tolist(), "layouts": layouts, "colours": colours, "backbone": e.backbone}


def _placed(values: Any) -> list[list[int]]:
    """Give the first two columns, scaled alike to fit the square with a margin."""
    xy = np.zeros((len(values), 2))
    xy[:, : min(2, values.shape[1])] = values[:, :2]
    low, high = xy.min(axis=0), xy.max(axis=0)
    scale = 0.94 * WIDE / max(float((high - low).max()), 1e-9)
    placed = (xy - (low + high) / 2) * scale + WIDE / 2
    placed[:, 1] = WIDE - placed[:, 1]
    return np.rint(placed).astype(int).tolist()  # type: ignore[no-any-return]
