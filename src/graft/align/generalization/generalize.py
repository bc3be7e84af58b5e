"""Generalize: a head for an unseen domain from several labelled ones."""

from __future__ import annotations

import numpy as np

from graft.align.aligned import Aligned
from graft.align.domains import Source, Target
from graft.align.placing import place_alone
from graft.errors import DataError, GraftError, did_you_mean

GENERALIZERS = ("erm", "group-dro", "vrex", "coral", "mixstyle", "swad")
STEPS = 600


def generalize(source: Source, method: str = "erm", seed: int = 0, steps: int = STEPS) -> Aligned:
    """Train relu(z A + a) B + b on (N, D) rows of two domains or more, z being placed by all of them together.

    At least `steps` updates of 32 rows of each domain. Raises GraftError for an unknown method, DataError for fewer
    than two domains.
    """
    if method not in GENERALIZERS:
        raise GraftError(f"There is no way {method!r} to generalize. {did_you_mean(method, GENERALIZERS)}")
    names = np.zeros(len(source)) if source.domain is None else source.domain
    domain = np.unique(names, return_inverse=True)[1].astype(np.int64)
    if domain.max() < 1:
        raise DataError("Generalizing needs samples of at least two domains; name them in a column or as folders.")
    from graft.align.bottleneck_module import network_head
    from graft.align.generalization.training import trained_on_domains

    Z, placing = place_alone(Target(source.X))
    scale = float(np.sqrt(Z.shape[1]))
    module = trained_on_domains(Z * scale, source, domain, method, seed, steps)
    head, empty = network_head(module, scale), np.empty((0, Z.shape[1]))
    return Aligned(method, placing, head, np.empty((0, source.count)), np.zeros(source.count), (Z, empty))
