"""Workers side by side, each on one thread of torch: two of them do more than one call on two cores."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

MOST = 32


def worker_count(jobs: int) -> int:
    """Give how many workers to start: one per core this process may use, and no more than there are jobs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, jobs, MOST))


def portions(count: int, workers: int, most: int) -> Iterator[range]:
    """Cut 0..count-1 into ranges of at most `most`, alike in size, so that workers end together."""
    rounds = -(-count // (workers * most))
    size = -(-count // max(1, workers * rounds))
    for start in range(0, count, max(1, size)):
        yield range(start, min(start + size, count))


def run_workers(count: int, work: Callable[[threading.Event], None]) -> None:
    """Run `work(stop)` in `count` threads until all are done; the first error or Ctrl-C sets `stop` and is raised."""
    stop = threading.Event()
    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch else 0

    def start() -> None:
        """Keep torch to one thread in this worker."""
        if torch:
            torch.set_num_threads(1)

    try:
        with ThreadPoolExecutor(count, "graft-embed", start) as pool:
            futures = [pool.submit(work, stop) for _ in range(count)]
            try:
                done, _ = wait(futures, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
            finally:
                stop.set()
    finally:
        if torch:
            torch.set_num_threads(before)
