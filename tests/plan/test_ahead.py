"""What runs beside other work gives its result, or its error, where it is asked for."""

import subprocess
import sys
import threading

import pytest

from graft.heads.threads import find_blas
from graft.plan.ahead import beside, import_for_later


def test_the_result_comes_from_another_thread() -> None:
    found = beside(lambda a, b: (a + b, threading.current_thread()), 2, b=3)
    total, thread = found.result(10)
    assert total == 5
    assert thread is not threading.current_thread()


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    found = beside(int, "no number")
    with pytest.raises(ValueError, match="no number"):
        found.result(10)


def test_the_starter_does_not_wait() -> None:
    gate = threading.Event()
    found = beside(gate.wait, 10)
    assert not found.done()
    gate.set()
    assert found.result(10)


def test_what_comes_later_is_there_afterwards() -> None:
    import_for_later(counted=True)
    assert {"scipy.special", "sklearn.feature_extraction.text"} <= set(sys.modules)
    assert find_blas.cache_info().currsize == 1


def test_what_counts_words_is_imported_only_where_words_are_counted() -> None:
    told = "import sys; from graft.plan.ahead import import_for_later; import_for_later(counted=False); "
    subprocess.run([sys.executable, "-c", told + "assert 'sklearn' not in sys.modules"], check=True)
