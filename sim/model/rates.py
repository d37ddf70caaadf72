"""From planners' numbers to hazards.

Published shares are *marginal*: they count everybody, the restless and the settled, under the other ways out. The
model's hazards are *conditional*: of a person of frailty 1, at risk of one cause. The conversion is done here, once,
for every design point.
"""

from __future__ import annotations

import math

from sim.engine import clocks
from sim.engine.compiled import rule
from sim.engine.tables import NONE
from sim.model.aftermath import less_willing
from sim.model.kinds import FIRST_CAUSE, LAST_PERSON_KIND, Kind, Place
from sim.model.optional import cohort, given
from sim.model.people import clock_of
from sim.model.state import World

__all__ = [
    "conditional_rate",
    "crude_incidence",
    "derive",
    "set_all",
    "set_month",
    "set_requests",
    "set_work",
    "settle_rate",
]

FIRST = int(FIRST_CAUSE)
LAST = int(LAST_PERSON_KIND)
SMALLEST_RETURN = 1e-9
PANELS = 64
MOST_STEPS = 200
CLOSE = 1e-13
SHORTEST = 1e-6
"""The shortest patience, in years: with none at all, whoever cannot go at once does not wait."""


@rule
def crude_incidence(rate: float, variance: float, restless: float, competing: float, years: float) -> float:
    """The share gone by some time to a cause under gamma frailty, while others go for other causes.

    ∫ λ (1 + θ(λ + ν)t)^(−1/θ − 1) exp(−μt) dt from 0 to `years`, by Simpson's rule; λ exp(−(λ + ν + μ)t) for θ = 0.

    Args:
        rate: λ, the hazard at frailty 1, per year.
        variance: θ, the variance of the frailty.
        restless: ν, the hazard at frailty 1 of other ways out that the same frailty multiplies, per year.
        competing: μ, the hazard of ways out that no frailty touches, per year.
        years: the time at which the share was counted.
    """
    h = years / PANELS
    total = 0.0
    for i in range(PANELS + 1):
        t = i * h
        if variance > 0.0:
            density = rate * math.exp(-(1.0 / variance + 1.0) * math.log1p(variance * (rate + restless) * t))
        else:
            density = rate * math.exp(-(rate + restless) * t)
        weight = 1.0 if i == 0 or i == PANELS else (4.0 if i % 2 == 1 else 2.0)
        total += weight * density * math.exp(-competing * t)
    return total * h / 3.0


@rule
def conditional_rate(share: float, years: float, variance: float, restless: float, competing: float) -> float:
    """The hazard at frailty 1 whose crude incidence by `years` is `share`, by false position (the Illinois rule, Dowell
    & Jarratt 1971) on a logarithmic scale.

    Infinite shares do not exist: what lies beyond reach of competing exits gets the largest rate tried, 1e4 / years.
    """
    if share <= 0.0 or years <= 0.0:
        return 0.0
    low = math.log(1e-9)
    high = math.log(1e4 / years)
    below = crude_incidence(math.exp(low), variance, restless, competing, years) - share
    above = crude_incidence(math.exp(high), variance, restless, competing, years) - share
    if below >= 0.0 or above <= 0.0:
        return math.exp(low if below >= 0.0 else high)
    side = 0
    for _ in range(MOST_STEPS):
        middle = (low * above - high * below) / (above - below)
        miss = crude_incidence(math.exp(middle), variance, restless, competing, years) - share
        if abs(miss) < CLOSE * share or high - low < CLOSE:
            return math.exp(middle)
        if miss < 0.0:
            low = middle
            below = miss
            above *= 0.5 if side < 0 else 1.0
            side = -1
        else:
            high = middle
            above = miss
            below *= 0.5 if side > 0 else 1.0
            side = 1
    return math.exp(0.5 * (low + high))


@rule
def settle_rate(returning: float, years: float, grace: float) -> float:
    """The hazard of settling, after a grace, that leaves this share to come home at the end of a stay."""
    if grace >= years:
        return 0.0
    return -math.log(max(returning, SMALLEST_RETURN)) / (years - grace)


@rule
def frailty_variance(w: World, cadre: int) -> float:
    """The variance of frailty in force for a cadre."""
    return w.cadres[cadre].numbers.frailty if w.setting.do.frailty else 0.0


@rule
def derive(w: World, cadre: int) -> None:
    """Work out a cadre's conditional hazards from its planner's numbers.

    People count as gone when they have left; the application came earlier by the months of preparing, and some
    applications came to nothing. A share leaves public practice meanwhile, and may no longer leave to specialise.
    """
    c = w.cadres[cadre]
    q = c.numbers
    theta = frailty_variance(w, cadre)
    c.post = 0.0
    if w.setting.do.leave_post:
        c.post = conditional_rate(q.leave_post.gone, q.leave_post.after, theta, 0.0, 0.0)
    source = cadre
    while not given(cohort(w.cadres[source].numbers.leave_country).gone) and w.cadres[source].trained_from != NONE:
        source = w.cadres[source].trained_from
    s = w.cadres[source]
    p = s.numbers
    c.leave = 0.0
    share = p.leave_to_specialise if s.becomes != NONE else 0.0  # nobody to become: all of it is to work
    left = cohort(p.leave_country)
    if given(left.gone):
        delay = p.preparing if w.setting.do.preparing else 0.0
        lost = p.withdrawn if w.setting.do.preparing else 0.0
        variance = frailty_variance(w, source)
        other = 0.0
        if w.setting.do.leave_post:
            other = share * conditional_rate(p.leave_post.gone, p.leave_post.after, variance, 0.0, 0.0)
        deaths = p.mortality_at_40 if w.setting.do.mortality else 0.0
        after = max(left.after - delay, 0.1 * left.after)
        going = conditional_rate(left.gone, after, variance, other, deaths)
        c.leave = going / max(1.0 - lost - going * lost * delay, 0.1)
    c.specialise = share * c.leave if w.setting.do.leave_to_specialise and c.becomes != NONE else 0.0
    c.work = (1.0 - share) * c.leave if w.setting.do.leave_to_work else 0.0


@rule
def set_leaving(w: World, t: float, cadre: int) -> None:
    """What pay and openness make of leaving for work abroad now, for all people of a cadre alike."""
    c = w.cadres[cadre]
    q = c.numbers
    c.growth = 0.0
    if not w.setting.stationary:
        c.growth = q.pay_elasticity * (math.log1p(q.pay_growth_abroad) - math.log1p(q.pay_growth_home))
    c.leaving = c.work * c.openness * math.exp(c.growth * t - q.pay_elasticity * math.log(c.pay_raised))


@rule
def work_rate(w: World, group: int, usable: int) -> float:
    """The hazard of leaving for work abroad in a group now, at frailty 1."""
    g = w.groups[group]
    c = w.cadres[g.cadre]
    q = c.numbers
    rate = c.leaving
    if not usable:
        rate *= q.unusable_degree_leaving
    if g.unit != NONE:
        rate *= w.units[g.unit].climate
    if g.place == Place.WAITING and w.setting.do.waiting_leave:
        rate *= q.waiting_leave
    return rate


@rule
def request_rate(w: World, unit: int) -> float:
    """Requests a year of each member of a unit to go on an exchange, by all the programmes that run."""
    total = 0.0
    for exchange in range(len(w.exchanges)):
        e = w.exchanges[exchange]
        if e.unit == unit and w.programmes[e.programme].running:
            total += e.numbers.asks
    return total * less_willing(w, w.run.now, w.units[unit].party)


@rule
def constant_rate(w: World, group: int, cause: int) -> float:
    """The hazard of any other cause in a group, at frailty 1."""
    g = w.groups[group]
    c = w.cadres[g.cadre]
    q = c.numbers
    if cause == Kind.SPECIALISE:
        return c.specialise
    if cause == Kind.LEAVE_POST:
        return c.post * w.units[g.unit].climate
    if cause == Kind.REJOIN:
        return q.rejoin
    if cause == Kind.RETURN:
        return q.return_home
    if cause == Kind.DROP_OUT:
        return w.trainings[g.training].numbers.drop_out
    if cause == Kind.GIVE_UP:
        return q.give_up_waiting
    if cause == Kind.REQUEST:
        return request_rate(w, g.unit)
    if g.exchange != NONE:
        e = w.exchanges[g.exchange].numbers
        return settle_rate(e.return_home, e.stay, e.settle_grace)
    if g.training == NONE:
        return settle_rate(q.specialise_abroad.return_home, q.specialise_abroad.years, 0.0)
    n = w.trainings[g.training].numbers
    stay = n.months_abroad if w.trainings[g.training].at_home else n.training_years
    return settle_rate(n.return_home, stay, n.settle_grace)


@rule
def set_group(w: World, t: float, group: int, cause: int) -> None:
    """Set the clocks of a cause in a group."""
    for usable in range(2):
        clock = clock_of(w, group, cause, usable)
        if clock == NONE:
            continue
        if cause == Kind.WORK_ABROAD:
            growth = w.cadres[w.groups[group].cadre].growth
            clocks.set_rate(w, t, clock, work_rate(w, group, usable), growth)
        else:
            clocks.set_rate(w, t, clock, constant_rate(w, group, cause), 0.0)


@rule
def set_all(w: World, t: float) -> None:
    """Set every clock of people, and those of searches."""
    for cadre in range(len(w.cadres)):
        set_leaving(w, t, cadre)
    for group in range(len(w.groups)):
        for cause in range(FIRST, LAST + 1):
            set_group(w, t, group, cause)
    for unit in range(len(w.units)):
        set_search(w, t, unit)
    for exchange in range(len(w.exchanges)):
        e = w.exchanges[exchange]
        if e.arrivals != NONE:
            clocks.set_rate(w, t, e.arrivals, e.numbers.visitors, 0.0)
        if e.patience != NONE:
            clocks.set_rate(w, t, e.patience, 1.0 / max(e.numbers.patience, SHORTEST), 0.0)
            clocks.set_rate(w, t, e.early_end, e.numbers.early_end, 0.0)


@rule
def set_search(w: World, t: float, unit: int) -> None:
    """Set the clock of an employer's searches: the better it is thought of, the faster it finds people."""
    u = w.units[unit]
    if u.search_clock != NONE:
        clocks.set_rate(w, t, u.search_clock, w.parties[u.party].pull / u.numbers.search, 0.0)


@rule
def set_month(w: World, t: float) -> None:
    """Set anew, at the end of a month, what morale, reputation and failures move."""
    for cadre in range(len(w.cadres)):
        set_leaving(w, t, cadre)
    for unit in range(len(w.units)):
        group = w.units[unit].group
        if w.setting.do.morale:
            set_group(w, t, group, Kind.WORK_ABROAD)
            set_group(w, t, group, Kind.LEAVE_POST)
        if w.setting.do.reputation:
            set_search(w, t, unit)
        set_group(w, t, group, Kind.REQUEST)


@rule
def set_work(w: World, t: float, cadre: int) -> None:
    """Set anew the clocks of leaving for work abroad, after pay or openness has changed."""
    set_leaving(w, t, cadre)
    for group in range(len(w.groups)):
        if w.groups[group].cadre == cadre:
            set_group(w, t, group, Kind.WORK_ABROAD)


@rule
def set_requests(w: World, t: float, unit: int) -> None:
    """Set anew the clock of asking to go on an exchange, after a programme has started or stopped."""
    set_group(w, t, w.units[unit].group, Kind.REQUEST)
