"""Exchange programmes: staff who ask to go, visitors who ask to come, and what is left of a stay afterwards.

The queue and the stay themselves are in `visits`.
"""

from __future__ import annotations

import math

from sim.engine import clocks
from sim.engine.compiled import rule
from sim.engine.distributions import exponential
from sim.engine.log import note
from sim.engine.random import child, uniform
from sim.engine.tables import NONE
from sim.model.careers import default
from sim.model.kinds import Kind, Phase, Use
from sim.model.people import expose_all, move
from sim.model.posts import vacate
from sim.model.rates import set_requests
from sim.model.state import World
from sim.model.visits import drop, join_queue, leave_place, open_visit, serve, serve_hosts

__all__ = [
    "debriefed", "early_end", "effect_ends", "papers_come", "renege", "request", "resize", "start", "stay_ends", "stop",
    "visitor_asks",
]  # fmt: skip


@rule
def start(w: World, t: float, exchange: int) -> None:
    """From now on staff may ask to go, or visitors to come."""
    e = w.exchanges[exchange]
    if e.unit != NONE:
        set_requests(w, t, e.unit)
    if e.arrivals != NONE:
        clocks.expose(w, t, Kind.VISITOR, exchange, e.key, e.arrivals, w.programmes[e.programme].scale)


@rule
def resize(w: World, t: float, exchange: int) -> None:
    """It has more places than before, or fewer; nobody who is there already has to leave."""
    clocks.set_factor(w, t, Kind.VISITOR, exchange, w.programmes[w.exchanges[exchange].programme].scale)
    serve(w, t, exchange)


@rule
def stop(w: World, t: float, exchange: int) -> None:
    """Nobody asks any more, and those who have not left yet are told that they will not go."""
    e = w.exchanges[exchange]
    if e.unit != NONE:
        set_requests(w, t, e.unit)
    clocks.withdraw(w, t, Kind.VISITOR, exchange)
    for visit in range(w.setting.visits):
        v = w.visits[visit]
        if v.exchange == exchange and v.phase <= Phase.QUEUE:
            close_request(w, t, visit)


@rule
def request(w: World, t: float, who: int) -> None:
    """Somebody would like to go: a race among the programmes of their unit, if they are of those who ever would."""
    p = w.people[who]
    unit = w.groups[p.group].unit
    best = NONE
    shortest = math.inf
    for exchange in range(len(w.exchanges)):
        e = w.exchanges[exchange]
        if e.unit == unit and w.programmes[e.programme].running and e.numbers.asks > 0.0:
            score = exponential(uniform(w.run.key, p.key ^ e.key, Use.ASKS_FOR, p.asked)) / e.numbers.asks
            if score < shortest:
                shortest = score
                best = exchange
    p.asked += 1
    if best != NONE and uniform(w.run.key, p.key, Use.WILLING, 0) < w.exchanges[best].numbers.willing:
        visit = open_visit(w, t, child(p.key, Kind.REQUEST, p.asked), best, who)
        if visit != NONE:
            ask_for_papers(w, t, visit)
    else:
        expose_all(w, t, who)


@rule
def visitor_asks(w: World, t: float, exchange: int) -> None:
    """The n-th visitor from outside asks to come."""
    e = w.exchanges[exchange]
    visit = open_visit(w, t, child(e.key, Kind.VISITOR, e.came), exchange, NONE)
    e.came += 1
    clocks.expose(w, t, Kind.VISITOR, exchange, e.key, e.arrivals, w.programmes[e.programme].scale)
    if visit != NONE:
        ask_for_papers(w, t, visit)


@rule
def ask_for_papers(w: World, t: float, visit: int) -> None:
    """Visa and licence are asked for together; the queue comes after both."""
    q = w.exchanges[w.visits[visit].exchange].numbers
    takes = max(q.visa.takes, q.licence.takes)
    if takes > 0.0:
        clocks.at(w, t + takes, Kind.PAPERS, visit)
    else:
        papers_come(w, t, visit)


@rule
def papers_come(w: World, t: float, visit: int) -> None:
    """The answers are there: into the queue, or refused."""
    v = w.visits[visit]
    e = w.exchanges[v.exchange]
    granted = (1.0 - e.numbers.visa.refused) * (1.0 - e.numbers.licence.refused)
    if uniform(w.run.key, v.key, Use.REFUSED, 0) < granted:
        join_queue(w, t, visit)
    else:
        e.refused += 1
        note(w, 0)
        close_request(w, t, visit)


@rule
def renege(w: World, t: float, visit: int) -> None:
    """Patience runs out in the queue."""
    w.exchanges[w.visits[visit].exchange].gave_up += 1
    close_request(w, t, visit)


@rule
def close_request(w: World, t: float, visit: int) -> None:
    """Nothing comes of a request; somebody of the staff may ask again."""
    who = w.visits[visit].who
    drop(w, t, visit)
    if who != NONE:
        expose_all(w, t, who)


@rule
def early_end(w: World, t: float, visit: int) -> None:
    """A stay ends before its term; whoever has settled by then does not come back either."""
    w.exchanges[w.visits[visit].exchange].cut_short += 1
    stay_ends(w, t, visit)


@rule
def stay_ends(w: World, t: float, visit: int) -> None:
    """A stay comes to its end: back to work, or settled there."""
    v = w.visits[visit]
    if v.who != NONE and w.people[v.who].settled:
        stay_on(w, t, visit)
    else:
        come_back(w, t, visit)


@rule
def stay_on(w: World, t: float, visit: int) -> None:
    """Somebody whom an exchange sent abroad has settled there: one more who has left the country."""
    v = w.visits[visit]
    c = w.cadres[w.people[v.who].cadre]
    w.exchanges[v.exchange].not_returned += 1
    c.emigrated += 1
    note(w, 1)
    clocks.cancel(w, Kind.DEPART, v.who)
    default(w, v.who)
    w.people[v.who].applied = NONE
    vacate(w, t, v.who)
    move(w, t, v.who, c.settled)


@rule
def come_back(w: World, t: float, visit: int) -> None:
    """Back at work; what was learnt is put to use after a debrief."""
    v = w.visits[visit]
    leave_place(w, t, visit)
    v.phase = Phase.AFTER
    v.since = t
    if v.who == NONE:
        v.phase = Phase.OVER
        return
    u = w.units[v.unit]
    u.working += 1
    move(w, t, v.who, u.group)
    serve_hosts(w, t, v.unit)
    clocks.at(w, t + w.exchanges[v.exchange].numbers.debrief, Kind.DEBRIEFED, visit)


@rule
def debriefed(w: World, t: float, visit: int) -> None:
    """The stay begins to act on the person."""
    v = w.visits[visit]
    q = w.exchanges[v.exchange].numbers
    w.people[v.who].effect = q.effect_leaving
    expose_all(w, t, v.who)
    clocks.at(w, t + q.effect_lasts, Kind.EFFECT_ENDS, visit)


@rule
def effect_ends(w: World, t: float, visit: int) -> None:
    """The stay no longer acts on the person, who may ask to go again."""
    who = w.visits[visit].who
    drop(w, t, visit)
    expose_all(w, t, who)
