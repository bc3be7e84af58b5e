"""Domains: adaptation on features that never makes a model worse, chosen without a label of the target."""

from graft.align.adapt import COMMITTEE, adapt_features
from graft.align.adaptation import Adaptation
from graft.align.aligned import Aligned, Method, load
from graft.align.domains import Source, Target
from graft.align.gap import Gap, gap
from graft.align.methods import METHODS, method
from graft.align.source_free.door import adapt_alone
from graft.align.validators.table import VALIDATORS

__all__ = [
    "COMMITTEE",
    "METHODS",
    "VALIDATORS",
    "Adaptation",
    "Aligned",
    "Gap",
    "Method",
    "Source",
    "Target",
    "adapt_alone",
    "adapt_features",
    "gap",
    "load",
    "method",
]
