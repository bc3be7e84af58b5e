"""How a backbone does on tasks from a source: accuracy over many, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graft.evaluation.record import Score

SHAPES = "shape-matching"


@dataclass(frozen=True)
class Evaluation:
    """The `accuracy` over `episodes` tasks of `ways` classes and `shots` samples, drawn from `classes`, by `method`."""

    accuracy: Score
    method: str
    ways: int
    shots: int
    episodes: int
    classes: int

    def to_dict(self) -> dict[str, Any]:
        """Give plain values for JSON."""
        return {**vars(self), "accuracy": self.accuracy.to_dict()}

    def __str__(self) -> str:
        return (
            f"{self.ways}-way {self.shots}-shot by {self.method}: accuracy {self.accuracy} over {self.episodes} tasks "
            f"from {self.classes} classes"
        )


def meta_evaluate(
    backbone: str,
    source: Any,
    *,
    ways: int = 5,
    shots: int = 1,
    queries: int = 10,
    method: str | None = None,
    classes: Sequence[str] | None = None,
    turns: bool = False,
    episodes: int = 600,
    seed: int = 0,
    device: str = "auto",
) -> Evaluation:
    """Judge any backbone by name on tasks from a labelled source, whose classes should be new to it.

    Adapts as the backbone was meta-trained to, or by `method`; prototypes for backbones that were not. `classes` names
    those (or the folders of those) to draw from, all where it is None. The name `shape-matching` is no backbone but
    `ShapeMatching`, which bends drawings onto one another and needs no training. Raises GraftError in a sentence.
    """
    from graft import backbones
    from graft.meta.judge import accuracy, at_least_two, summed_up
    from graft.meta.keeping import again, kept
    from graft.meta.pool import pool_of
    from graft.meta.shape import Shape
    from graft.meta.source import check_kind, named, only, read_classes

    dataset, shape = read_classes(source), Shape(ways, shots, queries)
    if classes is not None:
        dataset = only(dataset, named(dataset, classes))
    if backbone == SHAPES:
        from graft.meta.matching.judge import shape_accuracies
        from graft.meta.matching.matcher import ShapeMatching

        check_kind(dataset, "image", SHAPES)
        found = shape_accuracies(ShapeMatching(), dataset, shape, at_least_two(episodes), seed)
        return Evaluation(summed_up(found), SHAPES, ways, shots, episodes, len(dataset.classes))
    loaded = backbones.load(backbone, device=device)
    learner, name = again(loaded, kept(Path(backbone).expanduser()), method, ways)
    pool = pool_of(dataset, loaded, learner.tail, turns=turns)
    score = accuracy(learner.to(loaded.device), pool, shape, episodes, seed)
    return Evaluation(score, name, ways, shots, episodes, len(pool.members))
