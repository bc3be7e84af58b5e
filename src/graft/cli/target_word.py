"""What `--target` means: the label column, or the unlabelled domain where its value is a path."""

from __future__ import annotations

from pathlib import Path

from graft.errors import GraftError


def column_or_domain(target: str | None, adapt_to: str | None, source: str) -> tuple[str | None, str | None]:
    """Give the label column and the path of the domain to adapt to, of which each may be None.

    A value that is an existing folder or file is the domain, unless the source is a table with a column of that name.
    Raises GraftError where two domains are named.
    """
    if target is None or not Path(target).expanduser().exists() or _is_column(target, source):
        return target, adapt_to
    if adapt_to is not None:
        raise GraftError(
            f"--target {target} and --adapt-to {adapt_to} both name a domain to adapt to: give one; a label column is "
            "named as it is written in the table."
        )
    return None, target


def _is_column(name: str, source: str) -> bool:
    from graft.data.read import TABLES

    path = Path(source).expanduser()
    reader = TABLES.get(path.suffix.lower())
    return reader is not None and path.is_file() and name in reader(path).columns
