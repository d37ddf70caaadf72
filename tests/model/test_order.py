"""Order does not matter: the same bytes wherever a run is made; nobody's luck depends on who else is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.distributions import exponential
from sim.engine.random import run_key, uniform
from sim.model.kinds import CAUSES, PERSON_KINDS
from sim.model.simulate import Run, Worker, build
from sim.scenario import Case, load
from sim.scenario.scenario import Scenario
from tests.reference import order
from tests.reference.exchanges import fellowship
from tests.reference.worlds import SCENARIOS

ROOT = Path(__file__).resolve().parents[2]
History = dict[int, list[tuple[float, int, int]]]
few = settings(max_examples=30, deadline=None, derandomize=True)


@cache
def expected() -> dict[str, str]:
    """Each run on new memory, in this process."""
    cells = order.cells()
    return {order.name(job): order.run_digest(cells[job[0]].worker(trace=True), job) for job in order.jobs()}


@pytest.mark.parametrize(("hash_seed", "threads", "shuffle"), [("0", 1, 0), ("1", 2, 7), ("424242", 1, 8)])
def test_fresh_processes_hash_seeds_threads_and_shuffles(hash_seed: str, threads: int, shuffle: int) -> None:
    command = [sys.executable, "-m", "tests.reference.order", str(threads), str(shuffle)]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected()


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("shuffle", [0, 1, 2])
def test_threads_and_shuffles_in_one_process(threads: int, shuffle: int) -> None:
    """Workers are used again and again here, after other rows and other parameters."""
    assert order.digests(threads, shuffle) == expected()


@pytest.mark.parametrize("people", [1, 37, 200])
@pytest.mark.parametrize("entries", [1, 500])
def test_after_a_pool_had_to_be_doubled(people: int, entries: int) -> None:
    cells = order.cells()
    for job in order.jobs()[::3]:
        worker = cells[job[0]].worker(trace=True)
        worker.people, worker.visits, worker.entries = people, min(worker.visits, 2), entries
        worker.renew()
        assert order.run_digest(worker, job) == expected()[order.name(job)]
        assert worker.entries > entries
        asked = int(worker.memory.tables["setting"]["visits"][0])
        assert (worker.visits > 2) == (asked > 2)


def test_runs_differ_from_each_other() -> None:
    assert len(set(expected().values())) == len(expected())


Change = Callable[[dict[str, Any]], None]


def add_founder(raw: dict[str, Any]) -> None:
    raw["parties"]["ministry"]["posts"]["medical_officer"]["filled"] += 1.0


def add_school_founder(raw: dict[str, Any]) -> None:
    raw["parties"]["accra_school"]["posts"]["obgyn"]["filled"] += 1.0


def add_programme(raw: dict[str, Any]) -> None:
    """A programme that nobody starts, in front of the others."""
    new = deepcopy(raw["programmes"]["home_residency"])
    raw["programmes"] = {"another_residency": new, **raw["programmes"]}


def add_exchange(raw: dict[str, Any]) -> None:
    """An exchange that nobody starts, in front of the others."""
    raw["programmes"] = {"fellowship": fellowship("accra_school", "us_partner", "obgyn"), **raw["programmes"]}


def add_busy_exchange(raw: dict[str, Any]) -> None:
    """Visitors who come from the start, and stand in nobody's way."""
    visitors = fellowship("us_partner", "accra_school", None) | {"visitors": 20.0}
    raw["programmes"] = {"visitors": visitors, **raw["programmes"]}


def add_party(raw: dict[str, Any]) -> None:
    """An employer with people in post, in front of the others; nobody chooses it."""
    new = deepcopy(raw["parties"]["ministry"])
    for posts in new["posts"].values():
        posts.update(established=20.0, funded=20.0, filled=3.0, weight=0.0)
    raw["parties"] = {"mission_hospital": new, **raw["parties"]}


def add_stream(raw: dict[str, Any]) -> None:
    new = {**deepcopy(raw["streams"]["ghana_candidates"]), "per_year": 2.0}
    raw["streams"] = {"repatriates": new, **raw["streams"]}


CHANGES: list[Change] = [
    add_founder, add_school_founder, add_programme, add_exchange, add_busy_exchange, add_party, add_stream,
]  # fmt: skip
NOBODY_NEW = (add_programme, add_exchange, add_busy_exchange)
STARTS: dict[Change, list[str]] = {add_busy_exchange: ["visitors"]}


def ghana(plan: str, roomy: bool, change: Change | None = None) -> Case:
    """Ghana under a plan; `roomy` with so many posts that nobody ever stands in another's way."""
    case = load(SCENARIOS / "ghana_obgyn.yaml").case("doors_open_abroad", plan)
    raw = case.scenario.model_dump(by_alias=True)
    if roomy:
        raw["switches"]["morale"] = False  # people meet through their workload, too
        for party in raw["parties"].values():
            for posts in party["posts"].values():
                posts.update(established=400.0, funded=400.0)
    if change is not None:
        change(raw)
    starts = [*case.starts, *STARTS.get(change, [])] if change else case.starts
    return replace(case, scenario=Scenario.model_validate(raw), starts=starts)


@cache
def worker(plan: str, roomy: bool, change: Change | None = None) -> Worker:
    return build(ghana(plan, roomy, change), 11).worker(trace=True)


def people_of(made: Worker) -> dict[int, Any]:
    """Everybody who ever was in the latest run, by key: what was drawn when they came into being."""
    rows = made.memory.tables["people"][: int(made.memory.tables["setting"]["people"][0])]
    return {int(p["key"]): tuple(p[name] for name in ("born", "frailty")) for p in rows}


def histories(made: Worker, run: Run) -> History:
    """What happened to each person, by key."""
    assert run.events is not None
    keys = made.memory.tables["people"]["key"]
    found: History = defaultdict(list)
    for e in run.events[np.isin(run.events["kind"], PERSON_KINDS)]:
        found[int(keys[e["who"]])].append((float(e["time"]), int(e["kind"]), int(e["detail"])))
    return found


@few
@given(
    st.sampled_from(CHANGES),
    st.sampled_from(["no_partnership", "train_home", "train_home_bonded", "send_abroad"]),
    st.booleans(),
    st.integers(0, 10_000),
)
def test_an_addition_changes_nobodys_draws(change: Change, plan: str, roomy: bool, replication: int) -> None:
    """Everybody is there as before, with the same age and frailty, and meets the same thresholds.

    Others may now take a post or a training place first; what a person draws may not depend on that.
    """
    before, after = worker(plan, roomy), worker(plan, roomy, change)
    before.run(0, replication)
    born = people_of(before)
    run = after.run(0, replication)
    born_after = people_of(after)
    assert {key: born_after.get(key) for key in born} == born
    thresholds_are_keyed(after, run, replication)


def thresholds_are_keyed(made: Worker, run: Run, replication: int) -> None:
    """Every threshold that an event consumed is a function of the run, the person, the cause and a count."""
    assert run.events is not None
    key = np.uint64(run_key(np.uint64(made.cell.seed), 0, replication))
    keys = made.memory.tables["people"]["key"]
    for e in run.events[np.isin(run.events["kind"], CAUSES)]:
        name, cause = keys[e["who"]], int(e["kind"])
        keyed = [exponential(uniform(key, name, cause, n)) for n in range(64)]
        assert min(abs(float(e["spent"]) - threshold) for threshold in keyed) < 1e-9


@few
@given(st.sampled_from(CHANGES), st.integers(0, 10_000))
def test_an_addition_changes_nobodys_life_where_people_cannot_meet(change: Change, replication: int) -> None:
    """Posts for all and no training: person by person the same events, to the last bit."""
    before, after = worker("no_partnership", True), worker("no_partnership", True, change)
    lives = histories(before, before.run(0, replication))
    lives_after = histories(after, after.run(0, replication))
    assert {key: lives_after[key] for key in lives} == lives
    newcomers = people_of(after).keys() - people_of(before).keys()
    assert set(lives_after) - set(lives) <= newcomers
    assert bool(newcomers) == (change not in NOBODY_NEW)
