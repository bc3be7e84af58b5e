"""The methods there are, by name."""

from __future__ import annotations

from graft.align.aligned import Method
from graft.align.bottleneck import with_objective
from graft.align.clustering.centroids import centroids
from graft.align.clustering.confusion import minimum_confusion
from graft.align.clustering.information import information
from graft.align.clustering.nuclear import nuclear_norm
from graft.align.clustering.propagation import propagation
from graft.align.clustering.self_training import self_training
from graft.align.clustering.shot import shot
from graft.align.moving.components import transfer_components
from graft.align.moving.coral import coral
from graft.align.moving.flow import geodesic_flow
from graft.align.moving.joint_transport import joint_transport
from graft.align.moving.linear_transport import linear_transport
from graft.align.moving.standardize import standardize
from graft.align.moving.subspace import subspace
from graft.align.moving.transport import transport
from graft.align.partial import partial
from graft.align.shift.bbse import black_box_shift
from graft.align.shift.mlls import likelihood_shift
from graft.align.source_only import source_only
from graft.align.weighting.discriminative import discriminative
from graft.align.weighting.kliep import kliep
from graft.align.weighting.matching import kernel_mean_matching
from graft.errors import GraftError, did_you_mean

METHODS: dict[str, Method] = {
    "source-only": source_only,
    "standardize": standardize,
    "coral": coral,
    "subspace": subspace,
    "tca": transfer_components,
    "geodesic-flow": geodesic_flow,
    "linear-transport": linear_transport,
    "transport": transport,
    "joint-transport": joint_transport,
    "kernel-mean-matching": kernel_mean_matching,
    "kliep": kliep,
    "discriminative": discriminative,
    "black-box-shift": black_box_shift,
    "likelihood-shift": likelihood_shift,
    "centroids": centroids,
    "shot": shot,
    "propagation": propagation,
    "self-training": self_training,
    "minimum-confusion": minimum_confusion,
    "nuclear-norm": nuclear_norm,
    "information": information,
    "partial": partial,
} | {name: with_objective(name) for name in ("mmd", "jan", "deep-coral", "dann", "cdan", "mdd", "fixmatch")}


def method(name: str) -> Method:
    """Give a method by name; raises GraftError for a name there is not."""
    if name not in METHODS:
        raise GraftError(f"There is no adaptation method {name!r}. {did_you_mean(name, METHODS)}")
    return METHODS[name]
