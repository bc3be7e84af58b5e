"""Killed and gone on with: the weights of the unbroken run, bit for bit; and what cannot be gone on with."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import killed
import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from train_nets import accuracy, equal, make_run, network, problem, weights

from graft.train import ArrayBatches, Recipe, Run, TrainError, classification_loss
from graft.train.checkpoint import read_checkpoint, write_checkpoint


def stripped(run: Run) -> list[dict[str, object]]:
    return [{key: value for key, value in line.items() if key != "seconds"} for line in run.history]


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Let torch sum in the order the killed processes sum in: that of one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def server() -> Iterator[subprocess.Popen[str]]:
    """Give a process that has torch already and forks a run for every place it is told."""
    paths = [str(Path(__file__).parent), *sys.path]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, killed.__file__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield process
        process.kill()


def kill_after(place: Path, steps: int, server: subprocess.Popen[str]) -> None:
    """Start the run in a process of its own and kill it during its batch number `steps`."""
    assert server.stdin is not None
    assert server.stdout is not None
    print(place, file=server.stdin, flush=True)
    number = int(server.stdout.readline())
    for _ in range(steps):
        assert server.stdout.readline() == "step\n"
    os.kill(number, signal.SIGKILL)
    while (line := server.stdout.readline()) == "step\n":
        pass
    assert line == f"ended {int(signal.SIGKILL)}\n"


@pytest.mark.usefixtures("one_thread")
def test_killed_at_ten_random_moments_it_ends_with_the_weights_of_the_unbroken_run(
    tmp_path: Path, server: subprocess.Popen[str]
) -> None:
    unbroken = killed.make(None).advance(3)
    middle = weights(unbroken.module)
    unbroken.advance(4)
    random = np.random.default_rng(0)
    for _ in range(10):
        kill_after(tmp_path, int(random.integers(1, 9)), server)
    again = killed.make(tmp_path).advance(3)
    assert equal(weights(again.module), middle)
    again.advance(4)
    assert equal(weights(again.module), weights(unbroken.module))
    assert stripped(again) == stripped(unbroken)
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(optimizer="sgd"),
        Recipe(optimizer="adam", precision="float16"),
        Recipe(average=0.9, accumulate=3),
        Recipe(patience=1),
    ],
    ids=["sgd", "float16", "average", "patience"],
)
@pytest.mark.parametrize("watched", [True, False], ids=["watched", "unwatched"])
def test_stopped_after_any_update_it_goes_on_bit_for_bit(recipe: Recipe, watched: bool, tmp_path: Path) -> None:
    watch = accuracy if watched else None
    unbroken = make_run(recipe, watch=watch).advance(3)
    for updates in range(13):
        left = iter([1e9] * updates + [0.0] * 99)
        place = tmp_path / str(updates)
        make_run(recipe, watch=watch, place=place, left=lambda left=left: next(left)).advance(3)
        again = make_run(recipe, watch=watch, place=place).advance(3)
        assert equal(weights(again.module), weights(unbroken.module))
        assert stripped(again) == stripped(unbroken)
        assert again.stopped == unbroken.stopped


def test_a_finished_cycle_is_read_and_the_next_goes_on_from_it(tmp_path: Path) -> None:
    first = make_run(Recipe(), place=tmp_path, watch=accuracy).advance(2).advance(3)

    def never(module: torch.nn.Module, batch: object) -> torch.Tensor:
        raise AssertionError("it trained again")

    batches = ArrayBatches(*problem(), size=16)
    again = Run(network(), never, batches, Recipe(), place=tmp_path, watch=accuracy).advance(2).advance(3)
    assert equal(weights(first.module), weights(again.module))
    assert (again.history, again.epochs_done, again.stopped) == (first.history, 5, "done")
    other = make_run(Recipe(), watch=accuracy).advance(2).advance(3).advance(1)
    more = make_run(Recipe(), place=tmp_path, watch=accuracy).advance(2).advance(3).advance(1)
    assert equal(weights(other.module), weights(more.module))


def test_a_cycle_that_goes_on_makes_later_ones_void(tmp_path: Path) -> None:
    left = iter([1e9] * 2 + [0.0] + [1e9] * 99)
    make_run(Recipe(), place=tmp_path, left=lambda: next(left)).advance(1).advance(1)
    assert (tmp_path / "cycle-2.safetensors").exists()
    make_run(Recipe(), place=tmp_path).advance(1)
    assert not (tmp_path / "cycle-2.safetensors").exists()


def test_a_checkpoint_of_other_settings_is_refused_and_left_alone(tmp_path: Path) -> None:
    make_run(Recipe(), place=tmp_path).advance(1)
    before = (tmp_path / "cycle-1.safetensors").read_bytes()
    with pytest.raises(TrainError, match=r"other rate \(0.001 there, 0.002 here\). Name another folder"):
        make_run(Recipe(rate=0.002), place=tmp_path).advance(1)
    with pytest.raises(TrainError, match=r"other epochs \(1 there, 2 here\)"):
        make_run(Recipe(), place=tmp_path).advance(2)
    with pytest.raises(TrainError, match="other batches"):
        make_run(Recipe(), place=tmp_path, size=10).advance(1)
    other = network()
    with torch.no_grad():
        other[0].weight += 1
    with pytest.raises(TrainError, match="other starting weights"):
        make_run(Recipe(), other, place=tmp_path).advance(1)
    x, y, w = problem()
    with pytest.raises(TrainError, match="other data"):
        Run(network(), classification_loss(), ArrayBatches(x, 1 - y, w, size=16), Recipe(), place=tmp_path).advance(1)
    assert (tmp_path / "cycle-1.safetensors").read_bytes() == before


def test_every_cut_and_every_changed_byte_of_a_checkpoint_is_noticed(tmp_path: Path) -> None:
    make_run(Recipe(), place=tmp_path).advance(1)
    path = tmp_path / "cycle-1.safetensors"
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    spoilt = [whole[:length] for length in (0, 5, len(whole) // 2, len(whole) - 1)]
    header = 8 + int.from_bytes(whole[:8], "little")
    places = random.integers(header, len(whole), 8)
    spoilt += [whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :] for place in places]
    for content in spoilt:
        path.write_bytes(content)
        with pytest.raises(TrainError, match=r"is damaged .*Remove it to train from the start"):
            make_run(Recipe(), place=tmp_path).advance(1)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    save_file({"x": torch.zeros(2)}, tmp_path / "cycle-1.safetensors")
    with pytest.raises(TrainError, match="no checkpoint of a training run"):
        make_run(Recipe(), place=tmp_path).advance(1)


def test_facts_that_do_not_fit_the_network_are_refused(tmp_path: Path) -> None:
    make_run(Recipe(), place=tmp_path).advance(1)
    path = tmp_path / "cycle-1.safetensors"
    tensors, facts = read_checkpoint(path)
    write_checkpoint(path, {name: tensor for name, tensor in tensors.items() if "0.weight" not in name}, facts)
    with pytest.raises(TrainError, match="does not fit this network"):
        make_run(Recipe(), place=tmp_path).advance(1)
    del facts["settings"]
    write_checkpoint(path, tensors, facts)
    with pytest.raises(TrainError, match="a run with other rate"):
        make_run(Recipe(), place=tmp_path).advance(1)


def test_a_place_that_cannot_be_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(TrainError, match="cannot be made for checkpoints"):
        make_run(Recipe(), place=tmp_path / "file")


def test_a_checkpoint_gives_back_what_was_written_whatever_the_layout(tmp_path: Path) -> None:
    random = torch.Generator().manual_seed(0)
    shared = torch.randn(2, 3, 4, 5, generator=random)
    tensors = {
        "a": shared,
        "b": shared.to(memory_format=torch.channels_last),
        "tied": shared,
        "count": torch.tensor(3),
        "none": torch.empty(0, 2),
        "half": shared.bfloat16(),
        "flag": shared > 0,
    }
    write_checkpoint(tmp_path / "c.safetensors", tensors, {"n": 0.1, "list": [1, None]})
    found, facts = read_checkpoint(tmp_path / "c.safetensors")
    assert equal(found, tensors)
    assert facts == {"n": 0.1, "list": [1, None]}


def test_the_seed_is_part_of_the_settings(tmp_path: Path) -> None:
    recipe = Recipe()
    make_run(recipe, place=tmp_path).advance(1)
    with pytest.raises(TrainError, match=r"other seed \(0 there, 4 here\)"):
        make_run(replace(recipe, seed=4), place=tmp_path).advance(1)
