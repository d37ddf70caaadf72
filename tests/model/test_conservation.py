"""Conservation of people, posts and places: after every event of random worlds, every count is made again from rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.tables import GOING
from sim.model.fire import advance
from sim.model.kinds import Kind
from sim.model.simulate import Worker, build
from tests.reference.counts import complaints
from tests.reference.worlds import small_world

ONE_EVENT = 1


def steps(seed: int) -> Iterator[Worker]:
    """A random world, after each of its events."""
    worker = build(small_world(seed), seed).worker(trace=True)
    worker.people, worker.visits, worker.entries = 800, 1600, 1 << 14
    worker.renew()
    worker.prepare(0, "central")
    run = worker.memory.tables["run"]
    before = -1
    while run["steps"][0] != before:
        before = int(run["steps"][0])
        advance(worker.memory.world, np.uint64(seed), 0, seed, float(run["end"][0]), ONE_EVENT)
        assert run["status"][0] == GOING
        yield worker


def conserved(seed: int) -> int:
    """The number of events after which nothing was amiss."""
    for worker in steps(seed):
        found = complaints(worker.memory.tables)
        if found:
            now, log = worker.memory.tables["run"][0], worker.memory.tables["log"]
            last = log[int(now["logged"]) - 1]
            raise AssertionError(
                f"world {seed}, t = {now['now']}, {Kind(last['kind']).name} {last['who']}: {found[:5]}"
            )
    return int(worker.memory.tables["run"]["steps"][0])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 1_000_000))
def test_nobody_is_lost_or_counted_twice(seed: int) -> None:
    assert conserved(seed) > 10


@pytest.mark.long
@settings(max_examples=1000, deadline=None)
@given(st.integers(0, 1_000_000_000))
def test_nobody_is_lost_or_counted_twice_in_many_worlds(seed: int) -> None:
    conserved(seed)
