"""Founders: who is there when the run begins.

Those in post at the start are the survivors of earlier entrants: the longer ago they entered, the fewer and the less
restless they are. A founder's tenure, age, frailty and pending departure are drawn from the cadre's life table.

Unless the scenario is declared stationary, founders exist in posts only; a stationary one also gets those whom its
posts have lost and may get back.
"""

from __future__ import annotations

import math

from sim.engine import clocks
from sim.engine.compiled import part, rule
from sim.engine.random import child, uniform
from sim.engine.tables import NONE
from sim.model.kinds import Kind, Origin, Use
from sim.model.lifetable import (
    ABROAD,
    CELLS,
    ELSEWHERE,
    IN_POST,
    WIDTH,
    cell_at,
    draw_age,
    draw_rank,
    draw_tenure,
    held,
    node_of,
)
from sim.model.optional import given, number
from sim.model.people import create, expose_all, move
from sim.model.posts import open_all, start_work
from sim.model.state import World

__all__ = ["found"]

FOUNDER = 1


@rule
def founder(w: World, unit: int, state: int, slot: int) -> int:
    """Create the slot-th founder of a unit in a state, who is as yet nowhere.

    A declared mean tenure stretches the tenures, a declared mean age shifts the ages of equilibrium.
    """
    n = w.units[unit]
    c = w.cadres[n.cadre]
    key = child(n.key, FOUNDER + state, slot)
    tenure = draw_tenure(w, n.cadre, state, uniform(w.run.key, key, Use.FOUNDER_TENURE, 0))
    if given(n.numbers.mean_tenure):
        tenure *= number(n.numbers.mean_tenure) / c.mean_tenure
    age = draw_age(w, n.cadre, tenure, uniform(w.run.key, key, Use.ENTRY_AGE, 0))
    if given(n.numbers.mean_age):
        age += number(n.numbers.mean_age) - c.mean_age
    rank = draw_rank(w, n.cadre, state, tenure, uniform(w.run.key, key, Use.FRAILTY, 0))
    return create(w, 0.0, key, Origin.FOUNDER, n.cadre, age, tenure, rank)


@rule
def already_preparing(w: World, state: int, who: int) -> None:
    """Some founders have applied to leave before the run begins."""
    p = w.people[who]
    c = w.cadres[p.cadre]
    cell = min(CELLS - 1, int(-p.joined / WIDTH + 0.5))
    rank = draw_rank(w, p.cadre, state, -p.joined, uniform(w.run.key, p.key, Use.FRAILTY, 0))
    at = cell_at(p.cadre, cell, node_of(rank))
    everyone = held(w, at, state)
    share = w.states[at + (1 if state == IN_POST else 3)] / everyone if everyone > 0.0 else 0.0
    u = uniform(w.run.key, p.key, Use.PREPARING, 0)
    if u >= share:
        return
    special = c.specialise if state == IN_POST else 0.0
    motive = uniform(w.run.key, p.key, Use.PREPARING, 1)
    p.applied = Kind.SPECIALISE if motive * (special + c.work) < special else Kind.WORK_ABROAD
    withdraws = uniform(w.run.key, p.key, Use.WITHDRAWS, 0)
    p.will_withdraw = 1 if withdraws < c.numbers.withdrawn else 0
    p.applications = 1
    clocks.at(w, u / share * c.numbers.preparing, Kind.DEPART, who)
    expose_all(w, 0.0, who)


@rule
def found_posts(w: World, unit: int) -> None:
    """Fill a unit's posts: the declared number of them, or each with its chance in equilibrium."""
    n = w.units[unit]
    vacant = 0.0
    if n.search_clock != NONE:
        vacant = n.numbers.search / (n.numbers.search + w.cadres[n.cadre].years_in_post)
    declared = given(n.numbers.filled)
    for ordinal in range(n.seats):
        s = w.seats[n.first_seat + ordinal]
        if declared:
            filled = ordinal < number(n.numbers.filled)
        else:
            filled = ordinal < n.funded and uniform(w.run.key, s.key, Use.FOUNDER_STATE, 0) >= vacant
        if filled:
            who = founder(w, unit, IN_POST, ordinal)
            if who == NONE:
                return
            s.holder = who
            w.people[who].seat = n.first_seat + ordinal
            start_work(w, 0.0, who)
            already_preparing(w, IN_POST, who)
    open_all(w, 0.0, unit)


@rule
def found_others(w: World, unit: int) -> None:
    """In a stationary scenario: those whom the unit's posts have lost to other work and to places abroad."""
    n = w.units[unit]
    c = w.cadres[n.cadre]
    for state in range(ELSEWHERE, ABROAD + 1):
        years = c.years_elsewhere if state == ELSEWHERE else c.years_abroad
        expected = n.working * years / c.years_in_post
        count = int(math.floor(expected + uniform(w.run.key, n.key, Use.FOUNDER_COUNT, state)))
        for slot in range(count):
            who = founder(w, unit, state, slot)
            if who == NONE:
                return
            move(w, 0.0, who, c.elsewhere if state == ELSEWHERE else c.abroad)
            if state == ELSEWHERE:
                already_preparing(w, state, who)


@part
def found(w: World) -> None:
    """Create everyone who is there at the start."""
    for unit in range(len(w.units)):
        found_posts(w, unit)
        if w.setting.stationary:
            found_others(w, unit)
