"""Word counts: the formula counted plainly, in any language, and nothing that could change between runs."""

import itertools
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graft.backbones import load
from graft.backbones.words import TOKEN
from graft.errors import DataError


def tokens(text: str) -> list[str]:
    return re.findall(TOKEN, text.lower())


@given(st.lists(st.text(st.sampled_from("abc dé.,!'漢 字\n-"), max_size=30), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_rows_count_words_and_neighbouring_pairs(texts):
    from sklearn.utils import murmurhash3_32

    backbone = load("word-counts")
    found = backbone.embed([backbone.prepare(text) for text in texts])
    assert found.shape == (len(texts), 2**20)
    assert found.dtype == np.float32
    for row, text in zip(found, texts, strict=True):
        words = tokens(backbone.prepare(text))
        grams = words + [f"{a} {b}" for a, b in itertools.pairwise(words)]
        expected = Counter(abs(int(murmurhash3_32(gram))) % 2**20 for gram in grams)
        assert dict(zip(row.indices.tolist(), row.data.tolist(), strict=True)) == dict(expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't PANIC, it's 3.5 (ok)!", ["don", "t", "panic", "it", "s", "3", "5", "ok", "!"]),
        ("हिन्दी में लिखा।", ["हिन्दी", "में", "लिखा"]),
        ("我爱北京。", ["我", "爱", "北", "京"]),
        ("ประเทศ", list("ประเทศ")),
        ("سلام، دنیا؟", ["سلام", "دنیا"]),
        ("Привет, мир — ещё раз", ["привет", "мир", "ещё", "раз"]),
        ("great 😀 film", ["great", "😀", "film"]),
        ("", []),
    ],
)
def test_words_are_found_in_any_script(text, words):
    assert tokens(text) == words


def test_it_has_no_weights_no_network_and_one_fingerprint():
    backbone = load("word-counts", device="auto", exact=True)
    assert backbone.card.parameters == 0
    assert backbone.fingerprint == load("word-counts").fingerprint
    assert len(backbone.fingerprint) == 32
    assert backbone.class_scores(np.zeros((1, 2))) is None
    with pytest.raises(DataError):
        backbone.prepare(3)
