"""A hub out of reach is told in one line, and the packaged backbones take its place."""

import pytest

import graft
from graft import backbones
from graft.backbones.base import Backbone
from graft.errors import HubError

TEXTS = ["good film", "good plot", "good cast", "bad film", "bad plot", "bad cast"]
LABELS = ["yes"] * 3 + ["no"] * 3


@pytest.fixture(autouse=True)
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    load = backbones.load

    def away(name: str, *, device: str = "auto", exact: bool = False) -> Backbone:
        if name.startswith("hf/"):
            raise HubError(f"The weights of {name} are not on this machine and the hub does not answer.")
        return load(name, device=device, exact=exact)

    monkeypatch.setattr(backbones, "load", away)


def test_what_was_used_instead_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backbones, "available", lambda modality: ["word-counts"])
    model = graft.fit((TEXTS, LABELS), backbone="hf/some/encoder")
    assert list(model.backbones) == ["word-counts"]
    notes = model.record["notes"]
    assert "The weights of hf/some/encoder are not on this machine and the hub does not answer." in notes
    assert "Used instead: word-counts." in notes


def test_with_nothing_to_use_instead_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backbones, "available", lambda modality: [])
    with pytest.raises(HubError, match="the hub does not answer"):
        graft.fit((TEXTS, LABELS), backbone="hf/some/encoder")
