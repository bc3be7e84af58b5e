"""How many epochs fit into a budget, so that the learning rate has come down when the time is over."""

from __future__ import annotations

import time
from itertools import islice

import torch

from graft.meta.learner import Learner
from graft.train.batches import Batches

TRIED, USED = 3, 0.85


def epochs_within(learner: Learner, batches: Batches, seconds: float, device: str) -> int:
    """Give the epochs that fit into 0.85 of the seconds, at least one, by the quickest of three batches.

    The learner's numbers are as before afterwards. A copy would not do: a Trainable's parts hold on to its network.
    """
    before = {name: held.detach().clone() for name, held in learner.state_dict().items()}
    mode, took = learner.training, []
    learner.to(device).train()
    for batch in islice(batches.epoch(0), TRIED):
        begun = time.perf_counter()
        with torch.enable_grad():
            torch.autograd.backward(learner.loss(tuple(tensor.to(device) for tensor in batch)))
        took.append(time.perf_counter() - begun)
    learner.zero_grad(set_to_none=True)
    learner.load_state_dict(before)
    learner.train(mode)
    return max(1, int(USED * seconds / (min(took) * len(batches))))
