"""Clocks and the calendar: the verbs with which rules say when things happen.

A *slot* belongs to one (kind, entity) and holds at most one pending event. A *clock* is an integrated hazard Λ(t)
that many slots share: a slot fires when Λ reaches its mark. While a clock's rate does not change nothing about its
slots has to be touched, and a change of rate is one operation whatever the number of people exposed to it. The
calendar is clock 0: its rate is 1, so its Λ is the time.

An exposed slot owes what is left of its Exp(1) threshold; the n-th threshold of a (kind, entity) is keyed by n.
What is owed is kept when exposure stops, and goes on where it resumes, on the same clock or on another.

Verbs: at, cancel (dates); expose, withdraw, set_factor, consume (hazards of one entity); set_rate (of a clock).
Each clock counts its events and integrates its hazard, so events − ∫ hazard can be checked to have mean 0.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.compiled import rule
from sim.engine.distributions import exponential
from sim.engine.queue import insert, refresh, remove
from sim.engine.random import uniform
from sim.engine.tables import CALENDAR, NONE, EngineWorld

__all__ = ["at", "cancel", "consume", "expose", "is_due", "owner", "set_factor", "set_rate", "slot", "take", "withdraw"]

NAME_BITS = 40
LOW_BITS = (1 << NAME_BITS) - 1


@rule
def slot(w: EngineWorld, kind: int, who: int) -> int:
    """The place of a (kind, entity) among the slots: an entity's slots lie side by side."""
    k = w.kinds[kind]
    return k.first + who * k.stride


@rule
def owner(w: EngineWorld, kind: int, who: int) -> None:
    """Make the slot of a (kind, entity) blank: to be called for each kind when an entity comes into being."""
    x = w.slots[slot(w, kind, who)]
    x.clock = NONE
    x.owed = -1.0
    x.spent = 0.0
    x.mark = math.inf
    x.factor = 0.0
    x.fired = 0
    x.child = NONE
    x.after = NONE
    x.before = NONE
    x.name = (kind << NAME_BITS) | who


@rule
def reading(w: EngineWorld, t: float, clock: int) -> float:
    """Λ of a clock at a time, and its books brought up to that time."""
    c = w.clocks[clock]
    dt = t - c.since
    span = dt if c.growth == 0.0 else math.expm1(c.growth * dt) / c.growth
    now = c.level + c.rate * span
    c.exposure += c.at_risk * (now - c.read)
    c.read = now
    return now


@rule
def at(w: EngineWorld, when: float, kind: int, who: int) -> None:
    """Put an event on the calendar; it replaces the pending one of this kind and entity.

    An event after the end of the run takes no room there. An exposure of the same kind and entity ends.
    """
    withdraw(w, w.run.now, kind, who)
    cancel(w, kind, who)
    if when <= w.run.end:
        s = slot(w, kind, who)
        x = w.slots[s]
        x.clock = CALENDAR
        x.mark = when
        insert(w, CALENDAR, s)


@rule
def cancel(w: EngineWorld, kind: int, who: int) -> None:
    """Take an event off the calendar; nothing happens if none is pending."""
    s = slot(w, kind, who)
    x = w.slots[s]
    if x.clock == CALENDAR:
        remove(w, CALENDAR, s)
        x.clock = NONE


@rule
def is_due(w: EngineWorld, kind: int, who: int) -> bool:
    """Whether an event of this kind is pending for this entity, on the calendar or on a clock."""
    return w.slots[slot(w, kind, who)].clock != NONE


@rule
def expose(w: EngineWorld, t: float, kind: int, who: int, key: np.uint64, clock: int, factor: float) -> None:
    """Expose an entity to a clock: from now its hazard is `factor` times the clock's rate.

    Args:
        key: the entity's name for life, which keys the thresholds.
        clock: the clock; exposure to another one ends, and so does a date.
        factor: the entity's own multiplier; with 0 what is owed is kept and nothing happens.
    """
    withdraw(w, t, kind, who)
    cancel(w, kind, who)
    s = slot(w, kind, who)
    x = w.slots[s]
    if x.owed < 0.0:
        x.owed = exponential(uniform(w.run.key, key, kind, x.fired))
    now = reading(w, t, clock)
    w.clocks[clock].at_risk += factor
    x.clock = clock
    x.factor = factor
    if factor > 0.0:
        x.mark = now + x.owed / factor
        insert(w, clock, s)
    else:
        x.mark = math.inf


@rule
def withdraw(w: EngineWorld, t: float, kind: int, who: int) -> None:
    """End an entity's exposure; what it still owes is kept for later. No exposure, no effect."""
    s = slot(w, kind, who)
    x = w.slots[s]
    clock = x.clock
    if clock <= CALENDAR:
        return
    now = reading(w, t, clock)
    if x.factor > 0.0:
        remove(w, clock, s)
        left = max(0.0, (x.mark - now) * x.factor)
        x.spent += x.owed - left
        x.owed = left
    w.clocks[clock].at_risk -= x.factor
    x.clock = NONE


@rule
def set_factor(w: EngineWorld, t: float, kind: int, who: int, factor: float) -> None:
    """Change an exposed entity's multiplier from now on. No exposure, no effect."""
    clock = w.slots[slot(w, kind, who)].clock
    if clock > CALENDAR:
        expose(w, t, kind, who, np.uint64(0), clock, factor)


@rule
def set_rate(w: EngineWorld, t: float, clock: int, rate: float, growth: float) -> None:
    """Let a clock's rate be rate · exp(growth · (time − t)) from now on; the marks on it stay where they are."""
    c = w.clocks[clock]
    if c.rate == rate and c.growth == growth and (growth == 0.0 or c.since == t):
        return
    c.level = reading(w, t, clock)
    c.since = t
    c.rate = rate
    c.growth = growth
    refresh(w, clock)


@rule
def consume(
    w: EngineWorld, t: float, kind: int, who: int, key: np.uint64, clock: int, factor: float, years: float
) -> bool:
    """Spend some years of a clock's present hazard at once, as a transition does.

    The entity must not be exposed. The clock's books count the event and the exposure that it took.

    Returns:
        Whether the threshold was reached: the event has happened, here and now.
    """
    x = w.slots[slot(w, kind, who)]
    if x.owed < 0.0:
        x.owed = exponential(uniform(w.run.key, key, kind, x.fired))
    c = w.clocks[clock]
    amount = years * factor * c.rate * math.exp(c.growth * (t - c.since))
    spent = min(amount, x.owed)
    c.exposure += spent
    x.spent += spent
    if x.owed <= amount:
        c.events += 1
        fulfil(w, slot(w, kind, who))
        return True
    x.owed -= amount
    return False


@rule
def fulfil(w: EngineWorld, s: int) -> None:
    """A threshold has been reached: the next exposure draws the next one."""
    x = w.slots[s]
    w.run.spent = x.spent
    x.spent = 0.0
    x.owed = -1.0
    x.fired += 1


@rule
def take(w: EngineWorld, clock: int) -> int:
    """Take the first event off a clock, at the time `w.run.now`.

    Returns:
        Its name: kind · 2^40 + entity.
    """
    c = w.clocks[clock]
    s = c.root
    x = w.slots[s]
    remove(w, clock, s)
    x.clock = NONE
    w.run.spent = 0.0
    if clock != CALENDAR:
        reading(w, w.run.now, clock)
        c.at_risk -= x.factor
        c.events += 1
        x.spent += x.owed
        fulfil(w, s)
    return x.name
