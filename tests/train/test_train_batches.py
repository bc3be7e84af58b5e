"""Batches: the same for the same epoch, whatever came before and however many threads."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from graft.errors import DataError
from graft.train import ArrayBatches, InputBatches, TrainError
from graft.train.augment import flip
from graft.train.batches import batches_from
from graft.train.order import orders, sorted_orders


def stacked(items: Sequence[Any]) -> tuple[Tensor, ...]:
    return (torch.tensor(np.stack(items)),)


def same(one: list[tuple[Tensor, ...]], other: list[tuple[Tensor, ...]]) -> bool:
    return len(one) == len(other) and all(
        len(a) == len(b) and all(torch.equal(x, y) for x, y in zip(a, b, strict=True))
        for a, b in zip(one, other, strict=True)
    )


def lazy(**options: Any) -> InputBatches:
    inputs = [np.full((2, 3), i, np.int64) for i in range(23)]
    return InputBatches(inputs, np.arange(23), np.linspace(0.5, 2, 23), lambda x: x * 10, stacked, 5, **options)


@given(count=st.integers(1, 200), size=st.integers(1, 50), seed=st.integers(0, 9), number=st.integers(0, 9))
def test_every_sample_is_in_one_of_batches_alike_in_size(count: int, size: int, seed: int, number: int) -> None:
    for parts in (orders(count, size, seed, number), sorted_orders(np.arange(count) % 7.0, size, seed, number)):
        assert sorted(np.concatenate(parts).tolist()) == list(range(count))
        lengths = [len(part) for part in parts]
        assert max(lengths) <= size
        assert max(lengths) - min(lengths) <= 1
        assert len(parts) == -(-count // size)


def test_batches_by_cost_hold_like_costs_and_change_with_the_epoch() -> None:
    costs = np.random.default_rng(0).integers(1, 100, 320).astype(float)
    parts = sorted_orders(costs, 10, 0, 0)
    spread = np.mean([np.ptp(costs[part]) for part in parts])
    assert spread < 0.2 * np.mean([np.ptp(costs[part]) for part in orders(320, 10, 0, 0)])
    assert [p.tolist() for p in parts] != [p.tolist() for p in sorted_orders(costs, 10, 0, 1)]


def test_batches_of_arrays_are_their_rows_and_start_anywhere() -> None:
    x = torch.arange(23)
    batches = ArrayBatches(x, x * 2, size=5, seed=1)
    first, again = list(batches.epoch(4)), list(batches.epoch(4))
    assert same(first, again)
    assert not same(first, list(batches.epoch(5)))
    assert all(torch.equal(a * 2, b) for a, b in first)
    assert sorted(torch.cat([a for a, _ in first]).tolist()) == list(range(23))
    assert len(batches) == len(first) == 5
    assert same(list(batches_from(batches, 4, 3)), first[3:])


def test_batches_of_inputs_are_prepared_put_together_and_aligned() -> None:
    for x, y, w in lazy().epoch(0):
        assert torch.equal(x, (y * 10)[:, None, None].expand(-1, 2, 3))
        assert torch.equal(w, torch.from_numpy(np.linspace(0.5, 2, 23).astype(np.float32))[y])
    assert {tensor.dtype for batch in lazy().epoch(0) for tensor in batch[1:]} == {torch.int64, torch.float32}


def test_random_changes_depend_on_seed_epoch_and_sample_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def noisy(item: Any, random: np.random.Generator) -> Any:
        time.sleep(random.random() / 2000)
        return item + random.integers(1000, size=item.shape)

    def mix(batch: tuple[Tensor, ...], random: np.random.Generator) -> tuple[Tensor, ...]:
        return (batch[0] + int(random.integers(1000)), *batch[1:])

    expected = list(lazy(augment=noisy, mix=mix).epoch(3))
    batches = lazy(augment=noisy, mix=mix)
    next(batches.epoch(2))
    monkeypatch.setattr("graft.train.inputs.usable_cores", lambda: 1)
    assert same(list(batches.epoch(3)), expected)
    assert same(list(batches_from(batches, 3, 2)), expected[2:])
    assert not same(list(batches.epoch(4)), expected)
    assert not same(list(lazy(augment=noisy, mix=mix, seed=1).epoch(3)), expected)


def test_with_costs_inputs_are_prepared_once() -> None:
    calls: list[int] = []
    texts = [np.arange(n) for n in (3, 1, 4, 1, 5, 9, 2, 6)]

    def prepare(item: Any) -> Any:
        calls.append(1)
        return item

    def padded(items: Sequence[Any]) -> tuple[Tensor, ...]:
        return (torch.tensor([len(item) for item in items]),)

    batches = InputBatches(texts, np.zeros(8), None, prepare, padded, 2, cost=len)
    lengths = [sorted(batch[0].tolist()) for number in range(3) for batch in batches.epoch(number)]
    assert len(calls) == 8
    assert sorted(lengths[:4]) == [[1, 1], [2, 3], [4, 5], [6, 9]]


def test_an_epoch_left_early_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    stream = lazy().epoch(0)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_the_error_of_an_input_is_passed_on() -> None:
    def prepare(item: Any) -> Any:
        raise DataError("ant.jpg is cut short.")

    batches = InputBatches([1, 2], np.zeros(2), None, prepare, stacked, 1)
    with pytest.raises(DataError, match=r"ant\.jpg is cut short"):
        list(batches.epoch(0))


def test_nothing_handed_over_is_changed() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    before, targets, weight = image.copy(), np.zeros(1), np.ones(1)
    batch = next(InputBatches([image], targets, weight, lambda x: x, stacked, 1, augment=flip(1.0)).epoch(0))
    for tensor in batch:
        tensor.fill_(9)
    assert np.array_equal(image, before)
    assert targets[0] == 0
    assert weight[0] == 1


def test_batches_that_cannot_be_are_refused() -> None:
    with pytest.raises(TrainError, match="Batches of 0 from 2 samples"):
        ArrayBatches(torch.zeros(2), size=0)
    with pytest.raises(TrainError, match="Batches of 4 from 0 samples"):
        ArrayBatches(torch.zeros(0), size=4)
    with pytest.raises(TrainError, match=r"equally long, not \[2, 3\]"):
        ArrayBatches(torch.zeros(2), torch.zeros(3))
    with pytest.raises(TrainError, match="at least one array"):
        ArrayBatches()
    with pytest.raises(TrainError, match="2 inputs, 3 targets and 2 weights"):
        InputBatches([1, 2], np.zeros(3), None, lambda x: x, stacked, 1)
    with pytest.raises(TrainError, match="not of type <U3"):
        InputBatches([1], np.array(["ant"]), None, lambda x: x, stacked, 1)


def test_batches_know_what_they_are_of() -> None:
    x = torch.arange(6)
    assert ArrayBatches(x, size=2).mark == ArrayBatches(x.clone(), size=2).mark
    marks = {ArrayBatches(x, size=2).mark, ArrayBatches(x + 1, size=2).mark, ArrayBatches(x, size=2, seed=1).mark}
    assert len(marks) == 3
    assert lazy().mark == lazy().mark != lazy(seed=1).mark
