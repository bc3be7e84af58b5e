"""`--target` names a label column, or the unlabelled domain where it is a path."""

from pathlib import Path

import pytest

from graft.cli.target_word import column_or_domain
from graft.errors import GraftError


def test_a_name_is_a_column_and_a_path_is_a_domain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "webcam").mkdir()
    (tmp_path / "table.csv").write_text("text,webcam\na b,1\n", encoding="utf-8")
    assert column_or_domain(None, None, "photos") == (None, None)
    assert column_or_domain("label", None, "photos") == ("label", None)
    assert column_or_domain("label", "webcam", "table.csv") == ("label", "webcam")
    assert column_or_domain("webcam", None, "photos") == (None, "webcam")
    assert column_or_domain("webcam", None, "table.csv") == ("webcam", None), "the table has such a column"
    assert column_or_domain("./webcam", None, "table.csv") == (None, "./webcam")


def test_two_domains_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GraftError, match="both name a domain to adapt to: give one"):
        column_or_domain(str(tmp_path), "other", "photos")
