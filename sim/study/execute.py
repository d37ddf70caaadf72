"""Runs a study's missing chunks on a `concurrent.futures.Executor` and stores them as they come."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass

from sim.study.cells import Source, cell_for, factor_columns
from sim.study.encode import Collector, Encoded
from sim.study.plan import Chunk, StudyPlan
from sim.study.store import Store

__all__ = ["StoppedError", "Tally", "default_jobs", "execute", "executor", "run_chunk"]


LONGEST_CAUSE = 300
"""Letters of a failure's message that a row keeps."""


class StoppedError(Exception):
    """A chunk was left unfinished because the study was interrupted."""


@dataclass(slots=True)
class Tally:
    """What an execution has done so far."""

    planned: int
    """Runs of the whole study."""
    present: int = 0
    """Runs that were stored before."""
    ok: int = 0
    failed: int = 0
    event_count: int = 0
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    interrupted: bool = False

    @property
    def done(self) -> int:
        """Runs that are stored now."""
        return self.present + self.ok + self.failed

    def count(self, chunk: Encoded) -> None:
        """Add a stored chunk."""
        self.ok += chunk.ok
        self.failed += chunk.failed
        self.event_count += chunk.event_count
        self.cpu_seconds += chunk.cpu_seconds


def default_jobs() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_chunk(source: Source, plan: StudyPlan, chunk: Chunk, stop: threading.Event | None = None) -> Encoded:
    """Run the blocks of a chunk and encode them; a run that fails is a row with its cause."""
    started = time.thread_time()
    cell = cell_for(source, chunk.cell)
    names, draws, shared = factor_columns(source, chunk.cell) if plan.parameters == "sampled" else ([], [], True)
    collector = Collector(plan, chunk, cell, names, draws, shared)
    worker = cell.worker(trace=plan.trace)
    for place, index in enumerate(chunk.blocks):
        if stop is not None and stop.is_set():
            raise StoppedError
        block = plan.block(index)
        try:
            run = worker.run(plan.luck_row(block), block.replication, plan.point(block))
        except Exception as error:  # whatever went wrong, the other runs of a night's study count
            collector.fail(place, _cause(error))
            worker = cell.worker(trace=plan.trace)
        else:
            collector.add(place, run)
            if collector.keeps_people(place):
                collector.add_people(place, worker.lives())
    return collector.encode(time.thread_time() - started)


def _cause(error: Exception) -> str:
    """A failure in one line."""
    text = " ".join(str(error).split()) or "no message"
    text = text if len(text) <= LONGEST_CAUSE else text[:LONGEST_CAUSE] + "…"
    return text if type(error).__name__ == "RunFailed" else f"{type(error).__name__}: {text}"


@contextmanager
def executor(jobs: int, processes: bool = False) -> Iterator[Executor]:
    """Threads, since compiled runs share no lock; processes where an extension runs in Python."""
    pool: Executor
    if processes:
        fresh = multiprocessing.get_context("spawn")  # a fork would copy the locks of running threads
        pool = ProcessPoolExecutor(jobs, fresh, initializer=_leave_interrupts_to_parent)
    else:
        pool = ThreadPoolExecutor(jobs, thread_name_prefix="run")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def execute(
    source: Source,
    plan: StudyPlan,
    store: Store,
    pool: Executor,
    jobs: int,
    progress: Callable[[Tally], None] = lambda tally: None,
    order: Callable[[Iterable[Chunk]], Iterable[Chunk]] = lambda chunks: chunks,
) -> Tally:
    """Run what is planned and not present; the caller holds the store's lock.

    An interrupt keeps every finished chunk and is reported in the tally. `order` may shuffle the chunks: the
    parts are the same.
    """
    present = store.present(plan)
    tally = Tally(plan.total, sum(map(len, present.values())))
    stop = threading.Event() if isinstance(pool, ThreadPoolExecutor) else None
    started = time.monotonic()
    pending: set[Future[Encoded]] = set()
    progress(tally)
    try:
        for chunk in order(plan.chunks(present)):
            pending.add(pool.submit(run_chunk, source, plan, chunk, stop))
            if len(pending) > jobs:
                pending = _store_finished(pending, store, tally, progress)
        while pending:
            pending = _store_finished(pending, store, tally, progress)
    except KeyboardInterrupt:
        tally.interrupted = True
    finally:
        if stop is not None:
            stop.set()
        for waiting in pending:
            waiting.cancel()
    tally.wall_seconds = time.monotonic() - started
    return tally


def _store_finished(
    pending: set[Future[Encoded]], store: Store, tally: Tally, progress: Callable[[Tally], None]
) -> set[Future[Encoded]]:
    """Wait for a chunk, store all that are ready, and return those still running."""
    done, running = wait(pending, return_when=FIRST_COMPLETED)
    for finished in done:
        chunk = finished.result()
        store.add(chunk)
        tally.count(chunk)
        progress(tally)
    return running
