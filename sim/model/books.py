"""The books of a month: pay, recruitment, what programmes cost, contributions, and what earning parties live on.

See docs/money.md. Amounts are in USD of the base year. Staff are paid as they stand at the end of the month; stays,
journeys and recruitment are counted exactly.
"""

from __future__ import annotations

import math

from sim.engine.compiled import rule
from sim.engine.distributions import normal
from sim.engine.random import uniform
from sim.engine.tables import NONE
from sim.model.aftermath import has_stake
from sim.model.funding import funded_at
from sim.model.kinds import ProgrammeKind, Use
from sim.model.money import HALF_MONTH, Outside, charge, outside, pay, pay_for_partners
from sim.model.optional import given, number
from sim.model.state import World
from sim.model.visits import count_months, serve

__all__ = ["close", "pay_of", "start"]

MONTHS = 12.0
DAYS = 365.0


@rule
def pay_of(w: World, t: float, cadre: int) -> float:
    """Pay of a year in a cadre now."""
    c = w.cadres[cadre]
    growth = 0.0 if w.setting.stationary else math.log1p(c.numbers.pay_growth_home)
    return c.numbers.pay_home * c.pay_raised * math.exp(growth * t)


@rule
def count_payroll(w: World, t: float) -> None:
    """What every payer owes its staff for a year: everyone who holds a post, and residents at home."""
    for cadre in range(len(w.cadres)):
        w.cadres[cadre].pay = pay_of(w, t, cadre)
    for party in range(len(w.parties)):
        w.parties[party].payroll = 0.0
    for unit in range(len(w.units)):
        u = w.units[unit]
        w.parties[w.parties[u.party].payer].payroll += (u.working + u.away) * w.cadres[u.cadre].pay
    for site in range(len(w.sites)):
        s = w.sites[site]
        payer = w.parties[w.units[s.unit].party].payer
        w.parties[payer].payroll += s.residents * w.cadres[w.trainings[s.training].admits].pay


@rule
def start(w: World) -> None:
    """The books open when the founders are in their posts: nobody has been recruited yet."""
    for unit in range(len(w.units)):
        w.units[unit].hired = 0
    count_payroll(w, 0.0)
    for party in range(len(w.parties)):
        w.parties[party].payroll_at_start = w.parties[party].payroll


@rule
def pay_staff(w: World, t: float) -> None:
    """Pay of a month. A budgeted payer finds at most a twelfth of its budget; the rest is owed until it can be paid."""
    count_payroll(w, t)
    for party in range(len(w.parties)):
        p = w.parties[party]
        due = p.payroll / MONTHS
        limit = math.inf
        if not p.earning and given(p.finance.budget):
            limit = number(p.finance.budget) / MONTHS
        now = min(due, limit)
        p.unpaid = 1.0 - now / due if due > 0.0 else 0.0
        late = min(p.arrears, limit - now)
        p.arrears += due - now - late
        p.payroll_paid += now + late
        pay(w, t, p.account, outside(w, Outside.PEOPLE), now + late)
    for unit in range(len(w.units)):
        u = w.units[unit]
        u.unpaid = w.parties[w.parties[u.party].payer].unpaid
        w.cadres[u.cadre].payroll_due += (u.working + u.away) * w.cadres[u.cadre].pay / MONTHS


@rule
def first_agreement(w: World, party: int) -> int:
    """The partnership that a party's time for partners is counted in: the first of its partnerships, or NONE."""
    for agreement in range(len(w.agreements)):
        if has_stake(w, agreement, party):
            return agreement
    return NONE


@rule
def recruit(w: World, t: float) -> None:
    """Posts filled in the month cost recruitment; time for partners that is bought out is paid for."""
    bought = min(1.0, w.work.bought_out)
    for unit in range(len(w.units)):
        u = w.units[unit]
        p = w.parties[u.party]
        account = w.parties[p.payer].account
        salary = w.cadres[u.cadre].pay
        pay(w, t, account, outside(w, Outside.SUPPLIERS), u.hired * p.finance.recruitment * salary)
        u.hired = 0
        time = bought * u.given * salary / MONTHS
        pay_for_partners(w, t, account, outside(w, Outside.PEOPLE), time, first_agreement(w, u.party))


@rule
def pay_for_training(w: World, t: float, training: int) -> None:
    """A month of a training programme: its residents, partners' supervisors, and journeys to partners."""
    g = w.trainings[training]
    q = g.numbers
    residents = w.groups[g.abroad].count
    if g.at_home:
        residents += w.groups[g.home].count
    cost = residents * q.resident_cost / MONTHS + g.rotations * q.rotation_cost
    p = w.programmes[g.programme]
    if g.at_home and p.running:
        part = p.scale * funded_at(w, t - HALF_MONTH, g.programme)
        cost += q.visiting_supervisors * part * q.visiting_cost / MONTHS
    g.rotations = 0
    charge(w, t, g.programme, outside(w, Outside.SUPPLIERS), cost)


@rule
def pay_for_exchange(w: World, t: float, exchange: int) -> None:
    """A month of an exchange: journeys begun, time spent there, and work bought in at home for the absent."""
    e = w.exchanges[exchange]
    q = e.numbers
    count_months(w, t, exchange)
    years = (e.months - e.months_paid) / MONTHS
    cost = (e.delivered - e.delivered_paid) * q.travel_cost + years * (q.living_cost + q.duty_of_care)
    e.months_paid = e.months
    e.delivered_paid = e.delivered
    charge(w, t, e.programme, outside(w, Outside.SUPPLIERS), cost)
    if e.unit != NONE:
        u = w.units[e.unit]
        account = w.parties[w.parties[u.party].payer].account
        instead = years * q.backfilled * w.cadres[u.cadre].pay * q.backfill_pay
        charge(w, t, e.programme, account, instead)
        agreement = w.programmes[e.programme].partnership
        pay_for_partners(w, t, account, outside(w, Outside.PEOPLE), instead, agreement)


@rule
def pay_for_programmes(w: World, t: float) -> None:
    """What programmes have cost in the month, and what parties contribute to running partnerships."""
    for programme in range(len(w.programmes)):
        g = w.programmes[programme]
        if g.kind == ProgrammeKind.TRAINING:
            pay_for_training(w, t, g.of)
        else:
            pay_for_exchange(w, t, g.of)
    for agreement in range(len(w.agreements)):
        a = w.agreements[agreement]
        for stake in range(a.first_stake, a.last_stake):
            s = w.stakes[stake]
            if a.running and not s.left:
                amount = s.contributes / MONTHS
                pay_for_partners(w, t, w.parties[s.party].account, a.account, amount, agreement)


@rule
def serve_more(w: World, t: float) -> None:
    """Where more of an exchange is paid for than a month ago, more can go."""
    for exchange in range(len(w.exchanges)):
        programme = w.exchanges[exchange].programme
        if funded_at(w, t, programme) > funded_at(w, t - 1.0 / MONTHS, programme):
            serve(w, t, exchange)


@rule
def draw_noise(w: World, party: int) -> None:
    """The margin of the next month departs from its mean by an AR(1) process with a stationary start.

    Where margins take two values, a month repeats the one before with chance (1 + memory) / 2: the same correlation.
    """
    p = w.parties[party]
    u = uniform(w.run.key, p.key, Use.MARGIN, w.setting.month)
    memory = 0.0 if w.setting.month == 0 else p.finance.margin_memory
    if p.two_point:
        up = 0.5 + 0.5 * memory * p.noise
        p.noise = 1.0 if u < up else -1.0
    else:
        p.noise = memory * p.noise + math.sqrt(1.0 - memory * memory) * normal(u)


@rule
def earn(w: World, t: float, party: int) -> None:
    """A month of an earning party: income, costs other than the pay of these posts, interest; then what lenders see."""
    p = w.parties[party]
    q = p.finance
    a = w.accounts[p.account]
    draw_noise(w, party)
    pay(w, t, outside(w, Outside.LENDERS), p.account, a.balance * math.expm1(math.log1p(q.interest) / MONTHS))
    pay(w, t, outside(w, Outside.PAYERS), p.account, q.revenue / MONTHS)
    costs = q.revenue * (1.0 - q.margin - q.margin_sd * p.noise) - p.payroll_at_start
    pay(w, t, p.account, outside(w, Outside.SUPPLIERS), costs / MONTHS)
    if a.balance < -q.debt:
        p.insolvent = 1
    if given(q.covenant):
        a_day = q.revenue * (1.0 - q.margin) / DAYS
        p.missed = p.missed + 1 if a.balance < number(q.covenant) * a_day else 0


@rule
def settle(w: World, t: float) -> None:
    """What a partnership that has ended still owes falls on its parties, in equal parts."""
    for agreement in range(len(w.agreements)):
        a = w.agreements[agreement]
        owed = -w.accounts[a.account].balance
        if t >= a.ended and owed > 0.0:
            for stake in range(a.first_stake, a.last_stake):
                source = w.parties[w.stakes[stake].party].account
                pay_for_partners(w, t, source, a.account, owed / (a.last_stake - a.first_stake), agreement)


@rule
def close(w: World, t: float) -> None:
    """Close the books of a month."""
    if not w.setting.do.money:
        return
    pay_staff(w, t)
    recruit(w, t)
    pay_for_programmes(w, t)
    for party in range(len(w.parties)):
        if w.parties[party].earning:
            earn(w, t, party)
    settle(w, t)
    serve_more(w, t)
