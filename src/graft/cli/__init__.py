"""The command line: one short function per verb over the Python function of the same name."""

from __future__ import annotations

import os
import sys
import warnings
from typing import cast

CONVERTER = "openvino.tools.ovc"
STOPPED = "stopped. What was done is kept, and so is the best model so far; run the same command again to go on."


def main() -> None:
    """Run `graft`: a problem is one sentence on standard error and exit status 2, never a traceback."""
    from graft.cli.started import begin
    from graft.errors import GraftError

    begin()
    sys.modules.setdefault(CONVERTER, None)  # type: ignore[arg-type]  # half the import of OpenVINO, for nothing here
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # on small matrices its threads only wait for one another
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # what libraries warn of is nothing a person at a command line can act on
    try:
        status = _call()
        sys.stdout.flush()
    except GraftError as error:
        status = _say(str(error), 2)
    except KeyboardInterrupt:
        status = _say(STOPPED, 130)
    except BrokenPipeError:
        _mute()
        status = 1
    except OSError as error:
        _mute()
        status = _say(f"{error.filename or 'The output'} cannot be read or written: {error.strerror or error}.", 2)
    sys.exit(status)


def _call() -> int:
    """Run the verb; what was typed wrongly is a GraftError, and Ctrl-C, which typer swallows, is KeyboardInterrupt."""
    import typer

    from graft.cli.verbs import app
    from graft.errors import GraftError

    problem = cast(type[Exception], typer.BadParameter.__mro__[2])  # ClickException: each typer has it elsewhere
    try:
        status = app(prog_name="graft", standalone_mode=False)
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except problem as error:
        told = str(getattr(error, "format_message", str)())
        if type(error).__name__ == "NoArgsIsHelpError":
            print(told)
            return 2
        verb = getattr(getattr(error, "ctx", None), "command_path", "graft")
        raise GraftError(f"{told if told.endswith(('.', '?')) else f'{told}.'} See: {verb} --help") from error
    if status == 130:
        raise KeyboardInterrupt
    return status if isinstance(status, int) else 0


def _say(sentence: str, status: int) -> int:
    print(f"graft: {sentence}", file=sys.stderr)
    return status


def _mute() -> None:
    """Let what is still buffered for standard output go nowhere, so that leaving does not fail on it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
