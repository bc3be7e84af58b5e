"""Inputs to features, once per input: the one door to embedding a data set."""

from __future__ import annotations

from graft.backbones.base import Backbone
from graft.data.checks import check_skipped
from graft.data.dataset import Dataset, Skipped
from graft.errors import BackboneError
from graft.extract.cache import Cache
from graft.extract.counting import Counting
from graft.extract.features import Features
from graft.extract.job import Job
from graft.progress import progress


def embed(
    dataset: Dataset,
    backbone: Backbone,
    *,
    cache: Cache | None = None,
    show_progress: bool = True,
    max_skipped: float = 0.05,
) -> Features:
    """Give the features of every input that can be read, in the order of the dataset.

    An input whose content is in the cache is not decoded, and equal contents are embedded once. Inputs that cannot be
    read are listed in `skipped`; raises DataError when they are more than the share `max_skipped`, and BackboneError
    when the backbone is made for another kind of input. Ctrl-C keeps in the cache what was done.
    """
    if dataset.modality != backbone.card.modality:
        raise BackboneError(
            f"{backbone.card.name} reads inputs of the kind {backbone.card.modality!r}, and these are of the kind "
            f"{dataset.modality!r}; choose a backbone for {dataset.modality!r}."
        )
    with progress("Embedding", len(dataset) if show_progress else 0) as step:
        job = Counting(dataset, backbone, step) if backbone.cheap else Job(dataset, backbone, cache, step)
        job.run()
    skipped = tuple(Skipped(str(dataset.names[index]), job.reasons[index]) for index in sorted(job.reasons))
    check_skipped(skipped, len(dataset), max_skipped)
    good = job.compact()
    kept = dataset if len(good) == len(dataset) else dataset.take(good)
    return Features(job.values, kept, job.keys, backbone, skipped, job.embedded)
