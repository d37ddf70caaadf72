"""Properties of the verbs on random scripts, against brute force; thresholds and dates alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.engine.distributions import exponential
from sim.engine.random import uniform
from tests.engine.brute import HAZARDS, Brute
from tests.engine.script import END, ENTITIES, Kind, Line, Op, logged, memory, play

KEY = 20260101
CLOSE = 1e-9
MOST_CLOCKS = 70
DATES = (Kind.EARLY_DATE, Kind.LATE_DATE)

often = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
quarters = st.integers(0, int(4 * END)).map(lambda n: n / 4.0)
"""Times on a grid, so that many events tie."""


@st.composite
def commands(draw: st.DrawFn, clock_count: int) -> Line:
    """Any command: dates for the kinds of dates, clocks for the others."""
    op = draw(st.sampled_from([*Op, Op.EXPOSE, Op.SET_RATE] if clock_count > 1 else [Op.AT, Op.CANCEL]))
    on_date = op in (Op.AT, Op.CANCEL) or (op == Op.ASK and draw(st.booleans()))
    if op == Op.AT:
        x = draw(st.sampled_from([0.0, 0.25, 1.0, 3.0, 11.0]))
    else:
        x = draw(st.sampled_from([0.0, 0.0, 0.3, 1.0, 2.5]))
    y = draw(st.sampled_from([0.5, 1.0, 2.0] if op == Op.CONSUME else [0.0, 0.0, 0.4, -1.0]))
    kind = draw(st.sampled_from(DATES if on_date else HAZARDS))
    clock = draw(st.integers(1, max(1, clock_count - 1)))
    return Line(draw(quarters), op, kind, draw(st.integers(0, 2)), clock, x, y)


@st.composite
def scripts(draw: st.DrawFn) -> tuple[list[Line], int]:
    """A script, whose clocks run from the start, and how many clocks there are."""
    clock_count = draw(st.one_of(st.integers(1, 5), st.integers(1, MOST_CLOCKS)))
    some = st.sampled_from([0.2, 1.0])
    rates = [Line(0.0, Op.SET_RATE, clock=c, x=draw(some)) for c in range(1, clock_count)]
    return rates + draw(st.lists(commands(clock_count), min_size=10, max_size=50)), clock_count


def played(script: Sequence[Line], clock_count: int) -> Any:
    """The memory of a world that has obeyed a script."""
    m = memory(script, clock_count)
    play(m.world, np.uint64(KEY))
    return m


def same_history(m: Any, brute: Brute) -> None:
    """The same events in the same order, at the same times; the same answers."""
    log = logged(m)
    assert list(zip(log["kind"].tolist(), log["who"].tolist(), strict=True)) == [e[1:] for e in brute.log]
    np.testing.assert_allclose(log["time"], [e[0] for e in brute.log], rtol=0, atol=CLOSE)
    assert m.tables["script"]["answer"].tolist() == brute.answers


def same_books(m: Any, brute: Brute, clock_count: int) -> None:
    """Events, integrated hazards and exposed factors of every clock."""
    for c in range(1, clock_count):
        clock = m.tables["clocks"][c]
        assert clock["events"] == brute.events[c]
        assert clock["exposure"] == pytest.approx(brute.exposure(c), rel=CLOSE, abs=CLOSE)
        assert clock["at_risk"] == pytest.approx(brute.at_risk(c), rel=CLOSE, abs=CLOSE)


def owed_at_end(m: Any, kind: Kind, who: int) -> float:
    """What the engine says is left of a threshold at the end."""
    place = m.tables["kinds"][kind]
    slot = m.tables["slots"][place["first"] + who * place["stride"]]
    if slot["clock"] > 0 and slot["factor"] > 0.0:
        clock = m.tables["clocks"][slot["clock"]]
        return float((slot["mark"] - clock["read"]) * slot["factor"])
    return float(slot["owed"])


@often
@given(scripts())
def test_any_script(drawn: tuple[list[Line], int]) -> None:
    """at, cancel, expose, withdraw, set_factor, set_rate, consume, is_due: in any order, on 1 to 70 clocks."""
    script, clock_count = drawn
    m = played(script, clock_count)
    brute = Brute(script, KEY).run()
    same_history(m, brute)
    same_books(m, brute, clock_count)
    for (kind, who), drawn_so_far in brute.thresholds.items():
        if drawn_so_far and (kind, who) not in brute.paid:
            assert owed_at_end(m, kind, who) == pytest.approx(brute.owed((kind, who), END), abs=CLOSE)


@often
@given(st.lists(st.tuples(quarters, quarters, st.booleans()), max_size=150))
def test_the_calendar_is_a_sorted_list(drawn: list[tuple[float, float, bool]]) -> None:
    """Dates put, moved and taken off: what is left comes in the order of (date, kind, entity)."""
    script = []
    for i, (when, delay, cancelled) in enumerate(drawn):
        op = Op.CANCEL if cancelled else Op.AT
        script.append(Line(when, op, DATES[i % 2], i % ENTITIES, x=delay))
    log = logged(played(script, 1))
    order = list(zip(log["time"].tolist(), log["kind"].tolist(), log["who"].tolist(), strict=True))
    assert order == [(t, int(kind), who) for t, kind, who in Brute(script, KEY).run().log]


@pytest.mark.parametrize("clock_count", range(1, MOST_CLOCKS + 1))
def test_the_winner_tree_finds_the_first_of_any_number_of_clocks(clock_count: int) -> None:
    """One entity after another on clocks of different rates, each changed once on the way."""
    generator = np.random.default_rng(clock_count)
    script = [Line(0.0, Op.AT, Kind.EARLY_DATE, 0, x=5.0)]
    for c in range(1, clock_count):
        kind, who = HAZARDS[c % 2], (c // 2) % ENTITIES
        script.append(Line(0.0, Op.SET_RATE, clock=c, x=float(generator.uniform(0.1, 2.0))))
        script.append(Line(float(generator.uniform(0.0, 9.0)), Op.EXPOSE, kind, who, c, 1.0))
        change, growth = float(generator.uniform(0.0, 2.0)), float(generator.uniform(-0.5, 0.5))
        script.append(Line(float(generator.uniform(0.0, 9.0)), Op.SET_RATE, clock=c, x=change, y=growth))
    m = played(script, clock_count)
    brute = Brute(script, KEY).run()
    same_history(m, brute)
    same_books(m, brute, clock_count)


def threshold(who: int, count: int = 0) -> float:
    return exponential(uniform(np.uint64(KEY), np.uint64(100 + who), Kind.CAUSE, count))


def fired(m: Any, who: int) -> list[float]:
    log = logged(m)
    return [float(t) for t in log["time"][(log["kind"] == Kind.CAUSE) & (log["who"] == who)]]


@often
@given(st.integers(0, ENTITIES - 1), st.floats(0.0, 1.0), st.floats(0.1, 3.0), st.sampled_from(Op))
def test_a_pause_delays_by_its_length(who: int, share: float, pause: float, how: Op) -> None:
    """Factor 0, rate 0 and withdrawal keep what is owed: the event comes later by the length of the pause."""
    size = threshold(who)
    rate = size / 2.0  # due at 2 without a pause
    stop = 2.0 * 0.99 * share
    stopping = {
        Op.SET_FACTOR: Line(stop, Op.SET_FACTOR, who=who, x=0.0),
        Op.SET_RATE: Line(stop, Op.SET_RATE, x=0.0),
    }.get(how, Line(stop, Op.WITHDRAW, who=who))
    going_on = {
        Op.SET_FACTOR: Line(stop + pause, Op.SET_FACTOR, who=who, x=1.0),
        Op.SET_RATE: Line(stop + pause, Op.SET_RATE, x=rate),
    }.get(how, Line(stop + pause, Op.EXPOSE, who=who, x=1.0))
    start = [Line(0.0, Op.SET_RATE, x=rate), Line(0.0, Op.EXPOSE, who=who, x=1.0)]
    assert fired(played([*start, stopping, going_on], 2), who) == [pytest.approx(2.0 + pause, abs=CLOSE)]


@often
@given(st.floats(0.05, 2.0), st.floats(-1.0, 1.0), st.lists(st.floats(0.0, END), max_size=12))
def test_a_rate_set_to_what_it_is_changes_nothing(rate: float, growth: float, times: list[float]) -> None:
    """A growing rate written down again at any moments is the same hazard."""
    exposed = [Line(0.0, Op.EXPOSE, who=who, x=1.0 + who) for who in range(ENTITIES)]
    once = [Line(0.0, Op.SET_RATE, x=rate, y=growth), *exposed]
    again = [Line(t, Op.SET_RATE, x=rate * math.exp(growth * t), y=growth) for t in times]
    plain, split = played(once, 2), played(once + again, 2)
    for who in range(ENTITIES):
        assert fired(split, who) == pytest.approx(fired(plain, who), abs=1e-8)
    books = [float(m.tables["clocks"]["exposure"][1]) for m in (plain, split)]
    assert books[1] == pytest.approx(books[0], rel=CLOSE)


def test_a_shrinking_hazard_may_never_suffice() -> None:
    """∫ exp(−t) dt stays below 1: an entity that owes more is never due, and one that owes less is."""
    script = [Line(0.0, Op.SET_RATE, x=1.0, y=-1.0)]
    script += [Line(0.0, Op.EXPOSE, who=who, x=1.0) for who in range(ENTITIES)]
    m = played(script, 2)
    for who in range(ENTITIES):
        due = -math.log1p(-threshold(who)) if threshold(who) < 1.0 else math.inf
        assert fired(m, who) == ([pytest.approx(due, abs=CLOSE)] if due <= END else [])


def test_thresholds_follow_each_other() -> None:
    """The n-th event of an entity takes the n-th threshold, on whatever clock."""
    who, sizes = 0, [threshold(0, n) for n in range(3)]
    script = [Line(0.0, Op.SET_RATE, clock=1, x=2.0), Line(0.0, Op.SET_RATE, clock=2, x=4.0)]
    script += [Line(3.0 * n, Op.EXPOSE, who=who, clock=1 + n % 2, x=1.0) for n in range(3)]
    assert fired(played(script, 3), who) == pytest.approx(
        [3.0 * n + size / (2.0 if n % 2 == 0 else 4.0) for n, size in enumerate(sizes)], abs=CLOSE
    )


def test_what_lies_after_the_end_takes_no_room() -> None:
    script = [Line(1.0, Op.AT, Kind.EARLY_DATE, x=END), Line(2.0, Op.ASK, Kind.EARLY_DATE)]
    script += [Line(3.0, Op.AT, Kind.EARLY_DATE, x=END - 3.0), Line(4.0, Op.ASK, Kind.EARLY_DATE)]
    m = played(script, 1)
    assert m.tables["script"]["answer"].tolist() == [-1, 0, -1, 1]
    assert logged(m)["time"][-1] == END
