"""The table of ways to pretrain: name, what it reads, its paper. A name from a caller is checked here once.

VICReg is what images without labels get. In 90 seconds of one processor on four Omniglot alphabets, in batches of 128,
its features came to tell the 24 characters of the fifth apart best (0.688; Barlow Twins 0.654, SimCLR 0.627), and in 30
seconds, mean of two alphabets, too (0.719; 0.683, 0.681; exemplar classes 0.588, SimSiam 0.554, BYOL 0.545).
"""

from __future__ import annotations

from dataclasses import dataclass

from graft.data.dataset import Dataset
from graft.errors import GraftError, did_you_mean
from graft.pretraining.task import Start


@dataclass(frozen=True)
class Method:
    """One way to pretrain: the modalities it reads, whether it needs labels, where it comes from."""

    name: str
    modalities: tuple[str, ...]
    labels: bool
    paper: str


METHODS = {
    method.name: method
    for method in (
        Method("supervised", ("image", "text", "audio"), True, "cross-entropy on the source's labels"),
        Method("vicreg", ("image", "audio"), False, "VICReg, Bardes et al. 2022, arXiv:2105.04906"),
        Method("barlow-twins", ("image", "audio"), False, "Barlow Twins, Zbontar et al. 2021, arXiv:2103.03230"),
        Method("simclr", ("image", "audio"), False, "SimCLR, Chen et al. 2020, arXiv:2002.05709"),
        Method("masked", ("text",), False, "masked language modelling, Devlin et al. 2018, arXiv:1810.04805"),
    )
}
UNLABELLED = {"image": "vicreg", "text": "masked", "audio": "vicreg"}


def method_named(name: str) -> Method:
    """Give the method of this name; raises GraftError with the nearest names."""
    if name not in METHODS:
        raise GraftError(f"There is no way to pretrain {name!r}. {did_you_mean(name, [*METHODS, 'auto'])}")
    return METHODS[name]


def choose_method(name: str, dataset: Dataset) -> Method:
    """Give the method for this data: `auto` is supervised where images or recordings have labels, else what needs none.

    Raises GraftError when the method reads other data.
    """
    labelled = dataset.task == "classification" and len(dataset.classes) > 1
    if name == "auto":
        name = "supervised" if labelled and dataset.modality != "text" else UNLABELLED[dataset.modality]
    method = method_named(name)
    if dataset.modality not in method.modalities:
        instead = [m.name for m in METHODS.values() if dataset.modality in m.modalities]
        raise GraftError(
            f"{name} reads inputs of the kind {' or '.join(method.modalities)}, and these are of the kind "
            f"{dataset.modality}; choose {' or '.join(instead)}."
        )
    return method


def starter(method: Method) -> Start:
    """Give the function that sets a method up."""
    from functools import partial

    from graft.pretraining.masked import masked
    from graft.pretraining.self_supervised import LOSSES, self_supervised
    from graft.pretraining.supervised import supervised

    if method.name in LOSSES:
        return partial(self_supervised, method.name)
    return {"supervised": supervised, "masked": masked}[method.name]
