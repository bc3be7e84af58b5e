"""A process of `graft` keeps NumPy's BLAS to one thread, unless it was told otherwise."""

import os
import subprocess
import sys

import pytest

CODE = """
import sys
from graft.cli import main
sys.argv = ["graft", "--help"]
try: main()
except SystemExit: pass
import numpy, threadpoolctl
print({each["num_threads"] for each in threadpoolctl.threadpool_info() if each["user_api"] == "blas"})
"""


@pytest.mark.parametrize(("told", "threads"), [(None, 1), ("2", 2)])
def test_blas_threads(told, threads):
    env = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    env |= {} if told is None else {"OPENBLAS_NUM_THREADS": told}
    if (os.cpu_count() or 1) < 2:
        pytest.skip("one core: there is nothing to keep back")
    ran = subprocess.run([sys.executable, "-c", CODE], env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] in (f"{{{threads}}}", "set()")
