"""BERT's masking: shares, specials, what is asked; and the head's formula."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from graft.errors import BackboneError
from graft.pretraining.covering import Covering, covering_of

WORDS = 50
SPECIAL = np.arange(WORDS) < 5
COVER = Covering(4, np.flatnonzero(~SPECIAL).astype(np.int32), SPECIAL)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(5, WORDS - 1), min_size=1, max_size=40), st.integers(0, 1000))
def test_only_ordinary_tokens_are_asked_and_the_rest_stays(words: list[int], seed: int) -> None:
    ids = np.array([1, *words, 2], np.int32)
    before = ids.copy()
    covered, there = COVER(ids, np.random.default_rng(seed))
    asked = there != -100
    assert asked.any()
    assert not asked[[0, -1]].any()
    assert np.array_equal(there[asked], ids[asked])
    assert np.array_equal(covered[~asked], ids[~asked])
    assert set(np.flatnonzero(SPECIAL[covered])) <= {0, len(ids) - 1} | set(np.flatnonzero(covered == 4))
    assert np.array_equal(ids, before)


def test_the_shares_are_bert_s() -> None:
    ids = np.random.default_rng(0).integers(5, WORDS, 40_000).astype(np.int32)
    covered, there = COVER(ids, np.random.default_rng(1))
    asked = there != -100
    assert abs(asked.mean() - 0.15) < 0.01
    assert abs((covered[asked] == 4).mean() - 0.8) < 0.02
    kept = (covered[asked] == ids[asked]).mean()
    assert abs(kept - 0.1 - 0.1 / 45) < 0.02


def test_a_text_of_special_tokens_asks_nothing() -> None:
    covered, there = COVER(np.array([1, 2], np.int32), np.random.default_rng(0))
    assert covered.tolist() == [1, 2]
    assert there.tolist() == [-100, -100]


def test_the_mask_and_the_specials_come_from_the_tokenizer() -> None:
    tokenizer = Tokenizer(WordLevel({"[PAD]": 0, "[CLS]": 1, "[MASK]": 2, "word": 3, "other": 4}, "[PAD]"))
    tokenizer.add_special_tokens(["[PAD]", "[CLS]", "[MASK]"])
    found = covering_of(tokenizer.to_str(), 5, "mine")
    assert found.mask == 2
    assert found.words.tolist() == [3, 4]
    bare = Tokenizer(WordLevel({"word": 0}, "word"))
    with pytest.raises(BackboneError, match="The tokenizer of mine has no mask token"):
        covering_of(bare.to_str(), 1, "mine")
