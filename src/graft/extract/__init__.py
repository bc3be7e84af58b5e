"""Inputs to features, once per input: the fast path and the cache."""

from graft.extract.cache import Cache, Usage
from graft.extract.embedding import embed
from graft.extract.features import Features

__all__ = ["Cache", "Features", "Usage", "embed"]
