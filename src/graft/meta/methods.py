"""The table of meta-learners: name, what makes one, its paper. A name from a caller is checked here once."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from graft.errors import GraftError, did_you_mean

if TYPE_CHECKING:
    from graft.meta.learner import Learner
    from graft.meta.tail import Tail


@dataclass(frozen=True)
class Method:
    """One way to learn to learn: its name, the class that is it, where it comes from."""

    name: str
    place: str
    paper: str


METHODS = {
    method.name: method
    for method in (
        Method("protonet", "protonet.ProtoNet", "Snell et al. 2017, arXiv:1703.05175"),
        Method("cosine-protonet", "protonet.CosineProtoNet", "Snell et al. 2017, arXiv:1703.05175, by cosine"),
        Method("maml", "maml.MAML", "Finn et al. 2017, arXiv:1703.03400"),
        Method("first-order-maml", "maml.FirstOrderMAML", "Finn et al. 2017, arXiv:1703.03400"),
        Method("reptile", "reptile.Reptile", "Nichol et al. 2018, arXiv:1803.02999"),
        Method("anil", "anil.ANIL", "Raghu et al. 2020, arXiv:1909.09157"),
        Method("meta-sgd", "meta_sgd.MetaSGD", "Li et al. 2017, arXiv:1707.09835"),
        Method("pretrained", "pretrained.Pretrained", "Chen et al. 2019, arXiv:1904.04232"),
    )
}


def method_named(name: str) -> Method:
    """Give the method of this name; raises GraftError with the nearest names."""
    if name not in METHODS:
        raise GraftError(f"There is no meta-learner {name!r}. {did_you_mean(name, METHODS)}")
    return METHODS[name]


def make_learner(name: str, tail: Tail, ways: int, seed: int = 0) -> Learner:
    """Give the meta-learner of this name over a network, its head drawn with the seed."""
    import torch

    file, kind = method_named(name).place.split(".")
    found: Any = getattr(import_module(f"graft.meta.learners.{file}"), kind)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        made: Learner = found(tail, ways)
    return made
