"""Who watches is told of every step, and is known to be there only while the block runs."""

from graft.progress import is_watched, progress, watched


def test_a_watch_hears_each_step_and_only_while_it_watches() -> None:
    heard: list[tuple[str, int, int]] = []
    assert not is_watched()
    with watched(lambda label, done, total: heard.append((label, done, total))):
        assert is_watched()
        with progress("counting", 3) as step:
            step()
            step(2)
    assert not is_watched()
    assert heard == [("counting", 0, 3), ("counting", 1, 3), ("counting", 3, 3)]
