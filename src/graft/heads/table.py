"""The heads there are, by name."""

from __future__ import annotations

import inspect
from typing import Any

from graft.errors import ModelError, did_you_mean
from graft.heads.base import Head
from graft.heads.columns.logistic import ColumnsLogistic
from graft.heads.columns.ridge import ColumnsRidge
from graft.heads.columns.trees import ColumnsTrees, ColumnsTreesRegression
from graft.heads.lda import LDA
from graft.heads.logistic import Logistic
from graft.heads.nearest_mean import NearestMean
from graft.heads.nearest_neighbours import NearestNeighbours
from graft.heads.network import Network
from graft.heads.prototypes import Prototypes
from graft.heads.ridge import Ridge
from graft.heads.ridge_regression import RidgeRegression
from graft.heads.tfidf_logistic import TfidfLogistic

HEADS: dict[str, type[Head]] = {
    "prototypes": Prototypes,
    "nearest-mean": NearestMean,
    "lda": LDA,
    "ridge": Ridge,
    "logistic": Logistic,
    "tfidf-logistic": TfidfLogistic,
    "nearest-neighbours": NearestNeighbours,
    "network": Network,
    "ridge-regression": RidgeRegression,
    "columns-logistic": ColumnsLogistic,
    "columns-trees": ColumnsTrees,
    "columns-ridge": ColumnsRidge,
    "columns-trees-regression": ColumnsTreesRegression,
}


def make(name: str, **params: Any) -> Head:
    """Make a head by name with parameters of its `__init__`; raises ModelError for a name or parameter it lacks."""
    if name not in HEADS:
        raise ModelError(f"There is no head {name!r}. {did_you_mean(name, HEADS)}")
    known = [each for each in inspect.signature(HEADS[name].__init__).parameters if each != "self"]
    for param in params:
        if param not in known:
            raise ModelError(f"The head {name!r} has no parameter {param!r}. {did_you_mean(param, known)}")
    return HEADS[name](**params)
