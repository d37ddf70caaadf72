"""SimPy as the stage: event by event, in bulk, and with an extension that does nothing are the same run."""

from __future__ import annotations

from collections.abc import Generator
from functools import cache
from typing import Any

import numpy as np
import pytest
import simpy

from sim.model.kinds import Kind
from sim.model.simulate import Run, Worker, build
from sim.model.stage import Stage, View
from sim.scenario import Case, Loaded, load
from tests.reference.worlds import SCENARIOS

Process = Generator[simpy.Event, Any, Any]


@cache
def shipped() -> dict[str, Loaded]:
    return {path.stem: load(path) for path in sorted(SCENARIOS.glob("*.yaml")) if path.stem != "defaults"}


CELLS = [
    (name, future, plan) for name, loaded in shipped().items() for future in loaded.futures for plan in loaded.plans
]


def ghana(plan: str = "train_home_bonded") -> Case:
    return shipped()["ghana_obgyn"].case("doors_open_abroad", plan)


def idle(env: Stage, world: View) -> Process:
    """Looks at the model every month and a bit, and waits for an event now and then."""
    while True:
        yield env.timeout(0.1) | env.happens(Kind.DEPART)
        assert world.tables["run"]["now"][0] <= env.now


def same(a: Run, b: Run) -> None:
    assert a.events is not None and b.events is not None
    assert a.events.tobytes() == b.events.tobytes()
    assert a.values.tobytes() == b.values.tobytes()
    assert a.series.tobytes() == b.series.tobytes()
    assert a.event_count == b.event_count


def three_drivers(case: Case, seeds: int) -> None:
    """Bulk, stepwise, and bulk beside an idle extension: the same logs and outcomes."""
    for seed in range(seeds):
        run = build(case, seed).worker(trace=True).run(0, 0)
        same(run, build(case, seed, engine="simpy").worker(trace=True).run(0, 0))
        same(run, build(case, seed, extension=idle).worker(trace=True).run(0, 0))


@pytest.mark.parametrize(("name", "future", "plan"), CELLS)
def test_the_drivers_agree(name: str, future: str, plan: str) -> None:
    three_drivers(shipped()[name].case(future, plan), 2)


def test_the_drivers_agree_on_busy_exchanges() -> None:
    three_drivers(load(SCENARIOS / "verify" / "exchange_alive.yaml").case("baseline", "none"), 3)


@pytest.mark.long
@pytest.mark.parametrize(("name", "future", "plan"), CELLS)
def test_the_drivers_agree_on_twenty_seeds(name: str, future: str, plan: str) -> None:
    three_drivers(shipped()[name].case(future, plan), 20)


def committee(env: Stage, world: View) -> Process:
    """A review committee: it meets when somebody applies or a year is over, takes its time, and raises pay.

    A Resource, a Condition, an event of the model, a draw and an action.
    """
    room = simpy.Resource(env, capacity=1)
    for meeting in range(12):
        yield env.happens("work_abroad") | env.timeout(1.0)
        with room.request() as request:
            yield request
            yield env.timeout(0.1 + 0.4 * env.draw("length of a meeting", meeting))
        abroad = world.reported("ghana.medical_officer.abroad")
        env.do("raise_pay", cadre="medical_officer", size=0.05 if abroad < 20 else 0.2, at_most=0.5)


def replications(count: int) -> list[bytes]:
    worker = build(ghana(), 7, extension=committee).worker()
    return [worker.run(0, replication).series.tobytes() for replication in range(count)]


def study_with_extension(count: int) -> None:
    """It works in every replication, changes what happens, and repeats to the byte."""
    first = replications(count)
    assert first == replications(count)
    assert len(set(first)) == count
    plain = build(ghana(), 7).worker()
    changed = sum(plain.run(0, i).series.tobytes() != series for i, series in enumerate(first))
    assert changed > 0.9 * count


def test_an_extension_with_a_resource_a_condition_and_an_action() -> None:
    study_with_extension(30)


@pytest.mark.long
def test_an_extension_in_a_study_of_a_thousand_replications() -> None:
    study_with_extension(1000)


def test_an_extension_acts_the_same_whichever_driver_steps() -> None:
    in_bulk = build(ghana(), 7, extension=committee).worker(trace=True).run(0, 3)
    same(in_bulk, build(ghana(), 7, engine="simpy", extension=committee).worker(trace=True).run(0, 3))


def seen_by(process: Any, seed: int = 1) -> tuple[Worker, Run]:
    worker = build(ghana(), seed, extension=process).worker(trace=True)
    return worker, worker.run(0, 0)


def test_the_horizon_is_closed_on_the_right() -> None:
    """What is due at the horizon still happens, in the model and in an extension; nothing after it does."""
    happened: list[float] = []

    def late(env: Stage, world: View) -> Process:
        for when in (20.75, 21.0, 21.25):
            yield env.timeout(when - env.now)
            happened.append(env.now)

    _, run = seen_by(late)
    assert happened == [20.75, 21.0]
    assert run.events is not None
    assert run.events["time"][-1] == 21.0 and run.events["kind"][-1] == Kind.REPORT
    assert run.events["time"].max() <= 21.0


def test_the_model_goes_first_when_both_are_due() -> None:
    """A process that wakes at a quarter's end sees that quarter's report."""
    reports: list[int] = []

    def accountant(env: Stage, world: View) -> Process:
        for _ in range(8):
            reports.append(int(world.tables["setting"]["reports"][0]))
            yield env.timeout(0.25)

    seen_by(accountant)
    assert reports == [1, 2, 3, 4, 5, 6, 7, 8]


def test_an_event_of_the_model_carries_its_time_and_entity() -> None:
    told: list[tuple[float, int]] = []

    def listener(env: Stage, world: View) -> Process:
        while True:
            when, who = yield env.happens("retire")
            assert when == env.now
            told.append((when, who))

    _, run = seen_by(listener)
    assert run.events is not None
    log = run.events[run.events["kind"] == Kind.RETIRE]
    assert told == list(zip(log["time"].tolist(), log["who"].tolist(), strict=True))
    assert len(told) > 3


def refused(act: Any, match: str, error: type[Exception] = ValueError) -> None:
    """What an extension does is refused with a message."""

    def process(env: Stage, world: View) -> Process:
        yield env.timeout(1.0)
        with pytest.raises(error, match=match):
            act(env, world)
        refusals.append(match)

    refusals: list[str] = []
    seen_by(process)
    assert refusals == [match]


def test_messages_of_happens_and_do() -> None:
    refused(lambda env, world: env.happens("tired"), "no event is called 'tired'; there are .*work_abroad")
    refused(lambda env, world: env.do("tax"), "no action is called 'tax'; there are bond, .*raise_pay")
    refused(lambda env, world: world.reported("ghana.happiness"), "ghana.happiness", KeyError)


@pytest.mark.parametrize("field", ["cadre", "party"])
def test_an_action_on_nobody_is_refused(field: str) -> None:
    refused(lambda env, world: env.do("freeze_posts", **{field: "nobody", "at_most": 1.0}), "nobody")


def test_the_terms_of_an_action_are_checked() -> None:
    refused(lambda env, world: env.do("start", programme="nothing"), "nothing")
    refused(
        lambda env, world: env.do("raise_pay", cadre="obgyn"),
        "raise_pay: size is missing; its terms are at_most, .*size",
    )
    refused(lambda env, world: env.do("bond", years=3, served=0.7, duration=2), "duration is not one of its terms")


def test_too_many_actions_in_force_are_refused() -> None:
    def act(env: Stage, world: View) -> None:
        for _ in range(100):
            env.do("raise_pay", cadre="obgyn", size=0.01, at_most=10.0)

    refused(act, "more than 64 actions with an end are in force at the same time")


def test_many_actions_for_good_are_possible() -> None:
    def generous(env: Stage, world: View) -> Process:
        for _ in range(100):
            yield env.timeout(0.2)
            env.do("raise_pay", cadre="medical_officer", size=0.01)

    worker, _ = seen_by(generous)
    assert worker.memory.tables["cadres"]["pay_raised"][0] == pytest.approx(1.01**100)


def test_draws_depend_on_run_name_and_count_alone() -> None:
    drawn: list[float] = []

    def gambler(env: Stage, world: View) -> Process:
        first = env.draw("coin", 3)
        yield env.timeout(2.0)
        assert env.draw("coin", 3) == first != env.draw("coin", 4)
        assert env.draw("dice", 3) != first
        drawn.append(first)

    for seed in (1, 1, 2):
        seen_by(gambler, seed)
    assert 0.0 < drawn[0] == drawn[1] != drawn[2]


def test_tables_are_read_only() -> None:
    def act(env: Stage, world: View) -> None:
        for name, table in world.tables.items():
            with pytest.raises(ValueError, match="read-only"):
                table[...] = np.zeros_like(table)
            field = table.dtype.names[0] if table.dtype.names else None
            if field:
                with pytest.raises(ValueError, match="read-only"):
                    table[field] = 0
            assert name in world.tables
        raise ValueError("every table was read-only")

    refused(act, "every table was read-only")


def test_an_extension_that_fails_stops_the_run() -> None:
    def clumsy(env: Stage, world: View) -> Process:
        yield env.timeout(3.0)
        raise ZeroDivisionError("a mistake in the extension")

    with pytest.raises(ZeroDivisionError, match="a mistake in the extension"):
        seen_by(clumsy)


def test_a_full_table_repeats_the_run_from_its_start() -> None:
    worker = build(ghana(), 5, extension=committee).worker(trace=True)
    expected = worker.run(0, 0)
    small = build(ghana(), 5, extension=committee).worker(trace=True)
    small.people, small.entries = 60, 64
    small.renew()
    same(expected, small.run(0, 0))
    assert small.people > 60 and small.entries > 64
