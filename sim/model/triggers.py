"""What sets off the actions of a plan: events, dates and reported outcomes; and whether those asked agree.

An outcome is seen as the latest quarterly report has it, never as it is now. Where others must agree they decide at
the next quarter, each with the same chance: together they agree with its power. An action that is due, or in force,
is not set off again.
"""

from __future__ import annotations

import math
from enum import IntEnum

from sim.engine import clocks
from sim.engine.compiled import rule
from sim.engine.random import uniform
from sim.engine.tables import NONE
from sim.model.kinds import Kind, Use
from sim.model.optional import given
from sim.model.state import World

__all__ = ["Event", "decide", "happened", "schedule", "told", "watch"]

QUARTERS = 4.0
HAIR = 1e-9


class Event(IntEnum):
    """The events that can set off an action."""

    NOTICE = 0
    FUNDING_ENDS = 1
    PARTNERSHIP_ENDS = 2
    DESTINATION_RECRUITS = 3
    CRISIS = 4
    PAY_FALLS = 5
    POSTS_NOT_FUNDED = 6
    FUNDING_WITHDRAWN = 7
    DEGREE_NOT_RECOGNISED = 8


@rule
def schedule(w: World) -> None:
    """Put what has a date on the calendar: the action, or the quarter's end at which those asked decide."""
    for row in range(len(w.triggers)):
        x = w.triggers[row]
        if x.date < math.inf and x.asks > 0:
            clocks.at(w, math.ceil(x.date * QUARTERS - HAIR) / QUARTERS, Kind.CONSENT, row)
        elif x.date < math.inf:
            clocks.at(w, x.date + x.delay, Kind.POLICY, x.policy)


@rule
def set_off(w: World, t: float, row: int) -> None:
    """An action is considered: it is decided on at the next quarter, or at once where nobody is asked."""
    x = w.triggers[row]
    busy = w.policies[x.policy].ending or clocks.is_due(w, Kind.POLICY, x.policy) or clocks.is_due(w, Kind.CONSENT, row)
    if busy or x.acted >= x.times or t < x.ready - HAIR:
        return
    if x.asks > 0:
        clocks.at(w, (math.floor(t * QUARTERS + HAIR) + 1.0) / QUARTERS, Kind.CONSENT, row)
    else:
        decide(w, t, row)


@rule
def decide(w: World, t: float, row: int) -> bool:
    """Those whose consent is needed agree or refuse; with it the action begins after its delay."""
    x = w.triggers[row]
    chance = math.pow(x.consent if given(x.consent) else w.governance.consents, x.asks)
    agreed = uniform(w.run.key, x.key, Use.AGREES, x.asked) < chance
    x.asked += 1
    x.ready = t + x.cooldown
    x.since = math.inf
    if agreed:
        x.acted += 1
        clocks.at(w, t + x.delay, Kind.POLICY, x.policy)
    else:
        x.refused += 1
    return agreed


@rule
def happened(w: World, t: float, event: int, of: int) -> None:
    """Something has happened that may set off actions.

    Args:
        event: an `Event`.
        of: the programme whose donor or funding it is, or the partnership that has ended; NONE for a shock.
    """
    for row in range(len(w.triggers)):
        x = w.triggers[row]
        if x.event == event and (x.of == NONE or x.of == of):
            set_off(w, t, row)


@rule
def told(w: World, t: float, event: int, programme: int) -> None:
    """A donor gives notice, or its payments end: of interest to those whose programme runs."""
    if w.programmes[programme].running:
        happened(w, t, event, programme)


@rule
def watch(w: World, t: float) -> None:
    """A report has been written: see which outcomes have passed their level, and for how long."""
    latest = (w.setting.reports - 1) * len(w.columns)
    for row in range(len(w.triggers)):
        x = w.triggers[row]
        if x.column == NONE:
            continue
        value = w.panel[latest + x.column]
        level = x.level * w.panel[x.column] if x.relative else x.level
        if not (value > level if x.above else value < level):
            x.since = math.inf
            continue
        x.since = min(x.since, t)
        if t - x.since + 1.0 / QUARTERS >= x.held - HAIR:
            set_off(w, t, row)
