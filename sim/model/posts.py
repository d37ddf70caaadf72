"""Posts: vacancies, searches, waiting for a post, and hiring.

A vacancy that is funded and not frozen goes to the first person waiting; if nobody waits, it joins its employer's
line of vacancies, and where outsiders can be found a search begins. Somebody who looks for a post chooses among the
employers with a vacancy, or waits.
"""

from __future__ import annotations

import math

from sim.engine import clocks, lines
from sim.engine.compiled import rule
from sim.engine.distributions import exponential
from sim.engine.random import child, uniform
from sim.engine.tables import NONE
from sim.model.kinds import Kind, Origin, Place, Use
from sim.model.people import create, entry_age, expose_all, move, place_of
from sim.model.state import World
from sim.model.visits import drop_of, serve_hosts

__all__ = [
    "establish", "exempt", "fill", "freeze", "grow", "not_exempt", "open_all", "seek", "seek_first", "start_work",
    "thaw", "vacate",
]  # fmt: skip


@rule
def node(w: World, who: int) -> int:
    """A person's place in waiting lines; a seat's is its own number."""
    return len(w.seats) + who


@rule
def opens(w: World, t: float, seat: int) -> None:
    """A vacant post is offered: to whoever has waited longest, else it is searched for."""
    s = w.seats[seat]
    u = w.units[s.unit]
    if (u.frozen and not u.exempt) or seat - u.first_seat >= u.funded:
        return
    head = lines.first(w, w.cadres[u.cadre].line)
    if head != NONE:
        hire(w, t, seat, head - len(w.seats))
        return
    lines.join(w, u.line, seat)
    if u.search_clock != NONE:
        clocks.expose(w, t, Kind.FILL, seat, child(s.key, Kind.FILL, s.vacancies), u.search_clock, 1.0)


@rule
def hire(w: World, t: float, seat: int, who: int) -> None:
    """A post is promised to somebody, who starts when cleared."""
    take_seat(w, t, seat, who)
    clearance = w.units[w.seats[seat].unit].numbers.clearance
    if clearance > 0.0:
        clocks.at(w, t + clearance, Kind.START_WORK, who)
        if w.people[who].group == NONE or place_of(w, who) != Place.WAITING:
            move(w, t, who, w.cadres[w.people[who].cadre].waiting)
        else:
            expose_all(w, t, who)
    else:
        start_work(w, t, who)


@rule
def take_seat(w: World, t: float, seat: int, who: int) -> None:
    """The post is no longer vacant."""
    s = w.seats[seat]
    u = w.units[s.unit]
    lines.leave(w, node(w, who))
    lines.leave(w, seat)
    clocks.withdraw(w, t, Kind.FILL, seat)
    u.filled += 1
    u.search_time += t - s.opened
    s.holder = who
    w.people[who].seat = seat


@rule
def start_work(w: World, t: float, who: int) -> None:
    """Somebody starts in the post that they hold."""
    u = w.units[w.seats[w.people[who].seat].unit]
    u.working += 1
    u.hired += 1
    move(w, t, who, u.group)
    serve_hosts(w, t, w.seats[w.people[who].seat].unit)


@rule
def vacate(w: World, t: float, who: int) -> None:
    """Somebody gives up their post, or their place in the line for one."""
    lines.leave(w, node(w, who))
    p = w.people[who]
    if p.seat == NONE:
        return
    seat = p.seat
    s = w.seats[seat]
    u = w.units[s.unit]
    place = place_of(w, who)
    if place == Place.IN_POST:
        u.working -= 1
    if place == Place.IN_POST or place == Place.ON_EXCHANGE:
        u.exits += 1
    drop_of(w, t, who)
    clocks.cancel(w, Kind.START_WORK, who)
    p.seat = NONE
    s.holder = NONE
    s.vacancies += 1
    s.opened = t
    opens(w, t, seat)


@rule
def seek(w: World, t: float, who: int) -> None:
    """Somebody looks for a post: a race among the employers with a vacancy, or the waiting line."""
    p = w.people[who]
    c = w.cadres[p.cadre]
    best = NONE
    shortest = math.inf
    p.searches += 1
    for unit in range(c.first_unit, c.last_unit):
        u = w.units[unit]
        weight = u.numbers.weight * w.parties[u.party].pull
        if p.trained != NONE and p.site != NONE and w.sites[p.site].unit == unit:
            weight *= w.trainings[p.trained].numbers.serves_at
        if lines.first(w, u.line) != NONE and weight > 0.0:
            score = exponential(uniform(w.run.key, p.key ^ u.key, Use.SEEK, p.searches)) / weight
            if score < shortest:
                shortest = score
                best = unit
    if best != NONE:
        hire(w, t, lines.first(w, w.units[best].line), who)
    elif c.first_unit == c.last_unit:
        move(w, t, who, c.elsewhere)
    else:
        lines.join(w, c.line, node(w, who))
        move(w, t, who, c.waiting)


@rule
def seek_first(w: World, t: float, who: int, unit: int) -> None:
    """Somebody looks for a post at one employer before all others."""
    vacancy = lines.first(w, w.units[unit].line) if unit != NONE else NONE
    if vacancy == NONE:
        seek(w, t, who)
    else:
        hire(w, t, vacancy, who)


@rule
def fill(w: World, t: float, seat: int) -> None:
    """A search succeeds: the n-th person whom this post took from outside."""
    s = w.seats[seat]
    u = w.units[s.unit]
    key = child(s.key, 0, s.outsiders)
    s.outsiders += 1
    rank = uniform(w.run.key, key, Use.FRAILTY, 0)
    who = create(w, t, key, Origin.OUTSIDER, u.cadre, entry_age(w, key, u.cadre), 0.0, rank)
    if who == NONE:
        return
    u.filled_from_outside += 1
    take_seat(w, t, seat, who)
    start_work(w, t, who)


@rule
def open_all(w: World, t: float, unit: int) -> None:
    """Offer every vacant post of an employer that is not on offer yet."""
    u = w.units[unit]
    for seat in range(u.first_seat, u.first_seat + u.seats):
        if w.seats[seat].holder == NONE and lines.waits_in(w, seat) == NONE:
            opens(w, t, seat)


@rule
def close_all(w: World, t: float, unit: int) -> None:
    """No vacancy of this employer is on offer any more; searches stop."""
    u = w.units[unit]
    for seat in range(u.first_seat, u.first_seat + u.seats):
        if lines.waits_in(w, seat) != NONE:
            lines.leave(w, seat)
            clocks.withdraw(w, t, Kind.FILL, seat)


@rule
def freeze(w: World, t: float, unit: int) -> None:
    """No vacancy of this employer is funded while the freeze lasts, unless it is exempt."""
    u = w.units[unit]
    u.frozen += 1
    if not u.exempt:
        close_all(w, t, unit)


@rule
def thaw(w: World, t: float, unit: int) -> None:
    """A freeze ends; when none is left, what is vacant is offered again."""
    u = w.units[unit]
    u.frozen -= 1
    if u.frozen == 0:
        open_all(w, t, unit)


@rule
def exempt(w: World, t: float, unit: int) -> None:
    """Vacancies of this employer are funded in spite of any freeze."""
    w.units[unit].exempt += 1
    open_all(w, t, unit)


@rule
def not_exempt(w: World, t: float, unit: int) -> None:
    """They are so no longer: a freeze that is in force bites again."""
    u = w.units[unit]
    u.exempt -= 1
    if u.frozen and not u.exempt:
        close_all(w, t, unit)


@rule
def establish(w: World, t: float, unit: int, more: int) -> None:
    """New posts are established and funded, as far as the table has room for them."""
    u = w.units[unit]
    more = min(more, u.capacity - u.seats)
    for seat in range(u.first_seat + u.seats, u.first_seat + u.seats + more):
        w.seats[seat].opened = t
    u.seats += more
    u.funded += more
    open_all(w, t, unit)


@rule
def grow(w: World, t: float, unit: int) -> None:
    """A year's new posts are established and funded."""
    u = w.units[unit]
    before = int(math.floor(u.numbers.new_posts_a_year * u.grown + 1e-9))
    u.grown += 1
    establish(w, t, unit, int(math.floor(u.numbers.new_posts_a_year * u.grown + 1e-9)) - before)
    clocks.at(w, float(u.grown + 1), Kind.NEW_POSTS, unit)
