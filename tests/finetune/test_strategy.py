"""Strategies as data: what may be said, how epochs fall to stages, and that the rows are sound."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graft.finetune import STRATEGIES, FinetuneError, Stage, Strategy
from graft.finetune.batches import AUGMENTS
from graft.finetune.holds import HOLDS
from graft.finetune.strategy import segments
from graft.train import Recipe

THREE = Strategy(
    "three", "", (Stage("head", 0.25), Stage("last", 0.25, depth=0.5), Stage("all", 0.5)), Recipe(epochs=8)
)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=6))
def test_epochs_fall_to_stages_the_same_way_however_they_are_asked_for(asked):
    walked, done = [], 0
    for epochs in asked:
        for stage, count in segments(THREE, done, epochs):
            walked += [stage.moves] * count
        done += epochs
    planned = ["head"] * 2 + ["last"] * 2 + ["all"] * max(4, done)
    assert walked == planned[:done]


def test_a_stage_too_short_for_an_epoch_is_left_out():
    gradual = STRATEGIES["gradual"]
    stages = [stage.moves for stage, _ in segments(Strategy("x", "", gradual.stages, Recipe(epochs=2)), 0, 5)]
    assert stages == ["last", "all"]
    assert segments(THREE, 0, 1) == [(THREE.stages[0], 1)]
    assert segments(THREE, 100, 3) == [(THREE.stages[2], 3)]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Stage("al"), "There is no moves 'al' in a strategy. Did you mean 'all'?"),
        (lambda: Stage("last", depth=0), "A stage's depth must be above 0 and at most 1, not 0"),
        (lambda: Stage(rate=-1), "A stage's rate must be above 0, not -1"),
        (lambda: Stage("low-rank"), "A stage has a rank above 0 where it moves low-rank matrices, and only there."),
        (lambda: Stage("all", rank=4), "A stage has a rank above 0"),
        (lambda: Strategy("x", "", (Stage(share=0.5),), Recipe()), "The shares of the stages of 'x' must add up to 1."),
        (lambda: Strategy("x", "", (Stage(),), Recipe(), head="fited"), "There is no head 'fited'.*'fitted'"),
        (lambda: Strategy("x", "", (Stage(),), Recipe(), loss="mse"), "There is no loss 'mse'"),
        (lambda: Strategy("x", "", (Stage(),), Recipe(), ending="sup"), "There is no ending 'sup'.*'soup'"),
    ],
)
def test_what_cannot_be_meant_is_refused(make, sentence):
    with pytest.raises(FinetuneError, match=sentence):
        make()


WISHED = """head-only full last-blocks lp-ft gradual layer-decay surgical bitfit norm-only lora l2-sp delta bss
co-tuning wise-ft soup classic contrastive"""


def test_every_row_is_named_after_its_place_and_uses_what_is_there():
    assert set(WISHED.split()) <= set(STRATEGIES)
    for name, strategy in STRATEGIES.items():
        assert strategy.name == name
        assert strategy.summary
        assert all(hold.name in HOLDS for hold in strategy.holds)
        assert all(change in AUGMENTS for change in strategy.view.augment)


def test_the_table_of_strategies_is_read_without_torch():
    code = "import graft.finetune.strategies, sys; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
