"""How long training takes, before any: a few inputs through the network, timed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from graft.backbones.base import Backbone
    from graft.data.dataset import Dataset

TIMED = 8
STEPS = 3.0  # a step, forwards and backwards, takes about three times a pass forwards


def seconds_an_epoch(
    backbone: Backbone, learn: Dataset, held: Dataset, strategies: Sequence[str], device: str = "cpu"
) -> list[float]:
    """Give the seconds to expect, for each strategy, of its first epoch over `learn` and a look at `held`.

    They are told from passes over a few inputs, spread over the data. A processor runs them one by one, as texts of
    like length later share a batch; an accelerator together, as one by one most of it would be idle. Small images,
    which are trained on at less than the backbone's own size, take the less for it. Where only the last parts move the
    ones before run once, and forwards alone.
    """
    import torch

    from graft.finetune.moving import moving_share
    from graft.finetune.sizes import suited_size
    from graft.finetune.strategies import STRATEGIES

    some = [backbone.prepare(learn.inputs[int(i)]) for i in np.linspace(0, len(learn) - 1, TIMED)]
    body = backbone.trainable().to(device)
    batches = [[each] for each in some] if device == "cpu" else [some]

    def run(batch: list[Any]) -> None:
        body(*(tensor.to(device) for tensor in body.collate(batch)))[0, 0].item()  # waits for what runs beside

    with torch.no_grad():
        run(batches[0])
        start = time.monotonic()
        for batch in batches:
            run(batch)
    each_seconds, own = (time.monotonic() - start) / len(some), backbone.card.input_size
    if own and len(body.parts) > 1 and learn.modality == "image":
        each_seconds *= (suited_size(learn.inputs, own) / own) ** 2
    shares = [moving_share(body, STRATEGIES[name]) for name in strategies]
    return [each_seconds * ((1 - share + STEPS * share) * len(learn) + len(held)) for share in shares]
