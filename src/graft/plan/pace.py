"""How long training takes, before any: a few inputs through the network, timed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graft.backbones.base import Backbone
    from graft.data.dataset import Dataset

TIMED = 8
STEPS = 3.0  # a step, forwards and backwards, takes about three times a pass forwards


def seconds_an_epoch(backbone: Backbone, learn: Dataset, held: Dataset) -> float:
    """Give the seconds to expect of one epoch over `learn` and a look at `held`, from a pass over a few inputs."""
    import torch

    some = [backbone.prepare(learn.inputs[i]) for i in range(min(TIMED, len(learn)))]
    body = backbone.trainable()
    with torch.no_grad():
        body(*body.collate(some[:1]))
        start = time.monotonic()
        body(*body.collate(some))
    each = (time.monotonic() - start) / len(some)
    return each * (STEPS * len(learn) + len(held))
