"""What a model refuses to predict, and why, from Python."""

from pathlib import Path

import pytest

import graft
from graft.errors import DataError
from graft.model.model import Model
from graft.model.verbs import gather

TEXTS = ["good film", "fine film", "good plot", "lovely", "bad film", "awful", "bad plot", "dull film"]


@pytest.fixture(scope="module")
def model() -> Model:
    return graft.fit((TEXTS, ["yes"] * 4 + ["no"] * 4), backbone="word-counts", cache=None)


def test_a_text_alone_is_taken_for_a_file(model: Model) -> None:
    with pytest.raises(DataError, match=r"no file 'good film'; texts themselves are given as a list"):
        model.predict("good film")
    assert model.predict(["good film"]).tolist() == ["yes"]


def test_nothing_that_can_be_read_is_an_error(model: Model) -> None:
    with pytest.raises(DataError, match="None of the 2 inputs can be used: item 0: The input is empty"):
        model.predictions(["", " "])
    assert len(model.predictions(["good", " "])) == 1


def test_word_counts_give_no_embedding(model: Model) -> None:
    with pytest.raises(DataError, match="word-counts counts words and gives no embedding"):
        model.embed(["good"])


def test_lines_of_standard_input_keep_their_numbers() -> None:
    found = gather(["-"], "text", ["good\r\n", "\n", "caf\udce9\n"])
    assert (found.names, found.inputs) == (["line 1", "line 3"], ["good", "caf\ufffd"])
    assert [skip.name for skip in found.skipped] == ["line 2"]
    assert gather(["-"], "image", ["a b.jpg\n", "\n"]) == [Path("a b.jpg")]
