"""The command line: one short function per verb over the Python function of the same name."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run `graft`: a problem is one sentence on standard error and exit status 2, never a traceback."""
    from graft.cli.verbs import app
    from graft.errors import GraftError

    try:
        app()
    except GraftError as error:
        print(f"graft: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("graft: stopped. What was embedded is kept; run the same command again to go on.", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
