"""Streams: the yearly candidates of a country or school, the same people under every plan."""

from __future__ import annotations

import math

from sim.engine import clocks
from sim.engine.compiled import rule
from sim.engine.random import child, uniform
from sim.model.dates import next_month
from sim.model.kinds import Kind, Origin, Use
from sim.model.people import create, entry_age
from sim.model.posts import seek_first
from sim.model.state import World

__all__ = ["enter", "start"]

PLACES_IN_A_YEAR = 1 << 20


@rule
def start(w: World, stream: int) -> None:
    """The first candidates enter in the first entry month from now."""
    n = w.streams[stream].numbers
    if n.per_year > 0.0:
        clocks.at(w, next_month(w, 0.0, n.month), Kind.ENTER, stream)


@rule
def enter(w: World, t: float, stream: int) -> None:
    """A year's candidates enter the cadre and look for a post; a fraction of a person is a chance of one."""
    s = w.streams[stream]
    expected = s.numbers.per_year
    if not w.setting.stationary:
        expected *= math.exp(s.years * math.log1p(s.numbers.growth))
    count = int(math.floor(expected + uniform(w.run.key, s.key, Use.CANDIDATES, s.years)))
    for rank in range(count):
        key = child(s.key, Kind.ENTER, s.years * PLACES_IN_A_YEAR + rank)
        u = uniform(w.run.key, key, Use.FRAILTY, 0)
        who = create(w, t, key, Origin.STREAM, s.cadre, entry_age(w, key, s.cadre), 0.0, u)
        if who < 0:
            return
        s.entered += 1
        w.cadres[s.cadre].entered += 1
        seek_first(w, t, who, s.unit)
    s.years += 1
    clocks.at(w, t + 1.0, Kind.ENTER, stream)
