"""Dated changes: the actions of a plan and the shocks of a future, and what each does to the world.

A change that lasts for a time happens twice: it begins, and it ends. After its end the same row may begin again.
An action taken by an extension is a row of the same table, and happens by the same rule.
"""

from __future__ import annotations

from enum import IntEnum

from sim.engine import clocks
from sim.engine.compiled import rule
from sim.engine.tables import NONE
from sim.model import funding, triggers
from sim.model.kinds import Kind, ProgrammeKind
from sim.model.money import Outside, outside, pay
from sim.model.posts import establish, exempt, freeze, not_exempt, thaw
from sim.model.programmes import scale, start, stop
from sim.model.rates import set_work
from sim.model.state import World

__all__ = ["Change", "happens", "schedule"]


class Change(IntEnum):
    """What a dated change does."""

    START = 0
    PAY = 1
    FREEZE = 2
    RECRUIT = 3
    BOND = 4
    WITHDRAW_FUNDING = 5
    DEGREE = 6
    STOP = 7
    SCALE = 8
    FUND_POSTS = 9
    TAKE_OVER = 10


@rule
def schedule(w: World) -> None:
    """Put everything that has a date on the calendar."""
    for row in range(len(w.policies)):
        if w.policies[row].what != NONE:
            clocks.at(w, w.policies[row].at, Kind.POLICY, row)
    triggers.schedule(w)


@rule
def touches(w: World, row: int, cadre: int) -> bool:
    """Whether a change concerns a cadre."""
    p = w.policies[row]
    return (p.cadre == NONE or p.cadre == cadre) and (p.country == NONE or p.country == w.cadres[cadre].country)


@rule
def multiply_pay(w: World, t: float, row: int, factor: float) -> None:
    """Pay at home is multiplied."""
    for cadre in range(len(w.cadres)):
        if touches(w, row, cadre):
            w.cadres[cadre].pay_raised *= factor
            set_work(w, t, cadre)


@rule
def multiply_leaving(w: World, t: float, row: int, factor: float) -> None:
    """More people leave to work abroad, or fewer again."""
    for cadre in range(len(w.cadres)):
        if touches(w, row, cadre):
            w.cadres[cadre].openness *= factor
            set_work(w, t, cadre)


@rule
def employs(w: World, row: int, unit: int) -> bool:
    """Whether a change concerns an employer's posts."""
    p = w.policies[row]
    u = w.units[unit]
    return touches(w, row, u.cadre) and (p.party == NONE or p.party == u.party)


@rule
def freeze_posts(w: World, t: float, row: int, begins: bool) -> None:
    """Vacancies are frozen, or the freeze ends."""
    for unit in range(len(w.units)):
        if employs(w, row, unit):
            if begins:
                freeze(w, t, unit)
            else:
                thaw(w, t, unit)


@rule
def fund_posts(w: World, t: float, row: int, begins: bool) -> None:
    """Vacancies are funded in spite of freezes, and new posts are added; or freezes bite again."""
    for unit in range(len(w.units)):
        if employs(w, row, unit):
            if begins:
                establish(w, t, unit, w.policies[row].posts)
                exempt(w, t, unit)
            else:
                not_exempt(w, t, unit)


@rule
def take_over(w: World, t: float, row: int) -> None:
    """Somebody begins to take over what a donor pays; it replaces the takeover that was foreseen."""
    p = w.policies[row]
    for programme in range(len(w.programmes)):
        if w.programmes[programme].given_by != NONE and (p.programme == NONE or p.programme == programme):
            funding.hand_over(w, t, programme, p.owed, p.paid_by)


@rule
def pay_cost(w: World, t: float, row: int) -> None:
    """What a change costs once is paid to suppliers."""
    p = w.policies[row]
    if p.cost > 0.0 and w.setting.do.money:
        pay(w, t, w.parties[p.paid_by].account, outside(w, Outside.SUPPLIERS), p.cost)


@rule
def withdraw_funding(w: World, t: float, row: int) -> None:
    """The donor of one programme, or every donor, gives notice."""
    p = w.policies[row]
    for programme in range(len(w.programmes)):
        if w.programmes[programme].given_by != NONE and (p.programme == NONE or p.programme == programme):
            funding.withdraw(w, t, programme, p.owed)


@rule
def lose_recognition(w: World, t: float, row: int) -> None:
    """Nobody abroad accepts the degree of later graduates; intake may end with that."""
    p = w.policies[row]
    g = w.programmes[p.programme]
    if g.kind == ProgrammeKind.TRAINING:
        w.trainings[g.of].unrecognised = 1
    if p.amount == 0.0:
        stop(w, t, p.programme)


@rule
def times(w: World, row: int, begins: bool) -> float:
    """The factor with which a change begins, or that which undoes it."""
    amount = w.policies[row].amount
    return amount if begins else 1.0 / amount


@rule
def act(w: World, t: float, row: int, begins: bool) -> None:
    """What a change does when it begins, and what undoes it at its end."""
    p = w.policies[row]
    if p.what == Change.START:
        start(w, t, p.programme)
    elif p.what == Change.PAY:
        multiply_pay(w, t, row, times(w, row, begins))
    elif p.what == Change.RECRUIT:
        multiply_leaving(w, t, row, times(w, row, begins))
    elif p.what == Change.FREEZE:
        freeze_posts(w, t, row, begins)
    elif p.what == Change.BOND:
        w.setting.bond_years = p.owed
        w.setting.bond_served = p.amount
    elif p.what == Change.WITHDRAW_FUNDING:
        withdraw_funding(w, t, row)
    elif p.what == Change.DEGREE:
        lose_recognition(w, t, row)
    elif p.what == Change.STOP:
        stop(w, t, p.programme)
    elif p.what == Change.SCALE:
        scale(w, t, p.programme, times(w, row, begins))
    elif p.what == Change.FUND_POSTS:
        fund_posts(w, t, row, begins)
    elif p.what == Change.TAKE_OVER:
        take_over(w, t, row)


@rule
def happens(w: World, t: float, row: int) -> None:
    """A dated change begins, or ends."""
    p = w.policies[row]
    begins = p.ending == 0
    p.ending = 0
    act(w, t, row, begins)
    if begins and p.lasts > 0.0:
        p.ending = 1
        clocks.at(w, t + p.lasts, Kind.POLICY, row)
    if begins:
        pay_cost(w, t, row)
    if begins and p.event != NONE:
        triggers.happened(w, t, p.event, NONE)
