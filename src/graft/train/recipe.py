"""What a training run is told: the recipe, the groups of parameters that move, and the error it raises."""

from __future__ import annotations

from dataclasses import dataclass

from graft.errors import GraftError, did_you_mean

PRECISIONS = ("auto", "float32", "bfloat16", "float16")
OPTIMIZERS = ("adamw", "adam", "sgd")


class TrainError(GraftError):
    """A training run cannot be started as it was asked for, or cannot go on from what lies in its folder."""


@dataclass(frozen=True)
class Recipe:
    """How weights are moved.

    `rate` is the learning rate at its peak, reached after `warm_up` (a share) of the updates and then lowered along a
    half cosine to `final_rate` (a share of `rate`). Gradients of `accumulate` batches make one update; their norm is
    cut to `clip` (0: never). `average` is the decay of a moving average of the weights (0: none). With `patience` a
    cycle ends after so many epochs without gain in what is watched (0: never).
    """

    rate: float = 1e-3
    epochs: int = 10
    warm_up: float = 0.1
    weight_decay: float = 0.01
    clip: float = 1.0
    accumulate: int = 1
    precision: str = "auto"
    average: float = 0.0
    patience: int = 0
    optimizer: str = "adamw"
    final_rate: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant; raises TrainError."""
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if not low <= value <= high:
                most = "" if high == float("inf") else f" and at most {high:g}"
                raise TrainError(f"A recipe's {name} must be at least {low:g}{most}, not {value!r}.")
        if self.rate <= 0:
            raise TrainError(f"A recipe's rate must be above 0, not {self.rate!r}.")
        for name, known in (("precision", PRECISIONS), ("optimizer", OPTIMIZERS)):
            if getattr(self, name) not in known:
                hint = did_you_mean(str(getattr(self, name)), known)
                raise TrainError(f"A recipe knows no {name} {getattr(self, name)!r}. {hint}")


_RANGES = (
    ("rate", 0.0, float("inf")),
    ("epochs", 1, float("inf")),
    ("warm_up", 0.0, 1.0),
    ("weight_decay", 0.0, float("inf")),
    ("clip", 0.0, float("inf")),
    ("accumulate", 1, float("inf")),
    ("average", 0.0, 0.999999),
    ("patience", 0, float("inf")),
    ("final_rate", 0.0, 1.0),
    ("seed", 0, float("inf")),
)


@dataclass(frozen=True)
class Group:
    """Parameters that move together: their names as in `module.named_parameters()`, at `rate` times the recipe's."""

    names: tuple[str, ...]
    rate: float = 1.0
