"""Which CPU each worker runs on."""

from __future__ import annotations

import os
import random

import psutil

LOOK_S = 0.1


def choose_cpus(workers: int) -> list[int | None]:
    """A CPU for each worker, the idlest first; None for all of them where there are too few."""
    if not hasattr(os, "sched_getaffinity"):  # macOS
        return [None] * workers
    allowed = os.sched_getaffinity(0)
    if len(allowed) < workers:
        return [None] * workers
    # Two gradings that start together should not both take the first: equals in any order.
    load = dict(enumerate(psutil.cpu_percent(LOOK_S, percpu=True)))
    order = sorted(allowed, key=lambda cpu: (round(load.get(cpu, 0.0), -1), random.random()))
    return list(order[:workers])
