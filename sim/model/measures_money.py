"""What a report measures of money and of endings; the words stand in `outcomes_money`."""

from __future__ import annotations

from sim.engine.compiled import rule
from sim.engine.tables import NONE
from sim.model.funding import funded
from sim.model.kinds import Cause, Measure
from sim.model.state import World

__all__ = ["money"]


@rule
def training_lost(w: World, party: int) -> float:
    """What the public had spent on training those who have left the country, at each departure."""
    total = 0.0
    for cadre in range(len(w.cadres)):
        if w.cadres[cadre].state == party:
            total += w.cadres[cadre].emigrated * w.cadres[cadre].numbers.training_cost
    return total


@rule
def of_party(w: World, m: int, of: int) -> float:
    """A measure of a party's money."""
    p = w.parties[of]
    a = w.accounts[p.account]
    if m == Measure.PAYROLL:
        return p.payroll
    if m == Measure.PAYROLL_PAID:
        return p.payroll_paid
    if m == Measure.ARREARS:
        return p.arrears
    if m == Measure.CASH:
        return a.balance
    if m == Measure.PRESENT_VALUE:
        return a.present_value
    if m == Measure.SPENT:
        return a.partnership_spent
    if m == Measure.RECEIVED:
        return a.partnership_received
    if m == Measure.INSOLVENT:
        return float(p.insolvent)
    return training_lost(w, of)


@rule
def of_cadre(w: World, m: int, of: int) -> float:
    """A measure of what a cadre costs: its own people and their training, or visitors who do its work."""
    total = 0.0
    if m == Measure.VISITING_YEARS:
        for unit in range(w.cadres[of].first_unit, w.cadres[of].last_unit):
            total += w.units[unit].visitor_years
        return total
    if m == Measure.VISITING_COST:
        for exchange in range(len(w.exchanges)):
            e = w.exchanges[exchange]
            if e.unit == NONE and e.host_unit != NONE and w.units[e.host_unit].cadre == of:
                total += w.programmes[e.programme].cost
        return total
    total = w.cadres[of].payroll_due
    for training in range(len(w.trainings)):
        if w.trainings[training].graduates_to == of:
            g = w.programmes[w.trainings[training].programme]
            total += g.cost - (g.donated if m == Measure.PUBLIC_COST else 0.0)
    return total


@rule
def of_programme(w: World, m: int, of: int) -> float:
    """A measure of a programme's money, and of what became of it."""
    g = w.programmes[of]
    if m == Measure.COST:
        return g.cost
    if m == Measure.FUNDED:
        return funded(w, of)
    if m == Measure.RAN_ON:
        return float(g.ran_on)
    return float(g.observed)


@rule
def of_partnership(w: World, t: float, m: int, of: int) -> float:
    """A measure of a partnership's account, and of its ending."""
    a = w.agreements[of]
    if m == Measure.ACCOUNT:
        return w.accounts[a.account].balance
    if m == Measure.LASTED:
        return max(0.0, min(a.ended, t) - a.started)
    ended = a.cause != NONE
    if m == Measure.ENDED:
        return 1.0 if ended else 0.0
    if m == Measure.ENDED_WELL:
        return 1.0 if ended and a.cause <= Cause.HANDED_OVER else 0.0
    if m == Measure.ENDED_BADLY:
        return float(a.failed)
    return 1.0 if a.cause == m - Measure.ENDED_BY else 0.0


@rule
def money(w: World, t: float, m: int, of: int) -> float:
    """The value of a measure of money or of endings now."""
    if m >= Measure.ACCOUNT:
        return of_partnership(w, t, m, of)
    if m >= Measure.COST:
        return of_programme(w, m, of)
    if m >= Measure.LOCAL_COST:
        return of_cadre(w, m, of)
    return of_party(w, m, of)
