"""What it costs to fork a warm process and to end the fork, and what memory costs on this machine.

Grading a submission forks about thirty times, so this is what its own time hangs on.

    OMP_NUM_THREADS=1 python benchmarks/forking.py
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import statistics
import time
from multiprocessing.connection import Connection
from typing import NamedTuple

import numpy as np
from arguments import script_parser

from autograder.boundary.inside.hugepages import gather_into_huge_pages
from autograder.boundary.inside.warming import warm_up

PAGE_BYTES = 4096
PAGES = 100_000


class Cost(NamedTuple):
    """Of a warm process: how long it took to warm up, its memory, and forks of it."""

    warm_up_s: float
    own_mb: float
    fork_ms: float
    end_ms: float


def main() -> None:
    """Print both tables in Markdown."""
    parser = script_parser(__doc__)
    parser.add_argument("--forks", type=int, default=50, help="medians of so many (default 50)")
    options = parser.parse_args()
    print("| a warm process | warms up (s) | own memory (MB) | a fork (ms) | its end (ms) |")
    print("|---|---:|---:|---:|---:|", flush=True)
    for label, huge in (("pages of 4 KB", False), ("huge pages, as graded with", True)):
        cost = measured(huge, options.forks)
        figures = f"{cost.warm_up_s:.1f} | {cost.own_mb:.0f} | {cost.fork_ms:.1f}"
        print(f"| {label} | {figures} | {cost.end_ms:.1f} |", flush=True)
    fresh_us, copied_us = page_us()
    print("\n| the first write to a page of 4 KB | µs |\n|---|---:|")
    print(f"| that is new | {fresh_us:.2f} |\n| that a fork shares | {copied_us:.2f} |")


def measured(huge: bool, forks: int) -> Cost:
    """A warm process of its own, forked so often."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=fork, args=(theirs, huge, forks))
    process.start()
    cost: Cost = ours.recv()
    process.join()
    return cost


def fork(answer: Connection, huge: bool, forks: int) -> None:
    """In a process of its own: warm up, then fork and wait for the end."""
    start = time.perf_counter()
    warm_up()
    if huge:
        gather_into_huge_pages()
    warm_up_s = time.perf_counter() - start
    began, ended = [], []
    for _ in range(forks):
        start = time.perf_counter()
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        began.append(time.perf_counter() - start)
        os.waitpid(pid, 0)
        ended.append(time.perf_counter() - start - began[-1])
    medians = (statistics.median(times) * 1000 for times in (began, ended))
    answer.send(Cost(warm_up_s, own_bytes() / 1e6, *medians))
    answer.close()
    os._exit(0)  # without taking libraries down, which may print


def own_bytes() -> int:
    """Memory of this process that is no file's."""
    with open("/proc/self/smaps_rollup", encoding="ascii") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Anonymous:"))


def page_us() -> tuple[float, float]:
    """Microseconds for the first write to a new page, and to one that a fork shares."""
    memory = mmap.mmap(-1, PAGES * PAGE_BYTES, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(mmap.MADV_NOHUGEPAGE)
    pages = np.frombuffer(memory, np.uint8)[::PAGE_BYTES]
    fresh_us = touch_us(pages)
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, str(touch_us(pages)).encode())
        os._exit(0)
    os.wait()
    return fresh_us, float(os.read(reader, 100))


def touch_us(pages: np.ndarray) -> float:
    """Microseconds a page for writing to each."""
    start = time.perf_counter()
    pages += 1
    return (time.perf_counter() - start) / len(pages) * 1e6


if __name__ == "__main__":
    main()
