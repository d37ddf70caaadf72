"""Careers: leaving the country for one of two motives, leaving public practice, coming back, retirement, death.

Somebody applies, prepares for some months, may withdraw, and goes. To specialise means to train abroad first, and
to come back or to settle when that ends. To work means to stay until the clock of return fires.
"""

from __future__ import annotations

import math

from sim.engine import clocks
from sim.engine.compiled import rule
from sim.engine.log import note, record
from sim.engine.random import uniform
from sim.engine.tables import NONE
from sim.model.kinds import Kind, Place, Use
from sim.model.people import clock_of, expose_all, factor, move, place_of
from sim.model.posts import seek, vacate
from sim.model.state import World
from sim.model.stays import stay_abroad

__all__ = [
    "apply_to_leave", "bond_ends", "come_home", "default", "depart", "die", "emigrate", "give_up",
    "leave_at_once", "leave_post", "leave_programme", "rejoin", "retire",
]  # fmt: skip


@rule
def leave_programme(w: World, who: int) -> None:
    """Somebody is no longer in training; nothing that training had planned for them happens."""
    p = w.people[who]
    clocks.cancel(w, Kind.GO_ABROAD, who)
    clocks.cancel(w, Kind.GRACE_ENDS, who)
    clocks.cancel(w, Kind.COME_BACK, who)
    clocks.cancel(w, Kind.FINISH, who)
    if p.training != NONE and p.site != NONE:
        w.sites[p.site].residents -= 1
    p.training = NONE


@rule
def apply_to_leave(w: World, t: float, who: int, cause: int) -> None:
    """A motive to leave has become an application."""
    p = w.people[who]
    c = w.cadres[p.cadre]
    p.applied = cause
    c.applied += 1
    note(w, cause)
    if not w.setting.do.preparing:
        emigrate(w, t, who)
        return
    p.will_withdraw = 1 if uniform(w.run.key, p.key, Use.WITHDRAWS, p.applications) < c.numbers.withdrawn else 0
    p.applications += 1
    clocks.at(w, t + c.numbers.preparing, Kind.DEPART, who)
    expose_all(w, t, who)


@rule
def depart(w: World, t: float, who: int) -> None:
    """The months of preparing are over: the person goes, or has thought better of it."""
    p = w.people[who]
    if p.will_withdraw:
        w.cadres[p.cadre].withdrawn += 1
        p.applied = NONE
        note(w, 0)
        expose_all(w, t, who)
    else:
        emigrate(w, t, who)


@rule
def default(w: World, who: int) -> None:
    """Service that is still owed will not be rendered."""
    p = w.people[who]
    if p.bound < 1.0:
        p.bound = 1.0
        w.cadres[p.cadre].defaulted += 1
        clocks.cancel(w, Kind.BOND_ENDS, who)


@rule
def emigrate(w: World, t: float, who: int) -> None:
    """Somebody leaves the country, for the motive of their application."""
    p = w.people[who]
    c = w.cadres[p.cadre]
    motive = p.applied
    p.applied = NONE
    note(w, motive)
    w.setting.firing = motive
    p.left = 1
    c.emigrated += 1
    clocks.cancel(w, Kind.DEPART, who)
    default(w, who)
    leave_programme(w, who)
    vacate(w, t, who)
    if motive == Kind.SPECIALISE:
        stay_abroad(w, t, who, c.self_training, c.numbers.specialise_abroad.years, 0.0)
        clocks.at(w, p.away, Kind.FINISH, who)
    else:
        move(w, t, who, c.abroad)


@rule
def come_home(w: World, t: float, who: int) -> None:
    """Somebody comes back from abroad, and looks for a post."""
    w.cadres[w.people[who].cadre].returned += 1
    seek(w, t, who)


@rule
def leave_post(w: World, t: float, who: int) -> None:
    """Somebody leaves public practice for other work at home."""
    p = w.people[who]
    c = w.cadres[p.cadre]
    c.left_post += 1
    default(w, who)
    vacate(w, t, who)
    move(w, t, who, c.elsewhere)


@rule
def rejoin(w: World, t: float, who: int) -> None:
    """Somebody comes back to public practice, and looks for a post."""
    w.cadres[w.people[who].cadre].rejoined += 1
    seek(w, t, who)


@rule
def give_up(w: World, t: float, who: int) -> None:
    """Somebody tires of waiting for a post and takes other work at home."""
    c = w.cadres[w.people[who].cadre]
    vacate(w, t, who)
    move(w, t, who, c.elsewhere)


@rule
def leave_at_once(w: World, t: float, who: int, group: int, cause: int, years: float) -> bool:
    """A transition spends some years of a motive to leave at once, at the hazard of a group now.

    Returns:
        Whether that took the person abroad.
    """
    p = w.people[who]
    clock = clock_of(w, group, cause, p.usable)
    own = factor(w, who, cause)
    if clock == NONE or years <= 0.0 or own <= 0.0:
        return False
    clocks.withdraw(w, t, cause, who)
    if not clocks.consume(w, t, cause, who, p.key, clock, own, years):
        return False
    record(w, t, cause, who)
    p.applied = cause
    w.cadres[p.cadre].applied += 1
    emigrate(w, t, who)
    return True


@rule
def bond_ends(w: World, t: float, who: int) -> None:
    """Service has been rendered; some who were held back leave now."""
    p = w.people[who]
    held_back = 1.0 - p.bound
    p.bound = 1.0
    years = held_back * w.cadres[p.cadre].numbers.end_of_bond
    if not leave_at_once(w, t, who, p.group, Kind.WORK_ABROAD, years):
        expose_all(w, t, who)


@rule
def leave_work(w: World, t: float, who: int) -> None:
    """Working life ends: nothing that was planned or pending happens."""
    p = w.people[who]
    clocks.cancel(w, Kind.DEPART, who)
    clocks.cancel(w, Kind.BOND_ENDS, who)
    clocks.cancel(w, Kind.RETIRE, who)
    p.applied = NONE
    if math.isnan(p.ended):
        p.ended = t
    leave_programme(w, who)
    vacate(w, t, who)


@rule
def retire(w: World, t: float, who: int) -> None:
    """Somebody retires, wherever they are."""
    c = w.cadres[w.people[who].cadre]
    c.retired += 1
    leave_work(w, t, who)
    move(w, t, who, c.gone_retired)


@rule
def die(w: World, t: float, who: int) -> None:
    """Somebody dies; deaths in retirement are not counted."""
    c = w.cadres[w.people[who].cadre]
    if place_of(w, who) != Place.RETIRED:
        c.died += 1
    leave_work(w, t, who)
    move(w, t, who, c.gone_dead)
