"""People: how somebody comes into being, and how a move from one place to another changes their clocks.

A person's hazard of a cause is their own factor times the rate of their group's clock for that cause. A *group* is
everyone in one place together: in post at one employer, waiting, abroad, ... Moving is one rule: leave the clocks of
the old group, keeping what is owed, and join those of the new.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine import clocks, distributions
from sim.engine.compiled import rule
from sim.engine.random import uniform
from sim.engine.tables import FULL, NONE
from sim.model.kinds import FIRST_CAUSE, FIRST_PERSON_KIND, LAST_PERSON_KIND, Kind, Place, Pool, Use
from sim.model.state import World

__all__ = ["CAUSE_COUNT", "clock_of", "create", "entry_age", "expose_all", "factor", "frailty_at", "move", "place_of"]

CAUSE_COUNT = int(LAST_PERSON_KIND) - int(FIRST_CAUSE) + 1
FIRST = int(FIRST_CAUSE)
FIRST_KIND = int(FIRST_PERSON_KIND)
LAST_KIND = int(LAST_PERSON_KIND)
FULL_PEOPLE = int(Pool.PEOPLE)
YOUNGEST = 20.0


@rule
def clock_of(w: World, group: int, cause: int, usable: int) -> int:
    """The clock of a cause in a group, or NONE where it cannot happen.

    People whose credential is not accepted abroad form a stratum of their own.
    """
    return w.exposed[(group * CAUSE_COUNT + cause - FIRST) * 2 + usable]


@rule
def place_of(w: World, who: int) -> int:
    """Where a person is."""
    return w.groups[w.people[who].group].place


@rule
def factor(w: World, who: int, cause: int) -> float:
    """A person's own multiplier of a cause; 0 where it cannot happen to them now."""
    p = w.people[who]
    if cause == Kind.REQUEST:
        return 0.0 if p.visit != NONE or p.applied != NONE else 1.0
    if cause > Kind.LEAVE_POST:
        return 0.0 if cause == Kind.GIVE_UP and p.seat != NONE else 1.0  # a promised post is not given up
    if p.applied != NONE or (cause == Kind.SPECIALISE and p.placed):
        return 0.0
    return p.frailty * p.effect if cause == Kind.SPECIALISE else p.frailty * p.effect * p.bound


@rule
def expose_all(w: World, t: float, who: int) -> None:
    """Bring a person's exposure to every cause in line with their group and their own factors."""
    p = w.people[who]
    for cause in range(FIRST, LAST_KIND + 1):
        clock = clock_of(w, p.group, cause, p.usable)
        if clock == NONE:
            clocks.withdraw(w, t, cause, who)
        elif cause != Kind.SETTLE:  # a stay's grace decides when that begins
            own = factor(w, who, cause)
            if own > 0.0:
                x = w.slots[clocks.slot(w, cause, who)]
                if x.clock != clock or x.factor != own:
                    clocks.expose(w, t, cause, who, p.key, clock, own)
            else:
                clocks.withdraw(w, t, cause, who)


@rule
def count_in(w: World, t: float, group: int, change: int) -> None:
    """Count somebody in or out of a group, and the person-years spent there."""
    g = w.groups[group]
    g.years += g.count * (t - g.since)
    g.since = t
    g.count += change


@rule
def is_out(place: int) -> bool:
    """Whether somebody in this place is out of the country. The retired and the dead are asked where they were."""
    return place == Place.TRAINING_ABROAD or place == Place.ABROAD or place == Place.SETTLED


@rule
def count_border(w: World, t: float, who: int, out: int) -> None:
    """Count a graduate out of the country, or in again, in every cohort of theirs."""
    p = w.people[who]
    if p.cohorts == 0:
        return
    for row in range(len(w.cohorts)):
        if (p.cohorts >> row) & 1:
            c = w.cohorts[row]
            c.at_home += 1 - 2 * out
            if out and (p.practised >> row) & 1:
                c.left += 1
                c.years_before_leaving += t - p.joined
    p.practised = 0


@rule
def left_public(w: World, group: int) -> bool:
    """Whether somebody in a group has left public service: for other work at home, or for another country."""
    g = w.groups[group]
    if g.place == Place.IN_POST:
        return w.units[g.unit].public == 0
    return g.place == Place.ELSEWHERE or g.place == Place.ABROAD or g.place == Place.SETTLED


@rule
def mark(w: World, t: float, who: int, group: int) -> None:
    """Keep what brought a person here, and when they first left public service and the country."""
    p = w.people[who]
    p.cause = w.setting.firing
    place = w.groups[group].place
    on_own = place == Place.TRAINING_ABROAD and p.training == NONE
    if math.isnan(p.left_public) and (on_own or left_public(w, group)):
        p.left_public = t
    if math.isnan(p.left_country) and (on_own or place == Place.ABROAD or place == Place.SETTLED):
        p.left_country = t
        p.left_cause = Kind.SETTLE if place == Place.SETTLED else p.cause


@rule
def move(w: World, t: float, who: int, group: int) -> None:
    """Put a person into a group: their only place from now on."""
    p = w.people[who]
    if p.group != NONE:
        count_in(w, t, p.group, -1)
    count_in(w, t, group, 1)
    p.group = group
    mark(w, t, who, group)
    place = w.groups[group].place
    if place != Place.RETIRED and place != Place.DEAD:
        out = 1 if is_out(place) else 0
        if out != p.abroad:
            count_border(w, t, who, out)
        p.abroad = out
    expose_all(w, t, who)


@rule
def frailty_at(w: World, variance: float, rank: float) -> float:
    """The gamma frailty of mean 1 that stands at a rank among newcomers (Vaupel, Manton & Stallard 1979)."""
    if not w.setting.do.frailty or variance <= 0.0:
        return 1.0
    return distributions.gamma(rank, 1.0 / variance) * variance


@rule
def create(w: World, t: float, key: np.uint64, origin: int, cadre: int, age: float, tenure: float, rank: float) -> int:
    """Bring somebody into being, who is as yet nowhere.

    Args:
        key: the name that keys everything random about this person.
        origin: a `kinds.Origin`.
        age: the age at time t, in years.
        tenure: years since entering the cadre.
        rank: where this person stands among newcomers in frailty, in (0, 1).

    Returns:
        The person's row, or NONE when the table is full: the run ends and is repeated with a larger one.
    """
    who = w.setting.people
    if who == len(w.people):
        w.run.status = FULL
        w.run.full = FULL_PEOPLE
        return NONE
    w.setting.people += 1
    for kind in range(FIRST_KIND, LAST_KIND + 1):
        clocks.owner(w, kind, who)
    w.links[len(w.seats) + who].line = NONE
    q = w.cadres[cadre].numbers
    p = w.people[who]
    p.key = key
    p.cadre = cadre
    p.group = NONE
    p.seat = NONE
    p.born = t - age
    p.joined = t - tenure
    p.entered = t
    p.frailty = frailty_at(w, q.frailty, rank)
    p.usable = 1 if uniform(w.run.key, key, Use.DEGREE, 0) < q.degree_usable_abroad else 0
    p.placed = 0
    p.applied = NONE
    p.will_withdraw = 0
    p.bound = 1.0
    p.settled = 0
    p.visit = NONE
    p.asked = 0
    p.effect = 1.0
    p.training = NONE
    p.site = NONE
    p.trained = NONE
    p.cohorts = 0
    p.practised = 0
    p.away = 0.0
    p.attempts = 0
    p.searches = 0
    p.applications = 0
    p.abroad = 0
    p.left = 0
    p.origin = origin
    p.cause = NONE
    p.qualified = math.nan
    p.left_public = math.nan
    p.left_country = math.nan
    p.left_cause = NONE
    p.ended = math.nan
    if w.setting.do.mortality:
        left = distributions.gompertz(
            uniform(w.run.key, key, Use.DEATH, 0), age, q.mortality_at_40, q.mortality_doubles
        )
        clocks.at(w, t + left, Kind.DIE, who)
    if w.setting.do.retirement:
        retires = distributions.truncated_normal(
            uniform(w.run.key, key, Use.RETIREMENT, 0), q.retirement_age, q.retirement_age_sd, age
        )
        clocks.at(w, p.born + retires, Kind.RETIRE, who)
    return who


@rule
def entry_age(w: World, key: np.uint64, cadre: int) -> float:
    """The age of somebody who enters a cadre now."""
    q = w.cadres[cadre].numbers
    u = uniform(w.run.key, key, Use.ENTRY_AGE, 0)
    return distributions.truncated_normal(u, q.entry_age, q.entry_age_sd, YOUNGEST)
