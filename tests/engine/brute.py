"""The verbs by brute force: hazards integrated anew over all that was, pending events in a sorted list.

Plain Python, nothing incremental: what the engine's clocks and slots must amount to.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.engine.distributions import exponential
from sim.engine.random import uniform
from tests.engine.script import END, Kind, Line, Op

HAZARDS = (Kind.CAUSE, Kind.OTHER_CAUSE)


@dataclass
class Exposure:
    """A stretch of time on a clock; `end` is infinite while it lasts."""

    clock: int
    factor: float
    start: float
    end: float = math.inf


@dataclass
class Threshold:
    """One Exp(1) threshold, and everything that has been paid towards it."""

    size: float
    exposures: list[Exposure] = field(default_factory=list)
    consumed: float = 0.0


class Brute:
    """A script's history.

    Attributes:
        log: (time, kind, entity) of every event.
        answers: what each command was told; -1 if nothing.
    """

    def __init__(self, script: Sequence[Line], key: int) -> None:
        self.script, self.key = script, key
        self.rates: dict[int, list[tuple[float, float, float]]] = defaultdict(lambda: [(0.0, 0.0, 0.0)])
        self.dates = {(Kind.COMMAND, i): line.time for i, line in enumerate(script)}
        self.thresholds: dict[tuple[Kind, int], list[Threshold]] = defaultdict(list)
        self.paid: set[tuple[Kind, int]] = set()
        self.consumed: dict[int, float] = defaultdict(float)
        self.events: dict[int, int] = defaultdict(int)
        self.log: list[tuple[float, Kind, int]] = []
        self.answers = [-1] * len(script)

    def integral(self, clock: int, a: float, b: float) -> float:
        """A clock's hazard between two times, piece by piece."""
        pieces = self.rates[clock]
        total = 0.0
        for i, (since, rate, growth) in enumerate(pieces):
            low = max(a, since)
            high = min(b, pieces[i + 1][0] if i + 1 < len(pieces) else math.inf)
            if high > low:
                start, span = rate * math.exp(growth * (low - since)), high - low
                total += start * span if growth == 0.0 else start * math.expm1(growth * span) / growth
        return total

    def owed(self, who: tuple[Kind, int], t: float) -> float:
        """What is left of the present threshold."""
        threshold = self.thresholds[who][-1]
        paid = [e.factor * self.integral(e.clock, e.start, min(e.end, t)) for e in threshold.exposures]
        return threshold.size - threshold.consumed - math.fsum(paid)

    def exposed(self, who: tuple[Kind, int]) -> Exposure | None:
        """The present exposure, if there is one."""
        exposures = self.thresholds[who][-1].exposures if self.thresholds[who] else []
        return exposures[-1] if exposures and exposures[-1].end == math.inf else None

    def reached(self, who: tuple[Kind, int], t: float) -> float:
        """When a threshold will be reached if nothing changes any more."""
        exposure = self.exposed(who)
        if exposure is None:
            return math.inf
        since, rate, growth = self.rates[exposure.clock][-1]
        hazard = exposure.factor * rate * math.exp(growth * (t - since))
        if hazard <= 0.0:
            return math.inf
        left = max(0.0, self.owed(who, t)) / hazard
        if growth != 0.0:
            left = math.log1p(growth * left) / growth if growth * left > -1.0 else math.inf
        return t + left

    def run(self) -> Brute:
        """Play the script to its end."""
        now = 0.0
        while True:
            pending = [(when, kind, who) for (kind, who), when in self.dates.items()]
            pending += [(self.reached(slot, now), *slot) for slot in list(self.thresholds)]
            pending = sorted(p for p in pending if p[0] <= END)
            if not pending:
                return self
            now, kind, who = pending[0]
            self.log.append((now, kind, who))
            if kind in HAZARDS:
                exposure = self.exposed((kind, who))
                assert exposure is not None
                self.events[exposure.clock] += 1
                self.stop((kind, who), now)
                self.paid.add((kind, who))
            else:
                del self.dates[kind, who]
            if kind == Kind.COMMAND:
                self.obey(now, who, self.script[who])

    def stop(self, who: tuple[Kind, int], t: float) -> None:
        exposure = self.exposed(who)
        if exposure is not None:
            exposure.end = t

    def start(self, who: tuple[Kind, int], t: float, clock: int, factor: float) -> None:
        self.stop(who, t)
        self.present(who).exposures.append(Exposure(clock, factor, t))

    def present(self, who: tuple[Kind, int]) -> Threshold:
        """The threshold in force; the next one if the last has been reached."""
        drawn = self.thresholds[who]
        if not drawn or who in self.paid:
            self.paid.discard(who)
            u = uniform(np.uint64(self.key), np.uint64(100 + who[1]), who[0], len(drawn))
            drawn.append(Threshold(exponential(u)))
        return drawn[-1]

    def obey(self, t: float, i: int, line: Line) -> None:
        """What each verb means."""
        who = line.kind, line.who
        exposure = self.exposed(who)
        if line.op == Op.AT:
            self.dates[who] = t + line.x
        elif line.op == Op.CANCEL:
            self.dates.pop(who, None)
        elif line.op == Op.EXPOSE:
            self.start(who, t, line.clock, line.x)
        elif line.op == Op.WITHDRAW:
            self.stop(who, t)
        elif line.op == Op.SET_FACTOR and exposure is not None:
            self.start(who, t, exposure.clock, line.x)
        elif line.op == Op.SET_RATE:
            self.rates[line.clock].append((t, line.x, line.y))
        elif line.op == Op.CONSUME and exposure is None:
            self.answers[i] = self.consume(who, t, line)
        elif line.op == Op.ASK:
            self.answers[i] = int(self.dates.get(who, math.inf) <= END or exposure is not None)

    def consume(self, who: tuple[Kind, int], t: float, line: Line) -> int:
        threshold = self.present(who)
        since, rate, growth = self.rates[line.clock][-1]
        left, amount = self.owed(who, t), line.x * line.y * rate * math.exp(growth * (t - since))
        threshold.consumed += min(left, amount)
        self.consumed[line.clock] += min(left, amount)
        if left <= amount:
            self.events[line.clock] += 1
            self.paid.add(who)
        return int(left <= amount)

    def exposure(self, clock: int) -> float:
        """The hazard of a clock integrated over everyone exposed to it, up to the end."""
        every = [e for drawn in self.thresholds.values() for threshold in drawn for e in threshold.exposures]
        paid = [e.factor * self.integral(clock, e.start, min(e.end, END)) for e in every if e.clock == clock]
        return math.fsum(paid) + self.consumed[clock]

    def at_risk(self, clock: int) -> float:
        """The sum of the factors exposed to a clock at the end."""
        present = [self.exposed(who) for who in list(self.thresholds)]
        return math.fsum(e.factor for e in present if e is not None and e.clock == clock)
