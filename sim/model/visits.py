"""Visits: one request to go on an exchange, through the queue and the stay, until nothing of it is left.

Whoever has papers waits in the programme's queue, first in, first out. The head of the queue is served when a place
and a supervisor are free together; nobody overtakes, and nobody there is sent away for somebody else.
"""

from __future__ import annotations

import numpy as np

from sim.engine import clocks, distributions, lines
from sim.engine.compiled import rule
from sim.engine.random import uniform
from sim.engine.tables import FULL, NONE
from sim.model.funding import extent
from sim.model.kinds import Kind, Phase, Pool, Use
from sim.model.people import expose_all
from sim.model.state import World
from sim.model.stays import stay_abroad

__all__ = ["count_months", "drop", "drop_of", "join_queue", "leave_place", "open_visit", "serve", "serve_hosts"]

MONTHS = 12.0
FULL_VISITS = int(Pool.VISITS)
VISIT_KINDS = (
    int(Kind.PAPERS),
    int(Kind.RENEGE),
    int(Kind.STAY_ENDS),
    int(Kind.EARLY_END),
    int(Kind.DEBRIEFED),
    int(Kind.EFFECT_ENDS),
)


@rule
def node(w: World, visit: int) -> int:
    """A visit's place in waiting lines."""
    return len(w.seats) + len(w.people) + visit


@rule
def open_visit(w: World, t: float, key: np.uint64, exchange: int, who: int) -> int:
    """A request is made, by a member of staff or, for NONE, by a visitor from outside.

    Returns:
        The visit's row, or NONE when the table is full: the run ends and is repeated with a larger one.
    """
    visit = w.setting.visits
    if visit == len(w.visits):
        w.run.status = FULL
        w.run.full = FULL_VISITS
        return NONE
    w.setting.visits += 1
    for kind in VISIT_KINDS:
        clocks.owner(w, kind, visit)
    w.links[node(w, visit)].line = NONE
    v = w.visits[visit]
    v.key = key
    v.exchange = exchange
    v.who = who
    v.unit = w.exchanges[exchange].unit
    v.phase = Phase.PAPERS
    v.since = t
    v.waited = 0.0
    w.exchanges[exchange].asked += 1
    if who != NONE:
        w.people[who].visit = visit
        expose_all(w, t, who)
    return visit


@rule
def join_queue(w: World, t: float, visit: int) -> None:
    """Papers are in hand: into the queue, where patience may run out."""
    v = w.visits[visit]
    e = w.exchanges[v.exchange]
    v.phase = Phase.QUEUE
    v.since = t
    lines.join(w, e.line, node(w, visit))
    clocks.expose(w, t, Kind.RENEGE, visit, v.key, e.patience, 1.0)
    serve(w, t, v.exchange)


@rule
def leave_queue(w: World, t: float, visit: int) -> None:
    """Out of the queue, for a stay or for another reason."""
    v = w.visits[visit]
    lines.leave(w, node(w, visit))
    clocks.withdraw(w, t, Kind.RENEGE, visit)
    v.waited = t - v.since
    w.exchanges[v.exchange].waited += v.waited * MONTHS


@rule
def has_room(w: World, exchange: int) -> bool:
    """Whether a place and a supervisor are free together."""
    e = w.exchanges[exchange]
    if e.there + 1.0 > e.numbers.places * extent(w, e.programme) + 1e-9:
        return False
    if e.host_unit == NONE:
        return True
    u = w.units[e.host_unit]
    return u.guests + 1.0 <= e.numbers.per_supervisor * u.working + 1e-9


@rule
def head(w: World, exchange: int) -> int:
    """The visit at the head of a queue, if there is room for it; else NONE."""
    first = lines.first(w, w.exchanges[exchange].line)
    return first - node(w, 0) if first != NONE and has_room(w, exchange) else NONE


@rule
def serve(w: World, t: float, exchange: int) -> None:
    """Whoever is at the head of the queue goes, while there is room."""
    unit = w.exchanges[exchange].host_unit
    if unit != NONE:
        serve_hosts(w, t, unit)
        return
    visit = head(w, exchange)
    while visit != NONE:
        begin_stay(w, t, visit)
        visit = head(w, exchange)


@rule
def serve_hosts(w: World, t: float, unit: int) -> None:
    """Supervisors of a unit are free: of those at the heads of its queues, the longest there go first."""
    visit = longest_there(w, unit)
    while visit != NONE:
        begin_stay(w, t, visit)
        visit = longest_there(w, unit)


@rule
def longest_there(w: World, unit: int) -> int:
    """Of the visits that can begin beside a unit's people, the one that has been in its queue the longest, or NONE."""
    best = NONE
    for exchange in range(len(w.exchanges)):
        if w.exchanges[exchange].host_unit == unit:
            visit = head(w, exchange)
            if visit != NONE and (best == NONE or w.visits[visit].since < w.visits[best].since):
                best = visit
    return best


@rule
def length_of_stay(w: World, visit: int) -> float:
    """How long a stay will be: a gamma variate of the programme's mean and coefficient of variation."""
    v = w.visits[visit]
    q = w.exchanges[v.exchange].numbers
    varies = q.stay_varies * q.stay_varies
    if varies <= 0.0:
        return q.stay
    return q.stay * varies * distributions.gamma(uniform(w.run.key, v.key, Use.STAY, 0), 1.0 / varies)


@rule
def count_months(w: World, t: float, exchange: int) -> None:
    """Bring the months spent on stays up to date."""
    e = w.exchanges[exchange]
    e.months += e.there * (t - e.since) * MONTHS
    e.since = t


@rule
def change_there(w: World, t: float, exchange: int, change: int) -> None:
    """Somebody arrives at the host, or goes."""
    count_months(w, t, exchange)
    e = w.exchanges[exchange]
    e.there += change
    if e.host_unit != NONE:
        w.units[e.host_unit].guests += change
    if e.supports != NONE:
        w.trainings[e.supports].visiting += change * e.numbers.supervises


@rule
def begin_stay(w: World, t: float, visit: int) -> None:
    """A stay begins: out of the queue, and away from one's own post, which is kept."""
    v = w.visits[visit]
    e = w.exchanges[v.exchange]
    leave_queue(w, t, visit)
    e.delivered += 1
    v.phase = Phase.STAY
    v.since = t
    change_there(w, t, v.exchange, 1)
    years = length_of_stay(w, visit)
    clocks.at(w, t + years, Kind.STAY_ENDS, visit)
    clocks.expose(w, t, Kind.EARLY_END, visit, v.key, e.early_end, 1.0)
    if v.who != NONE:
        w.units[v.unit].working -= 1
        w.units[v.unit].away += 1
        w.units[v.unit].took_part += 1
        stay_abroad(w, t, v.who, e.group, years, e.numbers.settle_grace)


@rule
def leave_place(w: World, t: float, visit: int) -> None:
    """A stay is over: the place is free for the next in the queue."""
    v = w.visits[visit]
    clocks.cancel(w, Kind.STAY_ENDS, visit)
    clocks.withdraw(w, t, Kind.EARLY_END, visit)
    change_there(w, t, v.exchange, -1)
    if v.who != NONE:
        clocks.cancel(w, Kind.GRACE_ENDS, v.who)
        w.units[v.unit].away -= 1
    serve(w, t, v.exchange)


@rule
def drop(w: World, t: float, visit: int) -> None:
    """Nothing more comes of a visit, however far it was."""
    v = w.visits[visit]
    phase = v.phase
    v.phase = Phase.OVER
    clocks.cancel(w, Kind.PAPERS, visit)
    clocks.cancel(w, Kind.DEBRIEFED, visit)
    clocks.cancel(w, Kind.EFFECT_ENDS, visit)
    if phase == Phase.QUEUE:
        leave_queue(w, t, visit)
    if v.who != NONE:
        w.people[v.who].visit = NONE
        w.people[v.who].effect = 1.0
        if phase == Phase.STAY or phase == Phase.AFTER:
            w.units[v.unit].took_part -= 1
    if phase == Phase.STAY:
        leave_place(w, t, visit)


@rule
def drop_of(w: World, t: float, who: int) -> None:
    """Somebody gives up their post: the visit that they had asked for, or were on, is over."""
    if w.people[who].visit != NONE:
        drop(w, t, w.people[who].visit)
