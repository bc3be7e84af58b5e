"""Strategies as data: which parameters move, at which rate, for how long, held back by what."""

from __future__ import annotations

from dataclasses import dataclass

from graft.errors import GraftError, did_you_mean
from graft.train import Recipe

MOVES = ("head", "all", "last", "first", "biases", "norms", "low-rank")
HEADS_AT_START = ("random", "fitted", "dense")
LOSSES = ("likelihood", "contrastive")
ENDINGS = ("last", "wise", "soup")


class FinetuneError(GraftError):
    """A strategy cannot be used on this backbone, these data, or at all."""


class NoRoomError(FinetuneError):
    """The disk has no room for what frozen parts make of the inputs."""


@dataclass(frozen=True)
class Stage:
    """A stretch of training with the same parameters moving; the head moves in every stage.

    `moves` is head (the head alone), all, last or first (the share `depth` of the depths, from the output or the
    input), biases, norms, or low-rank (added matrices of rank `rank`). `share` is this stage's part of the epochs. The
    rate of depth d, counted from the output, is `rate` decay^d times the recipe's.
    """

    moves: str = "all"
    share: float = 1.0
    depth: float = 1.0
    rate: float = 1.0
    decay: float = 1.0
    rank: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant; raises FinetuneError."""
        _known("moves", self.moves, MOVES)
        for name in ("share", "depth", "rate", "decay"):
            value = getattr(self, name)
            if not 0 < value <= (float("inf") if name == "rate" else 1):
                raise FinetuneError(f"A stage's {name} must be above 0{'' if name == 'rate' else ' and at most 1'}, "
                                    f"not {value!r}.")  # fmt: skip
        if (self.moves == "low-rank") != (self.rank > 0):
            raise FinetuneError("A stage has a rank above 0 where it moves low-rank matrices, and only there.")


@dataclass(frozen=True)
class Hold:
    """A regularizer by its name in `graft.finetune.holds`, and its strength."""

    name: str
    strength: float


@dataclass(frozen=True)
class View:
    """How the inputs are seen: the size of images, changes at random, samples a batch.

    Size 0 is the backbone's own, or less where the images are small (`suited_size`).
    """

    input_size: int = 0
    augment: tuple[str, ...] = ()
    batch: int = 16


@dataclass(frozen=True)
class Strategy:
    """A way to fine-tune; `recipe` is the training loop's, its rate that of the body, its epochs those of all stages.

    `head` is what the head starts as: random, fitted (the logistic head on frozen features) or dense (two layers,
    random); it moves at `head_rate` times the recipe's rate. Batch norms keep the statistics they came with unless
    `norms_follow`. `loss` is likelihood or contrastive; `ending` says which weights are kept: the last, wise (mixed
    with those of the start) or soup (a mean of those on the way), mixed as the held-out samples say.
    """

    name: str
    summary: str
    stages: tuple[Stage, ...]
    recipe: Recipe
    head: str = "fitted"
    head_rate: float = 1.0
    smoothing: float = 0.0
    holds: tuple[Hold, ...] = ()
    view: View = View()
    norms_follow: bool = False
    loss: str = "likelihood"
    ending: str = "last"

    def __post_init__(self) -> None:
        """Refuse what cannot be meant; raises FinetuneError."""
        _known("head", self.head, HEADS_AT_START)
        _known("loss", self.loss, LOSSES)
        _known("ending", self.ending, ENDINGS)
        if not self.stages or abs(sum(stage.share for stage in self.stages) - 1) > 1e-6:
            raise FinetuneError(f"The shares of the stages of {self.name!r} must add up to 1.")


def segments(strategy: Strategy, done: int, epochs: int) -> list[tuple[Stage, int]]:
    """Give the stages that the next `epochs` epochs fall into, and how many of them each gets.

    Stage i ends after round(E sum_{j<=i} share_j) of the recipe's E epochs; the last goes on for ever.
    """
    total, reached, ends = strategy.recipe.epochs, 0.0, []
    for stage in strategy.stages:
        reached += stage.share
        ends.append(round(total * reached))
    found: list[tuple[Stage, int]] = []
    for stage, end in zip(strategy.stages, [*ends[:-1], done + epochs], strict=True):
        count = min(end, done + epochs) - done if end > done else 0
        if count > 0:
            found.append((stage, count))
            done, epochs = done + count, epochs - count
    return found


def _known(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise FinetuneError(f"There is no {name} {value!r} in a strategy. {did_you_mean(value, known)}")
