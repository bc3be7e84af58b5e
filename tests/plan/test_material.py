"""What is learned from, what is scored on, and what is noted when the two share samples."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from tiny import write_photos

import graft
from graft.data.dataset import Dataset, Part
from graft.errors import DataError
from graft.extract.cache import Cache
from graft.plan import material
from graft.plan.parts import divide
from graft.plan.subsets import stratified_order


def dataset(*parts: Part, labelled: bool = True) -> Dataset:
    names = [f"{part} {i}" for part in parts for i in range(2)]
    targets = np.arange(len(names)) % 2 if labelled else None
    placed = np.array([name.split()[0] for name in names]) if parts[0] != "none" else None  # type: ignore[comparison-overlap]
    return Dataset(names, names, "text", targets, ("a", "b") if labelled else (), parts=placed, source="place")


@pytest.mark.parametrize(
    ("parts", "given", "learn", "test", "official"),
    [
        (("none",), False, ["none"], None, False),
        (("none",), True, ["none"], ["given"], False),
        (("train",), False, ["train"], None, False),
        (("train", "test"), False, ["train"], ["test"], False),
        (("train", "test"), True, ["train"], ["given"], False),
        (("train", "validation"), False, ["train"], ["validation"], False),
        (("train", "validation"), True, ["train", "validation"], ["given"], True),
        (("train", "validation", "test"), False, ["train", "validation"], ["test"], True),
        (("test",), True, ["test"], ["given"], False),
    ],
)
def test_divide(parts: tuple[Part, ...], given: bool, learn: list[str], test: list[str] | None, official: bool) -> None:
    other = Dataset(["given 0"], ["given 0"], "text", np.array([0]), ("a", "b"), source="other") if given else None
    if parts == ("test",):
        with pytest.raises(DataError, match="place has a test part only"):
            divide(dataset(*parts), other)
        return
    found = divide(dataset(*parts), other)
    assert sorted({name.split()[0] for name in found.learn.names}) == learn
    assert (found.test and sorted({name.split()[0] for name in found.test.names})) == test
    assert found.official is official
    assert bool(found.notes) is ("validation" in parts)


def test_without_labels_there_is_nothing_to_learn() -> None:
    with pytest.raises(DataError, match="place has no labels"):
        divide(dataset("train", labelled=False), None)


def test_shared_samples_are_left_out_of_the_test_and_noted(photos: Path, tiny_backbone: Path) -> None:
    shutil.copy(photos / "train" / "red" / "0.png", photos / "test" / "red" / "copy.png")
    model = graft.fit(photos, backbone=str(tiny_backbone), head="lda")
    assert model.scores is not None
    assert model.scores.n == 6
    (note,) = [note for note in model.record["notes"] if "byte for byte" in note]
    assert note.startswith("1 of 7 test samples is")
    assert "test/red/copy.png" in note
    assert note.endswith("They are left out.")


def test_the_official_validation_part_makes_the_choice(photos: Path, tiny_backbone: Path) -> None:
    write_photos(photos / "val", 4, seed=5)
    model = graft.fit(photos, backbone=str(tiny_backbone), head=["lda", "nearest-mean"])
    assert model.scores is not None
    assert (model.scores.source, model.scores.n) == ("test set", 6)
    assert model.record["data"]["samples"] == 24
    assert [note for note in model.record["notes"] if "Choices are made on the validation part" in note]
    lda = next(trial for trial in model.record["trials"] if trial["name"].endswith("lda"))
    assert lda["accuracy"] in {i / 8 for i in range(9)}, "scored on the eight validation photos alone"


def test_a_backbone_that_would_take_too_long_is_left_out(
    photos: Path, tiny_backbone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = shutil.copytree(tiny_backbone, tmp_path / "second")
    monkeypatch.setattr("graft.plan.material._estimate", lambda m, *_: 1e6 if m.learn else 0.0)
    model = graft.fit(photos, backbone=[str(tiny_backbone), str(second)], head="lda")
    assert [note for note in model.record["notes"] if "second was left out: embedding would take" in note]
    assert {trial["name"].split(" · ")[0] for trial in model.record["trials"]} == {str(tiny_backbone)}


def test_a_validation_photo_that_is_also_in_training_judges_nothing(photos: Path, tiny_backbone: Path) -> None:
    write_photos(photos / "val", 4, seed=5)
    shutil.copy(photos / "train" / "red" / "0.png", photos / "val" / "red" / "copy.png")
    model = graft.fit(photos, backbone=str(tiny_backbone), head="lda")
    (lda,) = (trial for trial in model.record["trials"] if trial["name"].endswith("lda"))
    assert model.record["data"]["samples"] == 25
    assert lda["accuracy"] in {i / 8 for i in range(9)}, "the copy is not among the eight photos that judge"


def test_what_there_is_no_time_to_embed_is_left_out_in_every_class(
    tmp_path: Path, tiny_backbone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = write_photos(tmp_path / "many" / "train", 100).parent
    monkeypatch.setattr("graft.plan.material._estimate", lambda m, b, c, allowed: 2 * allowed)
    model = graft.fit(photos, backbone=str(tiny_backbone), head="lda")
    assert model.record["data"]["counts"] == {"green": 50, "red": 50}
    (note,) = (note for note in model.record["notes"] if "has time to embed" in note)
    assert note.startswith("The budget has time to embed 100 of the 200 samples to learn from, taken at random")


def test_speed_is_probed_on_others_than_the_ranking_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = [f"text {i}" for i in range(1000)]
    whole = Dataset(inputs, inputs, "text", np.arange(1000) % 2, ("a", "b"))
    kept = set(whole.take(stratified_order(np.arange(1000) % 2, 0)[:300]).inputs)
    asked: list[str] = []

    def probe(dataset: Dataset, *_: object) -> SimpleNamespace:
        asked.extend(dataset.inputs)
        return SimpleNamespace(embedded=sum(text not in kept for text in dataset.inputs))

    monkeypatch.setattr(material, "_probe", probe)
    large = SimpleNamespace(card=SimpleNamespace(parameters=10**9))
    begun = material.Material(divide(whole, None), Cache(Path("unused")))
    assert material._estimate(begun, large, begun.cache, 5.0) > 0  # type: ignore[arg-type]
    assert len(asked) == len(set(asked)) == material.PROBE
    assert 0.5 < sum(text not in kept for text in asked) / len(asked) < 0.9, "as many are kept as of all"
