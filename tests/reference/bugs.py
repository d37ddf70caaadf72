"""The engine's verbs, each with a mistake that somebody might make. The reference must find every one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.engine import clocks, queue
from sim.engine.distributions import exponential
from sim.engine.random import uniform
from sim.engine.tables import CALENDAR, NONE

take, expose, withdraw, reading = clocks.take, clocks.expose, clocks.withdraw, clocks.reading
consume, set_rate, slot, fulfil, first_clock = (
    clocks.consume, clocks.set_rate, clocks.slot, clocks.fulfil, queue.first_clock,
)  # fmt: skip


def at_keeps_the_old_date(w: Any, when: float, kind: int, who: int) -> None:
    s = slot(w, kind, who)
    x = w.slots[s]
    if x.clock == NONE and when <= w.run.end:
        x.clock, x.mark = CALENDAR, when
        queue.insert(w, CALENDAR, s)


def cancel_does_nothing(w: Any, kind: int, who: int) -> None:
    return


def expose_forgets_what_is_owed(w: Any, t: float, kind: int, who: int, key: Any, clock: int, factor: float) -> None:
    withdraw(w, t, kind, who)
    x = w.slots[slot(w, kind, who)]
    if x.owed >= 0.0:
        x.owed = exponential(uniform(w.run.key, key, kind, x.fired))
    expose(w, t, kind, who, key, clock, factor)


def withdraw_loses_the_rest(w: Any, t: float, kind: int, who: int) -> None:
    x = w.slots[slot(w, kind, who)]
    owed = x.owed
    withdraw(w, t, kind, who)
    x.owed = owed


def set_factor_is_ignored(w: Any, t: float, kind: int, who: int, factor: float) -> None:
    return


def set_factor_redraws_at_zero(w: Any, t: float, kind: int, who: int, factor: float) -> None:
    clock = w.slots[slot(w, kind, who)].clock
    if clock > CALENDAR:
        if factor == 0.0:
            withdraw(w, t, kind, who)
            w.slots[slot(w, kind, who)].owed = 0.0
        expose(w, t, kind, who, np.uint64(0), clock, factor)


def set_rate_moves_no_base(w: Any, t: float, clock: int, rate: float, growth: float) -> None:
    c = w.clocks[clock]
    reading(w, t, clock)
    c.rate, c.growth = rate, growth
    queue.refresh(w, clock)


def set_rate_keeps_the_old_firing_time(w: Any, t: float, clock: int, rate: float, growth: float) -> None:
    c = w.clocks[clock]
    c.level = reading(w, t, clock)
    c.since, c.rate, c.growth = t, rate, growth


def set_rate_ignores_growth(w: Any, t: float, clock: int, rate: float, growth: float) -> None:
    set_rate(w, t, clock, rate, 0.0)


def consume_takes_nothing_off(
    w: Any, t: float, kind: int, who: int, key: Any, clock: int, factor: float, years: float
) -> bool:
    reached: bool = consume(w, t, kind, who, key, clock, factor, years)
    x = w.slots[slot(w, kind, who)]
    if not reached:
        x.owed = exponential(uniform(w.run.key, key, kind, x.fired))
    return reached


def is_due_sees_dates_only(w: Any, kind: int, who: int) -> bool:
    return bool(w.slots[slot(w, kind, who)].clock == CALENDAR)


def owner_leaves_the_threshold(w: Any, kind: int, who: int) -> None:
    owner(w, kind, who)
    w.slots[slot(w, kind, who)].owed = 1.0


owner = clocks.owner


def take_draws_the_same_threshold_again(w: Any, clock: int) -> int:
    s = w.clocks[clock].root
    name: int = take(w, clock)
    w.slots[s].fired = 0
    return name


def first_clock_is_the_calendar(w: Any) -> int:
    return CALENDAR if w.clocks[CALENDAR].time < math.inf else int(first_clock(w))


def ties_go_by_insertion(w: Any, a: int, b: int) -> bool:
    return bool(w.slots[a].mark < w.slots[b].mark)


BUGS: dict[str, dict[str, Any]] = {
    "none": {},
    "at keeps the old date": {"at": at_keeps_the_old_date},
    "cancel does nothing": {"cancel": cancel_does_nothing},
    "expose forgets what is owed": {"expose": expose_forgets_what_is_owed},
    "withdraw loses the rest": {"withdraw": withdraw_loses_the_rest},
    "set_factor is ignored": {"set_factor": set_factor_is_ignored},
    "set_factor forgets at zero": {"set_factor": set_factor_redraws_at_zero},
    "set_rate moves no base": {"set_rate": set_rate_moves_no_base},
    "set_rate keeps the old firing time": {"set_rate": set_rate_keeps_the_old_firing_time},
    "set_rate ignores growth": {"set_rate": set_rate_ignores_growth},
    "consume takes nothing off": {"consume": consume_takes_nothing_off},
    "is_due sees dates only": {"is_due": is_due_sees_dates_only},
    "owner leaves the threshold": {"owner": owner_leaves_the_threshold},
    "take draws the same threshold again": {"take": take_draws_the_same_threshold_again},
    "first_clock is the calendar": {"first_clock": first_clock_is_the_calendar},
    "ties go by insertion": {"earlier": ties_go_by_insertion},
}
