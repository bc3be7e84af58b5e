"""graft: a few labelled photos, texts, recordings or rows in, the best model transfer learning can give out.

    import graft
    model = graft.fit("photos/train", test="photos/val")
    print(model.scores)
    model.predict(["new.jpg"])
    model.save("ants-or-bees")
    graft.load("ants-or-bees")

Nothing heavy is imported until it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from graft.errors import BackboneError, DataError, GraftError, ModelError
from graft.version import __version__

if TYPE_CHECKING:
    from graft.data.dataset import Dataset as Dataset
    from graft.data.examples import example as example
    from graft.data.read import read as read
    from graft.model.loading import load as load
    from graft.model.model import Model as Model
    from graft.model.verbs import adapt as adapt
    from graft.model.verbs import evaluate as evaluate
    from graft.model.verbs import predict as predict
    from graft.plan.curve import curve as curve
    from graft.plan.fit import fit as fit
    from graft.plan.gap import gap as gap
    from graft.plan.rank import rank as rank
    from graft.pretraining.pretrain import pretrain as pretrain
    from graft.reporting.report import report as report

LAZY = {
    "fit": "graft.plan.fit",
    "load": "graft.model.loading",
    "rank": "graft.plan.rank",
    "curve": "graft.plan.curve",
    "pretrain": "graft.pretraining.pretrain",
    "gap": "graft.plan.gap",
    "report": "graft.reporting.report",
    "adapt": "graft.model.verbs",
    "predict": "graft.model.verbs",
    "evaluate": "graft.model.verbs",
    "Model": "graft.model.model",
    "Dataset": "graft.data.dataset",
    "read": "graft.data.read",
    "example": "graft.data.examples",
}

__all__ = ["BackboneError", "DataError", "GraftError", "ModelError", "__version__", *LAZY]


def __getattr__(name: str) -> Any:
    if name not in LAZY:
        raise AttributeError(f"module 'graft' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
