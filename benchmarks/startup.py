"""Start-up: processor seconds of `graft --help`, and whether it imports torch."""

import resource
import subprocess
import sys
from pathlib import Path

from common import say


def processor_seconds(*command: str) -> float:
    """Give the user and system seconds of one run of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the median of nine runs, beside an empty Python process."""
    graft = str(Path(sys.executable).with_name("graft"))
    median = sorted(processor_seconds(graft, "--help") for _ in range(9))[4]
    empty = sorted(processor_seconds(sys.executable, "-c", "pass") for _ in range(9))[4]
    lines = ("import sys", "import graft.cli", "sys.argv = ['graft', '--help']")
    run = ("try: graft.cli.main()", "finally: print('torch' in sys.modules)")
    code = "\n".join(lines + run)
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    say(
        data="startup",
        help_seconds=round(median, 3),
        python_seconds=round(empty, 3),
        torch=printed.strip().endswith("True"),
    )


if __name__ == "__main__":
    main()
