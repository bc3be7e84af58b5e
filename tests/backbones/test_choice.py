"""The runtime is chosen by measurement, remembered, and can be asked for."""

import json

import numpy as np
import pytest

from graft.backbones import choice
from graft.backbones.choice import Engine, choose
from graft.backbones.home import cache_folder
from graft.errors import BackboneError


class Fake:
    """A runtime whose calls take as many ticks of a fake clock as it says."""

    name = "fake"
    numerics = "fake"

    def __init__(self, clock, ticks):
        self.clock, self.ticks = clock, ticks

    def __call__(self, *arrays):
        self.clock[0] += self.ticks
        return np.zeros((1, 1), np.float32)


@pytest.fixture
def world(monkeypatch):
    clock, built = [0.0], []
    monkeypatch.setattr(choice.time, "process_time", lambda: clock[0])

    def makers(**ticks):
        def make(name):
            def build():
                built.append(name)
                return Engine(Fake(clock, ticks[name]), 4, 1, ())

            return build

        return {name: make(name) for name in ticks}

    return makers, built


def test_the_faster_one_is_chosen_and_remembered(world):
    makers, built = world
    assert choose("print", "auto", makers(torch=3, openvino=2)).name == "openvino"
    assert built == ["torch", "openvino"]
    note = json.loads(next((cache_folder() / "runtimes").iterdir()).read_text())
    assert note == {"chosen": "openvino", "seconds_a_row": {"torch": 0.75, "openvino": 0.5}}
    built.clear()
    assert choose("print", "auto", makers(torch=1, openvino=2)).name == "openvino"
    assert built == ["openvino"]
    assert choose("another", "auto", makers(torch=1, openvino=2)).name == "torch"


def test_another_processor_measures_again(world, monkeypatch):
    makers, _ = world
    choose("print", "auto", makers(torch=1, openvino=2))
    monkeypatch.setattr(choice, "machine", lambda: "another")
    assert choose("print", "auto", makers(torch=2, openvino=1)).name == "openvino"


def test_a_wanted_one_is_built_alone_and_gives_way_where_it_is_not(world):
    makers, built = world
    assert choose("print", "torch", makers(torch=3, openvino=2)).name == "torch"
    assert built == ["torch"]
    assert choose("print", "openvino", makers(torch=3)).name == "torch"
    assert choose("print", "torch/8", makers(**{"torch/4": 1, "torch/8": 2})).name == "torch/8"
    assert choose("print", "torch", makers(**{"torch/4": 2, "torch/8": 1})).name == "torch/8"
    assert choose("print", "torch/64", makers(torch=1, openvino=2)).name == "torch"
    with pytest.raises(BackboneError, match=r"'opnvino' is no runtime. Did you mean .*openvino"):
        choose("print", "opnvino", makers(torch=3))


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"chosen": "gone"}', "\xff"])
def test_a_damaged_note_is_written_anew(world, damage):
    makers, _ = world
    choose("print", "auto", makers(torch=1, openvino=2))
    note = next((cache_folder() / "runtimes").iterdir())
    note.write_text(damage, encoding="latin-1")
    assert choose("print", "auto", makers(torch=2, openvino=1)).name == "openvino"
    assert json.loads(note.read_text())["chosen"] == "openvino"


def test_without_a_writable_cache_it_is_chosen_all_the_same(world, monkeypatch, tmp_path):
    makers, _ = world
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "file"))
    assert choose("print", "auto", makers(torch=2, openvino=1)).name == "openvino"
