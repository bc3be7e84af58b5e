"""Other domains: what came of adapting to a target, and how each labelled domain does when it is left out whole."""

from __future__ import annotations

from typing import Any

from graft.reporting.picks import picks
from graft.reporting.run import Run


def domains(run: Run) -> dict[str, Any] | None:
    """Give the adaptation with the samples it changed, the surest first, and the domains left out; None without any."""
    adaptation, apart = run.record.get("adaptation") or None, run.record.get("domains") or None
    if adaptation is None and (apart is None or len(apart["counts"]) < 2):
        return None
    changed = picks(run).changed
    before = [] if run.evidence.before is None else run.evidence.before[changed].argmax(axis=1).tolist()
    left_out = [] if apart is None else apart["left_out"]
    return {
        "adaptation": adaptation,
        "changed": changed.tolist(),
        "before": before,
        "counts": {} if apart is None else apart["counts"],
        "left_out": left_out,
        "names": list(left_out[0]["scores"]) if left_out else [],
        "notes": [] if apart is None else list(apart["notes"]),
    }
