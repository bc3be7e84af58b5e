"""The door: from folders to a backbone by name that adapts as it learned to, stopped and gone on with, refusals."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from small_worlds import tiny_backbone as small_backbone
from small_worlds import write_alphabets

import graft
from graft import backbones
from graft.errors import BackboneError, DataError, GraftError, ModelError
from graft.meta import train
from graft.meta.evaluate import meta_evaluate
from graft.meta.keeping import again, kept
from graft.meta.methods import METHODS
from graft.meta.train import meta_train


@pytest.fixture(autouse=True)
def few_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "BATCHES", 4)


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    backbones.save_backbone(small_backbone(), tmp_path / "tiny")
    return str(tmp_path / "tiny")


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    return write_alphabets(tmp_path / "drawings")


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_a_backbone_by_name_and_is_judged_by_its_own_way(
    method: str, tiny: str, drawings: Path, tmp_path: Path
) -> None:
    made = meta_train(drawings, out=tmp_path / "mine", ways=3, shots=2, queries=3, method=method, backbone=tiny,
                      held=["alphabet2"], turns=True, epochs=1, device="cpu")  # fmt: skip
    assert made.card.parent == "random/tiny"
    assert "3-way 2-shot tasks from 8 classes, turned too" in made.card.trained_on
    assert METHODS[method].paper in made.card.trained_on
    judged = meta_evaluate(str(tmp_path / "mine"), drawings, ways=3, shots=2, queries=4, classes=["alphabet2"],
                           episodes=20, device="cpu")  # fmt: skip
    assert judged.method == method
    assert judged.classes == 4
    assert judged.accuracy.low <= judged.accuracy.value <= judged.accuracy.high
    assert json.loads(json.dumps(judged.to_dict()))["episodes"] == 20
    assert not list(tmp_path.glob(".mine*"))


def test_what_a_learner_has_beside_its_network_comes_back(tiny: str, drawings: Path, tmp_path: Path) -> None:
    meta_train(drawings, out=tmp_path / "mine", ways=3, method="meta-sgd", backbone=tiny, epochs=1, device="cpu")
    loaded = backbones.load(str(tmp_path / "mine"), device="cpu")
    held = kept(tmp_path / "mine")
    assert held is not None
    learner, name = again(loaded, held, None, 3)
    assert name == "meta-sgd"
    own = {n: p for n, p in learner.named_parameters() if not n.startswith("tail.")}
    assert set(own) == set(held.state)
    assert all(torch.equal(p, held.state[n]) for n, p in own.items())
    assert not torch.allclose(own["learned.rate0"], torch.full_like(own["learned.rate0"], learner.inner))
    assert again(loaded, held, "protonet", 3)[1] == "protonet"
    assert again(loaded, None, None, 3)[1] == "protonet"
    (tmp_path / "mine" / "learner.json").write_text('{"method": "maml"}', encoding="utf-8")
    with pytest.raises(ModelError, match=r"learner\.json is damaged"):
        kept(tmp_path / "mine")


def test_the_last_part_alone_can_be_meta_trained(tiny: str, drawings: Path) -> None:
    made = meta_train(drawings, ways=3, backbone=tiny, parts=2, epochs=1, device="cpu")
    start = backbones.load(tiny, device="cpu")
    moved = {key for key, value in made.blueprint.state.items() if not torch.equal(value, start.blueprint.state[key])}
    assert moved
    assert all(key.startswith("blocks.1.") for key in moved)


def test_an_efficientnets_last_block_is_its_last_part(tiny_backbone: Path, drawings: Path) -> None:
    made = meta_train(drawings, ways=3, backbone=str(tiny_backbone), parts=1, epochs=1, device="cpu", method="maml")
    start = backbones.load(str(tiny_backbone), device="cpu")
    moved = {key for key, value in made.blueprint.state.items() if not torch.equal(value, start.blueprint.state[key])}
    stages = {int(key.split(".")[1]) for key in start.blueprint.state if key.startswith("blocks.")}
    assert moved
    assert {key.split(".")[0] for key in moved} <= {"blocks", "conv_head", "bn2"}
    assert {int(key.split(".")[1]) for key in moved if key.startswith("blocks.")} == {max(stages)}


def test_the_same_seed_gives_the_same_weights_and_other_verbs_take_them(
    tiny: str, drawings: Path, photos: Path, tmp_path: Path
) -> None:
    first = meta_train(drawings, out=tmp_path / "mine", ways=3, backbone=tiny, epochs=2, seed=4, device="cpu")
    second = meta_train(drawings, ways=3, backbone=tiny, epochs=2, seed=4, device="cpu")
    assert first.card.sha256 == second.card.sha256
    assert first.card.sha256 != meta_train(drawings, ways=3, backbone=tiny, epochs=2, seed=5, device="cpu").card.sha256
    model = graft.fit(photos / "train", backbone=str(tmp_path / "mine"), budget="5s", device="cpu")
    assert np.isfinite(model.scores.accuracy.value)


def test_refusals_come_before_any_work(tiny: str, drawings: Path, photos: Path, tmp_path: Path) -> None:
    with pytest.raises(GraftError, match=r"no meta-learner 'protonets'.*protonet"):
        meta_train(drawings, method="protonets", backbone=tiny)
    with pytest.raises(DataError, match="ask for fewer ways"):
        meta_train(drawings, ways=30, backbone=tiny, device="cpu")
    with pytest.raises(BackboneError, match="cut into 3 parts, so 7"):
        meta_train(drawings, backbone=tiny, parts=7, device="cpu")
    with pytest.raises(GraftError, match="leave out warp"):
        meta_train(drawings, backbone=tiny, parts=1, warp=True, device="cpu")
    meta_train(drawings, out=tmp_path / "mine", ways=2, backbone=tiny, epochs=1, warp=True, device="cpu")
    with pytest.raises(BackboneError, match="already holds a backbone; use --force"):
        meta_train(drawings, out=tmp_path / "mine", backbone=tiny)
    with pytest.raises(DataError, match="no class or folder of classes"):
        meta_evaluate(tiny, drawings, classes=["nowhere"], device="cpu")
    words = (["good", "bad", "fine", "poor"] * 3, ["yes", "no"] * 6)
    for reader in (tiny, "shape-matching"):
        with pytest.raises(DataError, match=r"holds texts, but .* reads images"):
            meta_evaluate(reader, words, ways=2, device="cpu")
    text = dataclasses.replace(graft.read(photos / "train"), targets=None, classes=())
    with pytest.raises(DataError, match="label for every sample"):
        meta_train(text, backbone=tiny)
