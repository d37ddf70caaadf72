"""Conservation of people, posts and places: after every event of random worlds, every count is made again from rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.tables import GOING
from sim.model.fire import advance
from sim.model.kinds import Kind, Phase, Place
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


SPOILT = [
    ("groups", "groups", "count"), ("groups", "people", "group"), ("groups", "people", "abroad"),
    ("units", "units", "working"), ("units", "units", "away"), ("units", "units", "guests"),
    ("programmes", "sites", "residents"), ("programmes", "exchanges", "there"), ("programmes", "trainings", "visiting"),
    ("programmes", "exchanges", "asked"), ("cohorts", "cohorts", "at_home"), ("cohorts", "cohorts", "graduated"),
    ("cohorts", "cohorts", "left"), ("seats", "seats", "holder"), ("seats", "people", "seat"),
    ("visits", "visits", "phase"), ("visits", "people", "visit"), ("lines", "lines", "waiting"),
    ("lines", "links", "after"), ("pending", "clocks", "at_risk"),
]  # fmt: skip


@cache
def crowded() -> Worker:
    """A world in which somebody is on a stay, and somebody in the queue for one."""
    for seed in range(100):
        for worker in steps(seed):
            tables = worker.memory.tables
            phases = tables["visits"]["phase"][: int(tables["setting"]["visits"][0])].tolist()
            if {Phase.QUEUE, Phase.STAY} <= set(phases) and tables["sites"]["residents"].sum() > 1:
                return worker
    raise AssertionError("no world is crowded")


@pytest.mark.parametrize(("check", "table", "field"), SPOILT)
def test_a_spoilt_count_is_noticed(check: str, table: str, field: str) -> None:
    """Any one of the first rows in use is enough."""
    tables = crowded().memory.tables
    assert complaints(tables) == []
    column = tables[table][field]
    for row in range(min(50, len(column))):
        kept = column[row].copy()
        column[row] += 1
        try:
            found = complaints(tables)
        except IndexError:  # it leads nowhere
            found = [check]
        finally:
            column[row] = kept
        if any(said.startswith(check) for said in found):
            return
    raise AssertionError(f"nobody noticed that {table}.{field} was wrong")


def test_plans_of_the_dead_are_noticed() -> None:
    tables = crowded().memory.tables
    at_work = tables["groups"]["place"] == Place.IN_POST
    tables["groups"]["place"][at_work] = Place.DEAD
    try:
        assert any("who is DEAD" in said for said in complaints(tables))
    finally:
        tables["groups"]["place"][at_work] = Place.IN_POST
