"""Heads on features: scikit-learn estimators whose state is plain arrays."""

from graft.heads.base import Classifier, Head
from graft.heads.table import HEADS, make

__all__ = ["HEADS", "Classifier", "Head", "make"]
