"""A Model adapted on features: what is kept, how it is saved, and what its record says."""

import dataclasses
import json

import numpy as np
import pytest

import graft
from graft.align.head import AlignedHead
from graft.align.members import by_view
from graft.align.source_free.shifted import Shifted, share_bias
from graft.backbones.base import Backbone, Card
from graft.data.dataset import Dataset
from graft.errors import DataError, ModelError
from graft.evaluation.operating import OperatingPoint
from graft.extract.features import Features
from graft.extract.views import View
from graft.heads import make
from graft.heads.tfidf_logistic import TfidfLogistic
from graft.model.adapted_views import groups_of, shown_to_adapt, witnesses_of
from graft.model.adapting import with_source
from graft.model.lineage import foremost, lineage
from graft.model.member import Member, combine, softmax
from graft.model.model import Model
from graft.model.shifting import by_lineage, shifted
from graft.model.source_free import without_source

CLASSES = ("a", "b", "c")


class Numbers(Backbone):
    """A backbone of which only the card is asked."""

    def __init__(self, name: str, modality: str = "image") -> None:
        self.card = Card(name, modality, "test", "test", 10, 60)

    @property
    def fingerprint(self) -> str:
        return self.card.name

    def prepare(self, item):
        return item

    def embed(self, batch):
        raise AssertionError("the features are here already")


def features(name: str, values, targets=None) -> Features:
    count = len(values)
    classes = CLASSES[: int(targets.max()) + 1] if targets is not None else ()
    dataset = Dataset(list(range(count)), [str(i) for i in range(count)], "image", targets, classes, source="place")
    return Features(values, dataset, np.zeros((count, 16), np.uint8), Numbers(name))


def world(seed: int = 5, spread: float = 0.6):
    """Give source and target features by backbone, and the labels of both; the target is moved."""
    draw = np.random.default_rng(seed)
    means = 3 * np.eye(3, 60)
    y, yt = np.repeat([0, 1, 2], 20), np.repeat([0, 1, 2], [20, 15, 10])
    S = means[y] + spread * draw.standard_normal((60, 60))
    T = means[yt] + spread * draw.standard_normal((45, 60)) + np.linspace(0, 3, 60)[::-1]
    T += 2.7 * np.eye(60)[0] - np.eye(60)[1]  # some rows look like the first class
    turn = np.linalg.qr(draw.standard_normal((60, 60)))[0]
    learn = {"one": features("one", S, y), "two": features("two", S @ turn, y)}
    return learn, {"one": features("one", T), "two": features("two", T @ turn)}, y, yt


def model_of(learn, y, record=None) -> Model:
    members = tuple(Member(n, View(), make("logistic", penalty=0.1).fit(f.values, y), 0.5) for n, f in learn.items())
    backbones = {name: f.backbone for name, f in learn.items()}
    return Model(members, backbones, "classification", "image", CLASSES, 1.5, record=record or {})


def test_with_the_source_the_members_are_those_of_the_adaptation() -> None:
    learn, target, y, yt = world()
    model = model_of(learn, y)
    before = model.answer(target)
    made, told = with_source(model, model.backbones, learn, target)
    assert told["adapted"], told["notes"]
    after = made.answer(target)
    assert (after.argmax(axis=1) == yt).mean() > (before.argmax(axis=1) == yt).mean()
    logs = [(m.backbone, np.log(m.head.predict_proba(target[m.backbone].values))) for m in made.members]
    np.testing.assert_allclose(after, np.exp(by_view(logs)), atol=1e-9)
    assert sum(member.weight for member in made.members) == pytest.approx(1)
    assert told["changed"] == (before.argmax(axis=1) != after.argmax(axis=1)).sum()
    assert told["members"] == ["one · embedding · information", "one · embedding · shot",
                               "two · embedding · information", "two · embedding · shot"]  # fmt: skip
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert np.array_equal(model.answer(target), before), "the model handed in stays as it was"


def test_without_the_source_the_record_says_whether_classes_are_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    learn, target, y, yt = world()
    _, told = without_source(model_of(learn, y, {"groups": groups_of(learn)}), target)
    assert not told["adapted"]
    assert told["evidence"]["spread"] > 1.05  # rows drawn to a class look as if there were more of it
    monkeypatch.setattr("graft.align.evidence.WIDEST", 1.5)
    groups = groups_of(learn)
    assert set(groups) == {"one · embedding", "two · embedding"}
    model = model_of(learn, y, {"groups": groups})
    made, told = without_source(model, target)
    assert (told["adapted"], told["source_free"]) == (True, True)
    assert told["evidence"]["grouped"] == np.mean(list(groups.values()))
    assert (made.answer(target).argmax(axis=1) == yt).mean() == 1
    loose = model_of(learn, y, {"groups": dict.fromkeys(groups, 0.5)})
    same, told = without_source(loose, target)
    assert same is loose
    assert told["verdict"].startswith("Kept the source-only model: there is not enough evidence")


def test_class_shares_shift_the_backbone_that_the_other_disagrees_with() -> None:
    draw = np.random.default_rng(0)
    y = np.repeat([0, 1], 300)
    clean = np.stack([y == 0, y == 1], axis=1) * 1.0
    values = [np.pad(clean + 0.7 * draw.standard_normal((600, 2)), ((0, 0), (0, 58))) for _ in range(4)]
    learn = {n: features(n, v, y) for n, v in zip(("one", "two"), values[:2], strict=True)}
    moved = values[2] + np.eye(1, 60, 0) * 1.2  # every row looks more like the first class
    target = {"one": features("one", moved), "two": features("two", values[3])}
    model = dataclasses.replace(
        model_of(learn, y), classes=("a", "b"), record={"data": {"counts": {"a": 300, "b": 300}}}
    )
    made, told = without_source(model, target)
    assert told["adapted"], told["notes"]
    assert told["members"] == ["one · embedding · class-shares"]
    assert isinstance(made.members[0].head, AlignedHead)
    assert made.members[1] is model.members[1]
    own = np.log(model.members[0].head.predict_proba(moved))
    bias = share_bias(own, np.array([0.5, 0.5]))
    expected = own + bias - np.logaddexp.reduce(own + bias, axis=1)[:, None]
    other = np.log(model.members[1].head.predict_proba(values[3]))
    np.testing.assert_allclose(made.answer(target), softmax(0.5 * expected + 0.5 * other, 1.5), atol=1e-9)
    uneven = dataclasses.replace(model, record={"data": {"counts": {"a": 300, "b": 100}}})
    assert shifted(uneven, target, {"a": 300, "b": 100})[0] is uneven, "no share is known to hold"


def test_beside_moved_weights_the_views_of_the_model_teach_each_other_on_the_target() -> None:
    draw = np.random.default_rng(0)
    y = np.repeat([0, 1], 300)
    clean = np.stack([y == 0, y == 1], axis=1) * 1.0

    def rows(there: float) -> np.ndarray:
        """Give a little of the class in two numbers, and in the target much of it in two others."""
        known, new = (clean * size + 0.8 * draw.standard_normal((600, 2)) for size in (1.0, 4.0 * there))
        return np.hstack([known, new, np.zeros((600, 56))])

    names = ("one", "two", "two+lp-ft")
    learn = {n: features(n, rows(0), y) for n in names}
    target = {n: features(n, rows(1)) for n in names}
    model = dataclasses.replace(
        model_of(learn, y), classes=("a", "b"), record={"data": {"counts": {"a": 300, "b": 300}}}
    )
    frozen = {n: learn[n] for n in names[:2]}
    made, told = with_source(model, {n: learn[n].backbone for n in names[:2]}, frozen, target)
    assert told["adapted"], told["notes"]
    assert told["members"] == ["one · embedding · co-training", "two+lp-ft · embedding · co-training"]
    assert set(made.backbones) == {"one", "two+lp-ft"}, "moved weights stand for those they were moved from"
    before, after = ((m.answer(target).argmax(axis=1) == y).mean() for m in (model, made))
    assert before < 0.98 < 0.99 < after
    assert (told["source_free"], told["samples"]) == (False, 600)


def test_models_of_amounts_and_lone_inputs_are_refused() -> None:
    learn, target, y, _ = world()
    model = model_of(learn, y)
    with pytest.raises(DataError, match="this model predicts amounts"):
        without_source(dataclasses.replace(model, task="regression"), target)
    few = {name: f.take([0, 1]) for name, f in target.items()}
    with pytest.raises(DataError, match="place has 2 inputs that can be read: give at least 3"):
        with_source(model, model.backbones, learn, few)


def test_a_class_without_samples_keeps_the_model() -> None:
    learn, target, y, _ = world()
    model = model_of(learn, y)
    short = {n: features(n, f.values[y < 2], y[y < 2]) for n, f in learn.items()}
    short = {
        n: dataclasses.replace(f, dataset=dataclasses.replace(f.dataset, classes=CLASSES)) for n, f in short.items()
    }
    same, told = with_source(model, model.backbones, short, target)
    assert same is model
    assert "no sample of the class 'c'" in told["verdict"]


def test_texts_are_adapted_by_their_stages() -> None:
    text = Numbers("words", "text")
    text.stages = 20
    found = Features(np.zeros((3, 80)), Dataset(["x"] * 3, ["x"] * 3, "text"), np.zeros((3, 16), np.uint8), text)
    assert shown_to_adapt({"words": found}) == {"words · stages": ("words", View("stages"))}


def test_the_arithmetic_pool_is_the_mean_of_probabilities() -> None:
    learn, target, y, _ = world()
    model = model_of(learn, y)
    parts = [m.head.predict_proba(target[m.backbone].values) for m in model.members]
    np.testing.assert_allclose(np.exp(combine(model.members, target, "arithmetic")), np.mean(parts, axis=0))
    geometric = np.exp(combine(model.members, target))
    np.testing.assert_allclose(geometric, np.sqrt(parts[0] * parts[1]))


def test_a_model_with_a_threshold_stays_as_it_is() -> None:
    learn, target, y, _ = world()
    point = OperatingPoint(0, 0.3, 0.9)
    model = dataclasses.replace(model_of(learn, y), operating=point)
    for same, told in (with_source(model, model.backbones, learn, target), without_source(model, target)):
        assert same is model
        assert "its threshold was chosen for the probabilities it gives" in told["verdict"]


def test_an_adapted_model_is_saved_and_loaded_bit_for_bit(tmp_path) -> None:
    texts = [f"{a} {b}" for a in ("good", "fine", "bad", "dull") for b in ("film", "plot", "cast", "book")]
    model = graft.fit((texts, ["yes"] * 8 + ["no"] * 8), backbone="word-counts")
    (member,) = model.members
    assert isinstance(member.head, TfidfLogistic)
    bent = AlignedHead.of(Shifted(member.head, np.array([0.7, -0.7]), np.empty((0, 2))))
    members = (dataclasses.replace(member, head=bent, weight=0.5), dataclasses.replace(member, weight=0.5))
    made = dataclasses.replace(model, members=members, pool="arithmetic")
    made.save(tmp_path / "saved")
    again = graft.load(tmp_path / "saved")
    before = made.predict_proba(texts)
    assert np.array_equal(again.predict_proba(texts), before)
    assert not np.array_equal(before, model.predict_proba(texts))
    assert (again.pool, [m.head.name for m in again.members]) == ("arithmetic", ["aligned", "tfidf-logistic"])
    described = json.loads((tmp_path / "saved" / "model.json").read_text(encoding="utf-8"))
    (tmp_path / "saved" / "model.json").write_text(json.dumps(described | {"pool": "harmonic"}), encoding="utf-8")
    with pytest.raises(ModelError, match="'harmonic' is no way to pool members"):
        graft.load(tmp_path / "saved")


def test_without_time_the_model_stays_and_says_so() -> None:
    learn, target, y, _ = world()
    model = model_of(learn, y)
    same, told = with_source(model, model.backbones, learn, target, left=lambda: 0.0)
    assert same is model
    assert told["verdict"].startswith("Kept the source-only model: there was no time left to adapt")
    assert not told["adapted"]


def test_the_other_view_of_a_backbone_bears_witness() -> None:
    text, photo, plain = Numbers("words", "text"), Numbers("photo"), Numbers("plain")
    text.stages = photo.stages = 20
    found = {}
    for backbone in (text, photo, plain):
        dataset = Dataset([b"x"] * 3, ["x"] * 3, backbone.card.modality)
        width = 60 + backbone.stages
        found[backbone.card.name] = Features(np.zeros((3, width)), dataset, np.zeros((3, 16), np.uint8), backbone)
    assert witnesses_of(shown_to_adapt(found), found) == {
        "words · embedding": ("words", View()),
        "photo · stages": ("photo", View("stages")),
    }


def test_what_views_dispute_is_settled_by_the_witness() -> None:
    draw, count, classes = np.random.default_rng(0), 50, 5
    y, yt = np.repeat(np.arange(classes), count), np.repeat(np.arange(classes), [60, 50, 50, 50, 40])

    def both(labels, offset):
        sides = []
        for seed, width in ((1, 60), (2, 24)):
            means = 4 * np.linalg.qr(np.random.default_rng(seed).standard_normal((width, classes)))[0].T
            sides.append(means[labels] + 0.45 * draw.standard_normal((len(labels), width)) + offset * means[seed])
        return np.concatenate(sides, axis=1).astype(np.float32)

    backbone = Numbers("one")
    backbone.stages = 24

    def shown(values, targets):
        dataset = Dataset(list(range(len(values))), list(map(str, range(len(values)))), "image", targets,
                          tuple("abcde") if targets is not None else (), source="place")  # fmt: skip
        return {"one": Features(values, dataset, np.zeros((len(values), 16), np.uint8), backbone)}

    learn, target = shown(both(y, 0.0), y), shown(both(yt, 2.0), None)
    head = make("logistic", penalty=0.1).fit(View().of(learn["one"]), y)
    model = Model((Member("one", View(), head, 1.0),), {"one": backbone}, "classification", "image", tuple("abcde"))
    made, told = with_source(model, model.backbones, learn, target)
    assert told["adapted"], told["notes"]
    assert (made.answer(target).argmax(axis=1) == yt).mean() > 0.95
    assert {str(member.view) for member in made.members} == {"embedding", "stages"}
    assert told["evidence"]["alike"] < 0.6
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_moved_weights_are_of_the_lineage_they_began_from() -> None:
    assert (lineage("lite0"), lineage("lite0+lp-ft"), lineage("mine+full+shot")) == ("lite0", "lite0", "mine")
    assert foremost(["a", "a+full", "b", "c+bitfit", "c"]) == {"a+full", "b", "c+bitfit"}
    learn, target, y, _ = world()
    learn["one+full"], target["one+full"] = (
        dataclasses.replace(part["two"], backbone=Numbers("one+full")) for part in (learn, target)
    )
    model = model_of(learn, y)
    found = by_lineage(model, target)
    assert set(found) == {"one", "two"}
    logs = [np.log(m.head.predict_proba(target[m.backbone].values)) for m in model.members if m.backbone != "two"]
    mean = np.mean(logs, axis=0)
    np.testing.assert_allclose(found["one"], mean - np.logaddexp.reduce(mean, axis=1)[:, None], atol=1e-9)
