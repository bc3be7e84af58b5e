"""Long inputs do not wait for many others: what is prepared and not yet embedded stays bounded by its cost."""

import threading

import numpy as np

from graft import extract
from graft.backbones.base import Backbone, Card
from graft.data.dataset import Dataset
from graft.extract.job import COST_WAITING
from graft.extract.workers import worker_count


class Long(Backbone):
    card = Card("long", "image", "here", "Apache-2.0", 1, 2)
    group = 64
    fingerprint = "long"

    def __init__(self):
        self.lock = threading.Lock()
        self.waiting = self.most = 0

    def prepare(self, item):
        with self.lock:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
        return item

    def cost(self, prepared):
        return COST_WAITING // 3

    def embed(self, batch):
        with self.lock:
            self.waiting -= len(batch)
        return np.array([[item[0, 0], 1] for item in batch], np.float32)


def test_few_long_inputs_wait_at_once():
    inputs = [np.full((2, 2), i, np.uint8) for i in range(60)]
    backbone = Long()
    found = extract.embed(Dataset(inputs, [str(i) for i in range(60)], "image"), backbone, show_progress=False)
    assert found.values[:, 0].tolist() == list(range(60))
    assert backbone.waiting == 0
    assert backbone.most <= 4 * worker_count(60)
