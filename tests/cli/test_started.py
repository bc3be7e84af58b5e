"""What starting took, and what a page will take, are kept out of what a fit may spend."""

import pytest

from graft.cli import started
from graft.cli.report_verb import spare_share


@pytest.mark.parametrize(
    ("late", "budget", "page", "share"),
    [
        (0.6, 10, True, 0.21),
        (0.6, 10, False, 0.06),
        (0.6, 120, True, 0.06),
        (0.0, 120, False, 0.0),
        (3.0, 5, True, 0.5),
    ],
)
def test_the_share_kept(late: float, budget: float, page: bool, share: float) -> None:
    assert spare_share(late, budget, page) == pytest.approx(share)


def test_seconds_since_a_command_began(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(started, "_began", [])
    assert started.since() == 0.0
    started.begin()
    assert 0 <= started.since() < 60
