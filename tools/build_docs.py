"""Build the pages of the Python face from its docstrings: python build_docs.py [FOLDER]."""

import sys
from pathlib import Path

import pdoc

import graft


def main(folder: Path) -> None:
    """Write the pages; the names that graft imports late are imported first, so that they are shown."""
    for name in graft.__all__:
        setattr(graft, name, getattr(graft, name))
    pdoc.pdoc("graft", "!graft.cli", output_directory=folder)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
