"""Domains: adaptation on features that never makes a model worse, chosen without a label of the target.

Nothing is imported until it is used: a fit without a target needs none of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graft.align.adapt import COMMITTEE as COMMITTEE
    from graft.align.adapt import adapt_features as adapt_features
    from graft.align.adaptation import Adaptation as Adaptation
    from graft.align.aligned import Aligned as Aligned
    from graft.align.aligned import Method as Method
    from graft.align.aligned import load as load
    from graft.align.domain_gap import Gap as Gap
    from graft.align.domain_gap import gap as gap
    from graft.align.domains import Source as Source
    from graft.align.domains import Target as Target
    from graft.align.methods import METHODS as METHODS
    from graft.align.methods import method as method
    from graft.align.source_free.door import adapt_alone as adapt_alone
    from graft.align.validators.table import VALIDATORS as VALIDATORS

LAZY = {
    "COMMITTEE": "graft.align.adapt",
    "METHODS": "graft.align.methods",
    "VALIDATORS": "graft.align.validators.table",
    "Adaptation": "graft.align.adaptation",
    "Aligned": "graft.align.aligned",
    "Gap": "graft.align.domain_gap",
    "Method": "graft.align.aligned",
    "Source": "graft.align.domains",
    "Target": "graft.align.domains",
    "adapt_alone": "graft.align.source_free.door",
    "adapt_features": "graft.align.adapt",
    "gap": "graft.align.domain_gap",
    "load": "graft.align.aligned",
    "method": "graft.align.methods",
}

__all__ = [*LAZY]


def __getattr__(name: str) -> Any:
    if name not in LAZY:
        raise AttributeError(f"module 'graft.align' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
