"""Work: what is done in full-time equivalents, what is needed, and the ledger of time given to partners.

Time for visitors, residents and committees is bought out, donated, or taken from patients. Only the last is missing
from the work done; the second makes work heavier. See docs/work.md.
"""

from __future__ import annotations

import math

from sim.engine.compiled import rule
from sim.engine.tables import NONE
from sim.model.optional import given, number
from sim.model.state import World

__all__ = ["count", "hours_of_year", "shortage", "start"]

LEAST_WORK = 0.1
"""Work done is taken to be at least this part of the work needed, so that an empty ward is not infinitely busy."""


@rule
def hours_of_year(w: World) -> float:
    """Hours that a full-time equivalent works in a year."""
    return w.work.week * w.work.weeks


@rule
def start(w: World) -> None:
    """The conditions of the start, from which workload is measured."""
    for unit in range(len(w.units)):
        u = w.units[unit]
        u.required = number(u.numbers.required) if given(u.numbers.required) else float(u.seats)
        u.workload_at_start = 1.0
    count(w, 0.0)
    for unit in range(len(w.units)):
        w.units[unit].workload_at_start = w.units[unit].workload
        w.units[unit].workload = 1.0


@rule
def count(w: World, years: float) -> None:
    """Count the work of every unit as things stand, and enter the time given into the ledger for some years."""
    for unit in range(len(w.units)):
        u = w.units[unit]
        u.service = 0.0
        u.visitors = 0.0
        u.given = 0.0
        u.bought_in = 0.0
    for site in range(len(w.sites)):
        count_residents(w, site)
    for exchange in range(len(w.exchanges)):
        count_exchange(w, exchange)
    for agreement in range(len(w.agreements)):
        count_committee(w, agreement)
    for unit in range(len(w.units)):
        count_unit(w, unit, years)


@rule
def count_residents(w: World, site: int) -> None:
    """Residents do a part of a specialist's work at their school, outside their months in districts, and are taught."""
    s = w.sites[site]
    g = w.trainings[s.training]
    u = w.units[s.unit]
    residents = 0
    for other in range(g.first_site, g.first_site + g.sites):
        residents += w.sites[other].residents
    if residents > 0:
        here = s.residents * w.groups[g.home].count / residents
        districts = min(1.0, g.numbers.months_in_district / g.numbers.training_years)
        u.service += here * g.numbers.service_by_residents * (1.0 - districts)
        u.given += here * w.work.teaching / w.work.week


@rule
def count_exchange(w: World, exchange: int) -> None:
    """Visitors do what they are permitted to, once oriented, and are looked after; the absent are replaced."""
    e = w.exchanges[exchange]
    q = e.numbers
    if e.host_unit != NONE:
        oriented = max(0.0, 1.0 - q.orientation / q.stay)
        w.units[e.host_unit].visitors += e.there * q.permitted * oriented
        w.units[e.host_unit].given += e.there * q.host_hours / w.work.week
    if e.unit != NONE:
        w.units[e.unit].bought_in += e.there * q.backfilled


@rule
def count_committee(w: World, agreement: int) -> None:
    """Time on committees falls on the people at work of every party, wherever they are."""
    a = w.agreements[agreement]
    if not a.running:
        return
    for stake in range(a.first_stake, a.last_stake):
        party = w.stakes[stake].party
        working = 0
        for unit in range(len(w.units)):
            if w.units[unit].party == party:
                working += w.units[unit].working
        for unit in range(len(w.units)):
            u = w.units[unit]
            if u.party == party and working > 0:
                u.given += a.numbers.committee / w.work.week * u.working / working


@rule
def count_unit(w: World, unit: int, years: float) -> None:
    """The work done in a unit, how heavy it is, and where the time given comes from."""
    u = w.units[unit]
    bought = min(1.0, w.work.bought_out)
    donated = min(1.0 - bought, w.work.donated)
    taken = max(0.0, 1.0 - bought - donated)
    u.effective = max(0.0, u.working + u.bought_in + u.service + u.visitors - taken * u.given)
    hours = hours_of_year(w) * years
    u.hours_bought += (bought * u.given + u.bought_in) * hours
    u.hours_donated += donated * u.given * hours
    u.hours_taken += (taken * u.given + max(0.0, u.away - u.bought_in)) * hours
    u.care_years += u.effective * years
    u.visitor_years += u.visitors * years
    if w.setting.do.workload and u.required > 0.0:
        heavy = u.required + donated * u.given
        u.workload = heavy / max(u.effective, LEAST_WORK * u.required) / u.workload_at_start
    else:
        u.workload = 1.0


@rule
def shortage(w: World, unit: int) -> float:
    """The part of the work needed that is not done."""
    u = w.units[unit]
    return max(0.0, 1.0 - u.effective / u.required) if u.required > 0.0 else 0.0


@rule
def doublings(x: float) -> float:
    """How many doublings make a ratio."""
    return math.log(x) / math.log(2.0)
