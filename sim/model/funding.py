"""Who pays for a programme: a donor for a time, with notice and taper; then a successor, or nobody.

A takeover that a plan has begun replaces the one that the file foresees, so nothing is paid twice. The parts are
functions of time and of what was agreed; nothing is stored that could be out of date.
"""

from __future__ import annotations

import math

from sim.engine import clocks
from sim.engine.compiled import rule
from sim.engine.tables import NONE
from sim.model.kinds import Kind
from sim.model.optional import number
from sim.model.state import World

__all__ = [
    "donor_part",
    "extent",
    "funded",
    "funded_at",
    "hand_over",
    "promised",
    "start",
    "successor",
    "successor_part",
    "withdraw",
]


@rule
def ready(w: World, t: float, programme: int) -> float:
    """The part that the donor would pay at a time: 1, a straight line to 0 over the taper, then 0."""
    g = w.programmes[programme]
    if not w.setting.do.money:
        return 1.0
    if t >= g.gives_until:
        return 0.0
    if t > g.gives_until - g.taper:
        return (g.gives_until - t) / g.taper
    return 1.0


@rule
def handed(w: World, t: float, programme: int) -> float:
    """The part that a plan's own takeover has reached at a time; 0 if none has begun."""
    g = w.programmes[programme]
    if t < g.handover:
        return 0.0
    return min(1.0, (t - g.handover) / g.handover_years) if g.handover_years > 0.0 else 1.0


@rule
def donor_part(w: World, t: float, programme: int) -> float:
    """The part of a programme's cost that its donor pays at a time."""
    if w.programmes[programme].given_by == NONE:
        return 0.0
    return min(ready(w, t, programme), 1.0 - handed(w, t, programme))


@rule
def successor(w: World, programme: int) -> int:
    """The party that takes over from the donor, or NONE."""
    g = w.programmes[programme]
    return g.taken_over_by if math.isinf(g.handover) else g.handover_by


@rule
def successor_part(w: World, t: float, programme: int) -> float:
    """The part of a programme's cost that the donor's successor pays at a time."""
    g = w.programmes[programme]
    if g.given_by == NONE or successor(w, programme) == NONE:
        return 0.0
    if math.isinf(g.handover):
        return g.donor.share * (1.0 - ready(w, t - g.donor.delay, programme))
    return handed(w, t, programme)


@rule
def funded_at(w: World, t: float, programme: int) -> float:
    """The part of a programme's cost that somebody pays at a time; what nobody pays does not take place."""
    if w.programmes[programme].given_by == NONE:
        return 1.0
    return donor_part(w, t, programme) + successor_part(w, t, programme)


@rule
def funded(w: World, programme: int) -> float:
    """The part of a programme's cost that somebody pays now."""
    return funded_at(w, w.run.now, programme)


@rule
def promised(w: World, programme: int) -> float:
    """The part of the donor's payments that will in the end have been taken over."""
    g = w.programmes[programme]
    if successor(w, programme) == NONE:
        return 0.0
    return g.donor.share if math.isinf(g.handover) else 1.0


@rule
def schedule(w: World, t: float, programme: int) -> None:
    """Put on the calendar when notice is given, and when the donor's payments end."""
    g = w.programmes[programme]
    if w.setting.do.money and not math.isinf(g.gives_until):
        clocks.at(w, max(t, g.gives_until - g.notice), Kind.NOTICE, programme)
        clocks.at(w, max(t, g.gives_until), Kind.FUNDING_ENDS, programme)


@rule
def start(w: World, programme: int) -> None:
    """What the donor has promised at the start."""
    g = w.programmes[programme]
    g.gives_until = math.inf
    if g.given_by != NONE:
        g.gives_until = number(g.donor.ends)
        g.notice = g.donor.notice
        g.taper = g.donor.taper
    schedule(w, 0.0, programme)


@rule
def extent(w: World, programme: int) -> float:
    """How much of a programme there is now: as far as it is paid for, times what actions have made of it."""
    return w.programmes[programme].scale * funded(w, programme)


@rule
def withdraw(w: World, t: float, programme: int, notice: float) -> None:
    """The donor gives notice now: its payments end after that time, unless they were to end sooner."""
    g = w.programmes[programme]
    if g.given_by != NONE and t + notice < g.gives_until:
        g.gives_until = t + notice
        g.notice = notice
        g.taper = min(g.taper, notice)
        schedule(w, t, programme)


@rule
def hand_over(w: World, t: float, programme: int, years: float, to: int) -> None:
    """A party begins to take over what the donor pays, in a straight line over some years; the first one stays."""
    g = w.programmes[programme]
    if math.isinf(g.handover):
        g.handover = t
        g.handover_years = years
        g.handover_by = to
