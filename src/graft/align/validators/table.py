"""The validators there are, by name."""

from __future__ import annotations

from collections.abc import Callable

from graft.align.aligned import Aligned
from graft.align.domains import Source, Target
from graft.align.validators.circular import circular
from graft.align.validators.density import neighbourhood_density
from graft.align.validators.importance import deep_embedded, importance_weighted
from graft.align.validators.information import information
from graft.align.validators.mixing import mixing
from graft.align.validators.neighbours import neighbours
from graft.align.validators.separation import separation

Validator = Callable[[Aligned, Source, Target, int], float]

VALIDATORS: dict[str, Validator] = {
    "importance-weighted": importance_weighted,
    "deep-embedded": deep_embedded,
    "neighbourhood-density": neighbourhood_density,
    "information": information,
    "circular": circular,
    "mixing": mixing,
    "separation": separation,
    "neighbours": neighbours,
}
