"""Start-up: processor seconds of `graft --help`, and whether it imports torch."""

import subprocess
import sys
from pathlib import Path

from common import measured, say


def main() -> None:
    """Print the median of nine runs, beside an empty Python process."""
    graft = str(Path(sys.executable).with_name("graft"))
    median = sorted(measured([graft, "--help"])[1] for _ in range(9))[4]
    empty = sorted(measured([sys.executable, "-c", "pass"])[1] for _ in range(9))[4]
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
