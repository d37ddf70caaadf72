"""Stays abroad: how they begin, and how somebody may come to settle there."""

from __future__ import annotations

from sim.engine import clocks
from sim.engine.compiled import rule
from sim.engine.tables import NONE
from sim.model.kinds import Kind
from sim.model.people import clock_of, move
from sim.model.state import World

__all__ = ["grace_ends", "settle", "stay_abroad"]


@rule
def stay_abroad(w: World, t: float, who: int, group: int, years: float, grace: float) -> None:
    """A stay abroad begins; from the end of its grace, somebody may decide to settle."""
    p = w.people[who]
    p.away = t + years
    p.settled = 0
    clocks.withdraw(w, t, Kind.SETTLE, who)  # of an earlier stay: this one has a grace of its own
    move(w, t, who, group)
    if grace < years:
        clocks.at(w, t + grace, Kind.GRACE_ENDS, who)


@rule
def grace_ends(w: World, t: float, who: int) -> None:
    """The stay has become long enough to settle."""
    p = w.people[who]
    clock = clock_of(w, p.group, Kind.SETTLE, p.usable)
    if clock != NONE:
        clocks.expose(w, t, Kind.SETTLE, who, p.key, clock, 1.0)


@rule
def settle(w: World, t: float, who: int) -> None:
    """Somebody who is abroad for a time decides not to come back; the stay goes on to its end."""
    w.people[who].settled = 1
