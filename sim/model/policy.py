"""Dated changes: the actions of a plan and the shocks of a future, and what each does to the world.

An action taken by an extension is a row of the same table, and happens by the same rule.
"""

from __future__ import annotations

from enum import IntEnum

from sim.engine import clocks
from sim.engine.compiled import rule
from sim.engine.tables import NONE
from sim.model.kinds import Kind
from sim.model.posts import freeze, thaw
from sim.model.programmes import start
from sim.model.rates import set_work
from sim.model.state import World

__all__ = ["Change", "happens", "schedule"]


class Change(IntEnum):
    """What a dated change does. The second of a pair ends what the first began."""

    START = 0
    RAISE_PAY = 1
    FREEZE = 2
    THAW = 3
    RECRUIT = 4
    BOND = 5
    WITHDRAW_FUNDING = 6


@rule
def schedule(w: World) -> None:
    """Put every dated change on the calendar."""
    for row in range(len(w.policies)):
        if w.policies[row].what != NONE:
            clocks.at(w, w.policies[row].at, Kind.POLICY, row)


@rule
def raise_pay(w: World, t: float, cadre: int, times: float) -> None:
    """Pay at home is multiplied, for one cadre or for all."""
    for c in range(len(w.cadres)):
        if cadre == NONE or cadre == c:
            w.cadres[c].pay_raised *= times
            set_work(w, t, c)


@rule
def recruit(w: World, t: float, cadre: int, times: float) -> None:
    """Destinations draw people away more strongly, or less again."""
    for c in range(len(w.cadres)):
        if cadre == NONE or cadre == c:
            w.cadres[c].openness *= times
            set_work(w, t, c)


@rule
def fund(w: World, t: float, party: int, cadre: int, frozen: int) -> None:
    """Posts of an employer, of a cadre, or all of them are frozen, or funded again."""
    for unit in range(len(w.units)):
        u = w.units[unit]
        if (party == NONE or party == u.party) and (cadre == NONE or cadre == u.cadre):
            if frozen:
                freeze(w, t, unit)
            else:
                thaw(w, t, unit)


@rule
def happens(w: World, t: float, row: int) -> None:
    """A dated change happens; one that lasts for a time comes back as its own end."""
    p = w.policies[row]
    if p.what == Change.START:
        start(w, t, p.programme)
    elif p.what == Change.RAISE_PAY:
        raise_pay(w, t, p.cadre, p.amount)
        p.amount = 1.0 / p.amount
    elif p.what == Change.RECRUIT:
        recruit(w, t, p.cadre, p.amount)
        p.amount = 1.0 / p.amount
    elif p.what == Change.FREEZE:
        fund(w, t, p.party, p.cadre, 1)
        p.what = Change.THAW
    elif p.what == Change.THAW:
        fund(w, t, p.party, p.cadre, 0)
    elif p.what == Change.BOND:
        w.setting.bond_years = p.owed
        w.setting.bond_served = p.amount
    if p.lasts > 0.0:
        clocks.at(w, t + p.lasts, Kind.POLICY, row)
        p.lasts = 0.0
