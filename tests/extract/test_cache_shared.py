"""Two processes and many threads at one cache; a process killed in the middle of writing."""

import signal
import subprocess
import sys
import threading
import time

import numpy as np

from graft.extract.cache import Cache

PRINT = "ab" * 16
DIM = 64
WRITER = """
import sys, numpy as np
from pathlib import Path
from graft.extract.cache import Cache
folder, start, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
with Cache(folder) as cache:
    for n in range(start, start + count):
        numbers = np.arange(n * 10, n * 10 + 10)
        keys = np.zeros((10, 16), np.uint8)
        keys[:, :4] = numbers.astype("<u4").view(np.uint8).reshape(10, 4)
        values = np.repeat(numbers[:, None], 64, 1).astype(np.float32)
        cache.put("ab" * 16, keys, values)
        print(n, flush=True)
    print(cache.notes)
"""


def keys_of(numbers):
    keys = np.zeros((len(numbers), 16), np.uint8)
    keys[:, :4] = np.asarray(numbers).astype("<u4").view(np.uint8).reshape(-1, 4)
    return keys


def start_writer(folder, start, count):
    command = [sys.executable, "-c", WRITER, str(folder), str(start), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def all_whole(cache, numbers):
    found, rows = cache.get(PRINT, keys_of(numbers), DIM)
    assert np.array_equal(rows, np.repeat(np.asarray(numbers)[found][:, None], DIM, 1))
    return found


def test_two_processes_write_at_once_and_both_are_kept(tmp_path):
    writers = [start_writer(tmp_path, 0, 40), start_writer(tmp_path, 30, 40)]
    for writer in writers:
        out, _ = writer.communicate(timeout=60)
        assert writer.returncode == 0
        assert out.endswith("[]\n")
    with Cache(tmp_path) as cache:
        assert all_whole(cache, np.arange(700)).all()
        assert cache.summary()[0]["rows"] == 700
        assert cache.notes == []


def test_a_writer_killed_at_any_moment_leaves_whole_rows(tmp_path):
    writer = start_writer(tmp_path, 0, 100_000)
    seen = 0
    for line in writer.stdout:
        seen = int(line)
        if seen >= 20:
            break
    time.sleep(0.05)
    writer.send_signal(signal.SIGKILL)
    writer.wait(30)
    with Cache(tmp_path) as cache:
        assert all_whole(cache, np.arange(10 * (seen + 1))).all()
        all_whole(cache, np.arange(100_000))
        cache.put(PRINT, keys_of([999_999]), np.full((1, DIM), 999_999, np.float32))
        assert all_whole(cache, [999_999]).all()
        assert cache.notes == []


def test_threads_share_one_cache(tmp_path):
    with Cache(tmp_path) as cache:

        def work(first):
            for start in range(first, 400, 40):
                numbers = np.arange(start, start + 10)
                cache.put(PRINT, keys_of(numbers), np.repeat(numbers[:, None], DIM, 1).astype(np.float32))
                all_whole(cache, np.arange(400))

        threads = [threading.Thread(target=work, args=(k * 10,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all_whole(cache, np.arange(400)).all()
        assert cache.notes == []
