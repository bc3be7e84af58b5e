"""States are computed once for all fine-tunings that share them."""

import gc
import weakref

import numpy as np
import pytest
import torch
from small_tasks import photos

import graft.finetune.sources as sources
from graft.finetune import Tuning
from graft.finetune.learner import Learner
from graft.finetune.states import States
from graft.finetune.strategies import STRATEGIES
from graft.finetune.work import Shared


@pytest.fixture
def seen(monkeypatch):
    """Note how many inputs go through the frozen parts."""
    counted: list[int] = []
    real = sources.run_prefix

    def counting(body, first, *states):
        counted.append(len(states[0]))
        return real(body, first, *states)

    monkeypatch.setattr(sources, "run_prefix", counting)
    return counted


def test_two_fine_tunings_of_overlapping_samples_run_the_frozen_parts_once(eye, seen):
    everyone, states = photos(24), States(photos(24).inputs)
    splits = [(np.arange(16), np.arange(16, 20)), (np.arange(4, 20), np.arange(0, 4)), (np.arange(24), np.arange(4))]
    outputs = []
    for learn, held in splits:
        how = STRATEGIES["last-blocks"]
        alone = Tuning(eye, everyone.take(learn), everyone.take(held), how, device="cpu")
        there = len(seen)
        expected = alone.advance(1)
        del seen[there:]
        together = Tuning(
            eye, everyone.take(learn), everyone.take(held), how, device="cpu", shared=Shared(states, learn, held)
        )
        outputs.append((together.advance(1), expected))
        together.finish()
    assert sum(seen) == 24
    for found, expected in outputs:
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    states.close()


def test_rows_are_given_in_the_order_and_as_often_as_they_are_named(eye):
    states, body = States(photos(6).inputs), eye.trainable()
    rows, some = np.array([4, 1, 1]), np.array([2, 0])
    for first in (0, 1, len(body.parts)):
        learner = Learner(body, eye.trainable(), first=first)
        everything = states.of(eye, learner, "cpu")
        picked = states.of(eye, learner, "cpu", rows)
        assert len(picked) == 3
        for a, b in zip(picked.states(some), everything.states(rows[some]), strict=True):
            assert a.tolist() == b.tolist()
    states.close()


def test_nothing_is_left_on_the_disk_afterwards(eye, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    states = States(photos(6).inputs)
    states.of(eye, Learner(eye.trainable(), eye.trainable(), first=1), "cpu")
    assert any(tmp_path.rglob("*.npy"))
    states.close()
    assert not list(tmp_path.iterdir())


def test_no_network_is_held(eye):
    states, body = States(photos(6).inputs), eye.trainable()
    gone = weakref.ref(body)
    for first in (0, 1):
        states.of(eye, Learner(body, torch.nn.Identity(), first=first), "cpu", np.array([0, 2]))
    del body
    gc.collect()
    assert gone() is None
    states.close()
