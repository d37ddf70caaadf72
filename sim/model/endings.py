"""How partnerships end: several causes compete, and the first one counts.

At the same instant a donor's end comes first, then the books of the month, then goals, which are read in the
quarterly report. See docs/money.md for every cause.
"""

from __future__ import annotations

from sim.engine import clocks
from sim.engine.compiled import rule
from sim.engine.random import uniform
from sim.engine.tables import NONE
from sim.model import programmes, triggers
from sim.model.funding import promised
from sim.model.kinds import Cause, Kind, ProgrammeKind, Use
from sim.model.money import Outside, outside, pay_for_partners
from sim.model.optional import given, number
from sim.model.state import World

__all__ = ["close", "funding_ends", "judge_goals"]

HAIR = 1e-9
CENT = 0.01
"""What sums of parts may miss by rounding."""
WATCHED_YEARS = 3.0
"""How long each programme is followed after the end of its partnership."""
RECENT = 1.0
"""Somebody in it within this many years makes a programme active."""
# A compiled rule returns one type: plain integers, as NONE is.
INSOLVENT, COVENANT, EXHAUSTED = int(Cause.PARTY_INSOLVENT), int(Cause.COVENANT), int(Cause.ACCOUNT_EXHAUSTED)
PARTY_LEFT, NEVER_STARTED = int(Cause.STRATEGIC_EXIT), int(Cause.NEVER_STARTED)
FADED, EXPIRED = int(Cause.FADED), int(Cause.EXPIRED)
MONTHS_MISSED = 2
"""So many months running below the covenant end a partnership."""


@rule
def end(w: World, t: float, agreement: int, cause: int) -> None:
    """A partnership ends. After a success programmes run on; else they take nobody in any more."""
    a = w.agreements[agreement]
    success = cause == Cause.GOALS_MET or cause == Cause.HANDED_OVER
    a.running = 0
    a.cause = cause
    a.ended = t
    triggers.happened(w, t, triggers.Event.PARTNERSHIP_ENDS, agreement)
    a.failed = 0 if success or cause == Cause.EXPIRED else 1
    for programme in range(len(w.programmes)):
        g = w.programmes[programme]
        if g.partnership == agreement and g.started <= t:
            g.ended = t
            if not success:
                programmes.stop(w, t, programme)
    if a.failed and a.started <= t and w.setting.do.money:
        for stake in range(a.first_stake, a.last_stake):
            source = w.parties[w.stakes[stake].party].account
            pay_for_partners(w, t, source, outside(w, Outside.SUPPLIERS), a.numbers.wind_down, agreement)


@rule
def look(w: World, t: float, programme: int) -> None:
    """See whether anybody is in a programme, and three years after the end of its partnership, whether it runs on."""
    g = w.programmes[programme]
    if g.kind == ProgrammeKind.TRAINING:
        r = w.trainings[g.of]
        inside = w.groups[r.abroad].count + (w.groups[r.home].count if r.at_home else 0)
    else:
        inside = w.exchanges[g.of].there
    if inside > 0 or g.started == t:
        g.active = t
        if g.partnership != NONE:
            w.agreements[g.partnership].active = t
    if not g.observed and t >= g.ended + WATCHED_YEARS - HAIR:
        g.observed = 1
        g.ran_on = 1 if g.running and t - g.active <= RECENT else 0


@rule
def leaves(w: World, agreement: int, stake: int) -> bool:
    """Whether a party leaves now: whenever it has lost as much again as it is willing to lose, it may."""
    s = w.stakes[stake]
    if not given(s.willing_to_lose) or s.lost <= number(s.willing_to_lose) * (s.reviewed + 1.0):
        return False
    a = w.agreements[agreement]
    u = uniform(w.run.key, a.key ^ w.parties[s.party].key, Use.LIMIT, s.reviewed)
    s.reviewed += 1
    s.left = 1 if u < a.numbers.leaves_at_limit else 0
    return s.left == 1


@rule
def by_money(w: World, agreement: int) -> int:
    """The cause by which money ends a partnership now, or NONE."""
    a = w.agreements[agreement]
    for stake in range(a.first_stake, a.last_stake):
        if w.parties[w.stakes[stake].party].insolvent:
            return INSOLVENT
    for stake in range(a.first_stake, a.last_stake):
        if w.parties[w.stakes[stake].party].missed >= MONTHS_MISSED:
            return COVENANT
    if w.accounts[a.account].balance < -a.numbers.overdraft - CENT:
        return EXHAUSTED
    staying = 0
    someone_leaves = False
    for stake in range(a.first_stake, a.last_stake):
        if not w.stakes[stake].left and leaves(w, agreement, stake):
            someone_leaves = True
        staying += 1 - w.stakes[stake].left
    return PARTY_LEFT if someone_leaves and staying < 2 else NONE


@rule
def by_time(w: World, t: float, agreement: int) -> int:
    """The cause by which time ends a partnership now, or NONE. A goal that is due with the term is judged first."""
    a = w.agreements[agreement]
    if not a.running:
        return NEVER_STARTED if a.signed and t >= a.numbers.starts_within - HAIR else NONE
    if t >= max(a.active, a.started) + a.numbers.fades_after - HAIR:
        return FADED
    if given(a.numbers.term) and t > a.started + number(a.numbers.term) + HAIR:
        return EXPIRED
    return NONE


@rule
def close(w: World, t: float) -> None:
    """At the end of a month: does anything end a partnership, and do programmes run on?"""
    for programme in range(len(w.programmes)):
        look(w, t, programme)
    if not w.setting.do.endings:
        return
    for agreement in range(len(w.agreements)):
        if w.agreements[agreement].cause != NONE:
            continue
        cause = by_money(w, agreement) if w.agreements[agreement].running and w.setting.do.money else NONE
        if cause == NONE:
            cause = by_time(w, t, agreement)
        if cause != NONE:
            end(w, t, agreement, cause)


@rule
def funding_ends(w: World, t: float, programme: int) -> None:
    """A donor's payments end. With the last of them the partnership ends: for want of a funder, or handed over if one
    programme or more has been taken over."""
    g = w.programmes[programme]
    if g.partnership == NONE or not g.running or not w.setting.do.endings:
        return
    a = w.agreements[g.partnership]
    if promised(w, programme) >= a.numbers.handed_over:
        a.handed_over = 1
    if a.cause != NONE:
        return
    for other in range(len(w.programmes)):
        o = w.programmes[other]
        if o.partnership != g.partnership or not o.running:
            continue
        if o.given_by == NONE or o.gives_until > t or clocks.is_due(w, Kind.FUNDING_ENDS, other):
            return
    end(w, t, g.partnership, Cause.HANDED_OVER if a.handed_over else Cause.FUNDER_EXIT)


@rule
def judge_goal(w: World, t: float, goal: int, latest: int) -> None:
    """Whether a goal has been met, or its date has passed."""
    g = w.aims[goal]
    value = w.panel[latest + g.column]
    level = g.level * w.panel[g.column] if g.relative else g.level
    if (value >= level if g.above else value <= level) and t <= g.by + HAIR:
        g.met = 1
    elif t >= g.by - HAIR:
        g.missed = 1


@rule
def judge_goals(w: World, t: float) -> bool:
    """Read the goals of running partnerships in the report just written; the last one to be decided ends it.

    Returns:
        Whether a partnership has ended.
    """
    latest = (w.setting.reports - 1) * len(w.columns)
    ended = False
    for agreement in range(len(w.agreements)):
        a = w.agreements[agreement]
        if not a.running or a.first_goal == a.last_goal or not w.setting.do.endings:
            continue
        met = 0
        missed = 0
        for goal in range(a.first_goal, a.last_goal):
            if not w.aims[goal].met and not w.aims[goal].missed:
                judge_goal(w, t, goal, latest)
            met += w.aims[goal].met
            missed += w.aims[goal].missed
        if met + missed == a.last_goal - a.first_goal:
            end(w, t, agreement, Cause.TARGETS_MISSED if missed > 0 else Cause.GOALS_MET)
            ended = True
    return ended
