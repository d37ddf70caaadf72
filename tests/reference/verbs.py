"""The engine's verbs written a second time, on a plain SimPy environment.

No heaps, no marks, no shared clocks, no slots: whoever is touched by a change is planned anew, as a SimPy event
after a delay. Thresholds are keyed as the engine keys them, so a run of the same rules must be the same run.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import simpy
from simpy.events import EventPriority

from sim.engine.distributions import exponential
from sim.engine.log import record
from sim.engine.random import uniform
from sim.engine.tables import CALENDAR, NONE

Fire = Callable[[Any, float, int, int], None]


@dataclass
class Rate:
    """A hazard: rate · exp(growth · (time − since)), per year."""

    rate: float = 0.0
    growth: float = 0.0
    since: float = 0.0

    def at(self, t: float) -> float:
        return self.rate * math.exp(self.growth * (t - self.since))

    def between(self, a: float, b: float) -> float:
        if self.growth == 0.0:
            return self.rate * (b - a)
        return self.at(a) * math.expm1(self.growth * (b - a)) / self.growth

    def delay(self, t: float, amount: float) -> float:
        """How long from t the hazard takes to add up to an amount; infinite if it never does."""
        if self.rate <= 0.0:
            return math.inf
        if self.growth == 0.0:
            return amount / self.rate
        scaled = self.growth * amount / self.at(t)
        return math.log1p(scaled) / self.growth if scaled > -1.0 else math.inf


@dataclass
class Pending:
    """What one (kind, entity) waits for: a date (clock 0), a hazard, or nothing."""

    name: int
    clock: int = NONE
    event: simpy.Event | None = None
    when: float = math.inf
    factor: float = 0.0
    since: float = 0.0
    threshold: float = 0.0
    owed: float = -1.0
    fired: int = 0


class Reference:
    """One run. Its methods bear the names of the engine's verbs and take their place.

    Args:
        fire: what happens when an event fires.
    """

    VERBS = (
        "slot", "owner", "at", "cancel", "is_due", "expose", "withdraw", "set_factor", "set_rate", "consume",
    )  # fmt: skip

    def __init__(self, w: Any, fire: Fire) -> None:
        self.env, self.w, self.fire = simpy.Environment(), w, fire
        self.rates: dict[int, Rate] = defaultdict(Rate)
        self.pending: dict[tuple[int, int], Pending] = {}

    def run(self, until: float) -> None:
        """Let everything due up to and including a time happen."""
        while self.env.peek() <= until:
            self.env.step()

    def slot(self, w: Any, kind: int, who: int) -> tuple[int, int]:
        return int(kind), int(who)

    def owner(self, w: Any, kind: int, who: int) -> None:
        self.pending[kind, who] = Pending((kind << 40) | who)

    def is_due(self, w: Any, kind: int, who: int) -> bool:
        return self.pending[kind, who].clock != NONE

    def at(self, w: Any, when: float, kind: int, who: int) -> None:
        self.cancel(w, kind, who)
        if when <= w.run.end:
            p = self.pending[kind, who]
            p.clock, p.when = CALENDAR, when
            self._plan(p)

    def cancel(self, w: Any, kind: int, who: int) -> None:
        p = self.pending[kind, who]
        if p.clock == CALENDAR:
            p.clock, p.event = NONE, None

    def expose(self, w: Any, t: float, kind: int, who: int, key: Any, clock: int, factor: float) -> None:
        self.withdraw(w, t, kind, who)
        p = self._threshold(kind, who, key)
        p.clock, p.factor, p.since = clock, factor, t
        self._plan(p)

    def withdraw(self, w: Any, t: float, kind: int, who: int) -> None:
        p = self.pending[kind, who]
        if p.clock > CALENDAR:
            self._settle(p, t)
            p.clock, p.event = NONE, None

    def set_factor(self, w: Any, t: float, kind: int, who: int, factor: float) -> None:
        p = self.pending[kind, who]
        if p.clock > CALENDAR:
            self._settle(p, t)
            p.factor = factor
            self._plan(p)

    def set_rate(self, w: Any, t: float, clock: int, rate: float, growth: float) -> None:
        exposed = [p for p in self.pending.values() if p.clock == clock]
        for p in exposed:
            self._settle(p, t)
        self.rates[clock] = Rate(rate, growth, t)
        for p in exposed:
            self._plan(p)

    def consume(self, w: Any, t: float, kind: int, who: int, key: Any, clock: int, factor: float, years: float) -> bool:
        p = self._threshold(kind, who, key)
        p.owed -= years * factor * self.rates[clock].at(t)
        reached = p.owed <= 0.0
        if reached:
            self._fulfil(p)
        return reached

    def _threshold(self, kind: int, who: int, key: Any) -> Pending:
        """The pending of a (kind, entity), which owes something: a new Exp(1) if the last one was paid."""
        p = self.pending[kind, who]
        if p.owed < 0.0:
            p.threshold = p.owed = exponential(uniform(self.w.run.key, key, kind, p.fired))
        return p

    def _settle(self, p: Pending, t: float) -> None:
        p.owed = max(0.0, p.owed - p.factor * self.rates[p.clock].between(p.since, t))
        p.since = t

    def _fulfil(self, p: Pending) -> None:
        self.w.run.spent = p.threshold
        p.owed, p.fired = -1.0, p.fired + 1

    def _plan(self, p: Pending) -> None:
        """Plan a pending event anew; what SimPy holds of the old plan no longer counts."""
        if p.clock != CALENDAR:
            wait = self.rates[p.clock].delay(self.env.now, p.owed / p.factor) if p.factor > 0.0 else math.inf
            p.when = self.env.now + wait
        p.event = None
        if p.when < math.inf:
            p.event = simpy.Event(self.env)
            p.event._ok, p.event._value = True, None
            p.event.callbacks = [lambda event: self._happen(p, event)]
            priority = cast(EventPriority, p.name)  # so that ties go by name
            self.env.schedule(p.event, priority, delay_to(self.env.now, p.when))

    def _happen(self, p: Pending, event: simpy.Event) -> None:
        if p.event is not event:
            return
        self.w.run.spent = 0.0
        if p.clock != CALENDAR:
            self._fulfil(p)
        p.clock, p.event = NONE, None
        t, kind, who = self.env.now, p.name >> 40, p.name & ((1 << 40) - 1)
        self.w.run.now = t
        record(self.w, t, kind, who)
        self.fire(self.w, t, kind, who)
        self.w.run.steps += 1


def delay_to(now: float, when: float) -> float:
    """The delay that takes SimPy from now to exactly `when`: dates that tie must not part by a rounding."""
    delay = max(0.0, when - now)
    around = (delay, math.nextafter(delay, math.inf), math.nextafter(delay, 0.0))
    return next((d for d in around if now + d == when), delay)
