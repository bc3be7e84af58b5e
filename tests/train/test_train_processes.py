"""Two processes give what one gives."""

import json
import os
import subprocess
import sys
from pathlib import Path

import several
import torch
from safetensors.torch import load_file


# accelerate's --cpu starts one process unless there is mpirun; with --multi_gpu it starts all, and the run says "cpu".
def test_two_processes_under_accelerate_give_the_result_of_one(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    two.mkdir()
    several.main(one)
    here = Path(__file__).parent
    launch = [sys.executable, "-m", "accelerate.commands.launch"]
    launch += ["--multi_gpu", "--num_processes", "2", "--num_machines", "1", "--main_process_port", "0"]
    launch += ["--mixed_precision", "no", "--dynamo_backend", "no"]
    paths = [str(here), str(here.parents[1] / "src"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*launch, str(here / "several.py"), str(two)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    expected, found = load_file(one / "weights"), load_file(two / "weights")
    for name, tensor in expected.items():
        torch.testing.assert_close(found[name], tensor, rtol=1e-4, atol=1e-5)
    counts, histories = zip(*(json.loads((place / "history.json").read_text()) for place in (one, two)), strict=True)
    assert counts == (1, 2)
    for line, other in zip(*histories, strict=True):
        assert abs(line["loss"] - other["loss"]) < 1e-5
        assert line["watched"] == other["watched"]
    assert (two / "log.jsonl").read_text().count("\n") == 5
