"""What every way of pretraining gives to the one training loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graft.backbones.base import Backbone
from graft.data.dataset import Dataset, Skipped
from graft.train.recipe import Group, Recipe

if TYPE_CHECKING:
    from torch import nn

    from graft.backbones.trainable import Trainable
    from graft.train.batches import Batches
    from graft.train.objective import Objective

FRESH_RATE, TUNED_RATE, TEXT_RATE, TOP_RATE = 2e-3, 2e-4, 5e-5, 1e-3
LARGE_BATCH, SMALL_BATCH, SIDE = 128, 16, 84


@dataclass(frozen=True, eq=False)
class Task:
    """A module around the `trainable` of a backbone, what it lowers over which batches, by which recipe."""

    trainable: Trainable
    module: nn.Module
    objective: Objective
    batches: Batches
    recipe: Recipe
    skipped: Sequence[Skipped] = ()
    said: str = ""


Start = Callable[[Backbone, Dataset, int], Task]


def recipe_for(backbone: Backbone, seed: int) -> Recipe:
    """Give the recipe: AdamW at 2e-3 for random weights, at 2e-4 for an image network's own, at 5e-5 for a text one's.

    5e-5 is the rate of BERT's own further pretraining (Devlin et al. 2018, Gururangan et al. 2020).
    """
    rate = FRESH_RATE if is_fresh(backbone) else TUNED_RATE if backbone.card.input_size else TEXT_RATE
    return Recipe(rate=rate, weight_decay=0.01, clip=5.0, warm_up=0.1, seed=seed)


def groups_for(task: Task) -> list[Group]:
    """Give the parameters in groups: the backbone's at the recipe's rate, those of a fresh top at 1e-3 or more."""
    names = [name for name, _ in task.module.named_parameters()]
    own = tuple(name for name in names if name.startswith("trainable."))
    top = tuple(name for name in names if not name.startswith("trainable."))
    return [Group(own), Group(top, max(1.0, TOP_RATE / task.recipe.rate))]


def is_fresh(backbone: Backbone) -> bool:
    """Say whether the weights of a backbone are random ones."""
    return backbone.card.name.startswith("random/")


def batch_size(side: int, images: int) -> int:
    """Give the images a batch: 128 up to 84 pixels, fewer for larger ones as their area asks, at least 16."""
    fits = int(LARGE_BATCH * min(1.0, (SIDE / side) ** 2))
    return max(1, min(max(fits, SMALL_BATCH), images))
