"""Tasks: their shapes, classes that do not meet, the same seed the same tasks, turned classes, refusals."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from small_worlds import random_pool, tiny_backbone, tiny_tail, write_alphabets

from graft.data.dataset import Dataset
from graft.errors import BackboneError, DataError
from graft.meta.episodes import Episodes, draw
from graft.meta.pool import pool_of
from graft.meta.shape import Shape
from graft.meta.source import hold_out, read_classes
from graft.meta.warped import Warped

POOL = random_pool()


@settings(max_examples=25, deadline=None)
@given(ways=st.integers(2, 8), shots=st.integers(1, 4), queries=st.integers(1, 5), seed=st.integers(0, 99))
def test_a_task_has_its_shape_and_no_sample_twice(ways: int, shots: int, queries: int, seed: int) -> None:
    support, asked = draw(POOL, Shape(ways, shots, queries), np.random.default_rng(seed))
    assert support.shape == (ways, shots)
    assert asked.shape == (ways, queries)
    everything = np.concatenate([support, asked], axis=1)
    assert len(np.unique(everything)) == everything.size
    codes = POOL.codes[everything]
    assert (codes == codes[:, :1]).all()
    assert len(np.unique(codes[:, 0])) == ways


def test_batches_hold_the_samples_of_their_classes_and_come_again_by_number() -> None:
    episodes = Episodes(POOL, Shape(3, 2, 4), tasks=5, batches=4, seed=7)
    first = list(episodes.epoch(2))
    assert len(first) == len(episodes) == 4
    support, y, queries, t = first[0]
    assert support.shape[:2] == (5, 6)
    assert queries.shape[:2] == (5, 12)
    assert y[0].tolist() == [0, 0, 1, 1, 2, 2]
    codes = {tuple(row.flatten().tolist()): code for row, code in zip(POOL.states[0], POOL.codes, strict=True)}
    for s, a, q, b in zip(support, y, queries, t, strict=True):
        known = {int(k): codes[tuple(x.flatten().tolist())] for x, k in zip(s, a, strict=True)}
        assert all(known[int(k)] == codes[tuple(x.flatten().tolist())] for x, k in zip(q, b, strict=True))
    again = list(Episodes(POOL, Shape(3, 2, 4), tasks=5, batches=4, seed=7).epoch_from(2, 3))
    assert all(torch.equal(one, other) for one, other in zip(first[3], again[0], strict=True))
    other = next(iter(episodes.epoch(3)))
    assert not torch.equal(first[0][0], other[0])


def test_tasks_too_large_are_refused_with_what_there_is() -> None:
    with pytest.raises(DataError, match="8 of 8 classes have 6 samples or more; ask for fewer ways"):
        draw(POOL, Shape(9, 1, 5), np.random.default_rng(0))
    with pytest.raises(DataError, match="0 of 8 classes have 10 samples"):
        Episodes(POOL, Shape(2, 5, 5))
    with pytest.raises(DataError, match="Tasks of 1 classes"):
        draw(POOL, Shape(1, 1, 1), np.random.default_rng(0))


def test_innermost_folders_are_classes_and_alphabets_can_be_held_out(tmp_path: Path) -> None:
    dataset = read_classes(write_alphabets(tmp_path / "all"))
    assert len(dataset.classes) == 12
    assert dataset.classes[0] == "alphabet0/character0"
    assert set(dataset.counts().values()) == {8}
    learn, held = hold_out(dataset, ["alphabet1", "alphabet2/character3"])
    assert len(held.classes) == 5
    assert not set(learn.classes) & set(held.classes)
    assert all(held.classes[code] in str(path) for code, path in zip(held.targets, held.inputs, strict=True))
    assert len(learn) + len(held) == len(dataset)
    assert len(dataset.classes) == 12


@settings(max_examples=20, deadline=None)
@given(share=st.floats(0.2, 0.8), seed=st.integers(0, 50))
def test_a_share_of_classes_is_held_out_disjoint_and_seeded(share: float, seed: int) -> None:
    targets = np.arange(40) % 10
    dataset = Dataset(list(range(40)), [str(i) for i in range(40)], "image", targets, tuple("abcdefghij"))
    learn, held = hold_out(dataset, share, seed)
    assert sorted([*learn.classes, *held.classes]) == list(dataset.classes)
    assert len(held.classes) == round(share * 10)
    assert held.classes == hold_out(dataset, share, seed)[1].classes
    assert len(hold_out(dataset, 0.2, seed, least=6)[1].classes) == 6
    assert all(
        dataset.classes[i % 10] == learn.classes[code] for i, code in zip(learn.inputs, learn.targets, strict=True)
    )


def test_what_cannot_be_held_out_is_said(tmp_path: Path) -> None:
    dataset = read_classes(write_alphabets(tmp_path / "all"))
    with pytest.raises(DataError, match="no class or folder of classes 'alphabet9'"):
        hold_out(dataset, ["alphabet9"])
    with pytest.raises(DataError, match="0 would be to learn on"):
        hold_out(dataset, ["alphabet0", "alphabet1", "alphabet2"])
    with pytest.raises(DataError, match="between 0 and 1"):
        hold_out(dataset, 1.5)
    with pytest.raises(DataError, match="label for every sample"):
        read_classes(dataclasses.replace(dataset, targets=None, classes=()))


def test_turned_classes_are_the_images_turned(tmp_path: Path) -> None:
    dataset, backbone, tail = read_classes(write_alphabets(tmp_path / "all")), tiny_backbone(), tiny_tail()
    plain, turned = pool_of(dataset, backbone, tail), pool_of(dataset, backbone, tail, turns=True)
    assert len(turned.members) == 4 * len(plain.members)
    count = len(dataset)
    for quarter in range(4):
        part = turned.states[0][quarter * count : (quarter + 1) * count]
        assert torch.equal(part, torch.rot90(plain.states[0], quarter, (1, 2)))
        assert (turned.codes[quarter * count : (quarter + 1) * count] == plain.codes + 12 * quarter).all()
    with pytest.raises(DataError, match="Only images can be turned"):
        pool_of(dataclasses.replace(dataset, modality="text"), backbone, tail, turns=True)


def test_a_tail_behind_a_front_that_ran_once_gives_the_same_embeddings() -> None:
    pixels = POOL.states[0][:5]
    whole, tail = tiny_tail(), tiny_tail(2)
    assert torch.allclose(whole(pixels), tail(*tail.front(pixels)), atol=1e-6)
    assert set(tail.moving()) < set(whole.moving())
    assert {name.split(".")[3] for name in tail.moving()} == {"1"}
    with pytest.raises(BackboneError, match="cut into 3 parts, so 4"):
        tiny_tail(4)


def test_warped_tasks_hold_other_pixels_of_the_same_classes_and_come_again() -> None:
    episodes = Episodes(POOL, Shape(3, 2, 4), tasks=2, batches=3)
    plain, warped = next(iter(episodes.epoch(1))), list(Warped(episodes, seed=5).epoch(1))
    assert len(warped) == 3
    assert all(torch.equal(plain[i], warped[0][i]) for i in (1, 3))
    for i in (0, 2):
        assert warped[0][i].shape == plain[i].shape
        assert warped[0][i].dtype == torch.uint8
        assert not torch.equal(plain[i], warped[0][i])
        near = torch.corrcoef(torch.stack([plain[i].float().flatten(), warped[0][i].float().flatten()]))[0, 1]
        assert near > 0.3
    again = next(iter(Warped(episodes, seed=5).epoch_from(1, 2)))
    assert all(torch.equal(one, other) for one, other in zip(again, warped[2], strict=True))
    assert Warped(episodes, seed=5).mark != Warped(episodes, seed=6).mark
