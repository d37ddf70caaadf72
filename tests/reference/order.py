"""Digests of the same runs whatever the order, the threads and the process that makes them.

    python -m tests.reference.order THREADS ORDER

ORDER seeds the shuffle in which runs are made; 0 keeps their order.
"""

from __future__ import annotations

import json
import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from sim.model.simulate import Cell, Worker, build
from sim.scenario import load
from tests.reference.digests import digest
from tests.reference.worlds import SCENARIOS

SEED = 1989
CASES = [
    ("ghana_obgyn", "baseline", "no_partnership"),
    ("ghana_obgyn", "hiring_freeze", "train_home_bonded"),
    ("verify/exchange_alive", "baseline", "none"),
]
Mode = Literal["central", "sampled"]
Job = tuple[int, int, int, Mode]


def cells() -> list[Cell]:
    """The cells whose runs are compared."""
    return [build(load(SCENARIOS / f"{file}.yaml").case(*names), SEED) for file, *names in CASES]


def jobs() -> list[Job]:
    """Every run: its cell, its design row, its replication, its parameters."""
    central: list[Job] = [(cell, 0, i, "central") for cell in range(len(CASES)) for i in range(6)]
    sampled: list[Job] = [(cell, row, 0, "sampled") for cell in range(len(CASES)) for row in range(5)]
    return central + sampled


def name(job: Job) -> str:
    return " ".join(map(str, job))


def run_digest(worker: Worker, job: Job) -> str:
    """The digest of one run's log, outcomes, series and parameters."""
    run = worker.run(*job[1:])
    return digest(run.events, run.values, run.series) + json.dumps(run.factors)


def digests(threads: int, order: int) -> dict[str, str]:
    """All runs, on some threads, each with workers of its own, in some order."""
    todo, all_cells, mine = jobs(), cells(), threading.local()
    if order:
        random.Random(order).shuffle(todo)

    def make(job: Job) -> tuple[str, str]:
        if not hasattr(mine, "workers"):
            mine.workers = [cell.worker(trace=True) for cell in all_cells]
        return name(job), run_digest(mine.workers[job[0]], job)

    with ThreadPoolExecutor(threads) as pool:
        return dict(pool.map(make, todo))


if __name__ == "__main__":
    print(json.dumps(digests(int(sys.argv[1]), int(sys.argv[2]))))
