"""Accounts: every payment goes from one account into another, so the sum of all balances never changes.

Each party and each partnership has an account. What comes from outside or goes there has one too, an `Outside`.
See docs/money.md.
"""

from __future__ import annotations

import math
from enum import IntEnum

from sim.engine.compiled import rule
from sim.engine.tables import NONE
from sim.model.funding import donor_part, successor, successor_part
from sim.model.state import World

__all__ = ["HALF_MONTH", "Outside", "charge", "open_accounts", "outside", "pay", "pay_for_partners"]

HALF_MONTH = 1.0 / 24.0
"""A month's costs fall on whoever pays in the middle of the month."""


class Outside(IntEnum):
    """Where money comes from and goes to beyond the parties and partnerships of the file."""

    PEOPLE = 0
    """Those who are paid."""
    SUPPLIERS = 1
    """Those from whom anything is bought."""
    PAYERS = 2
    """Those who pay for care."""
    LENDERS = 3
    """Those who pay interest and receive it."""


@rule
def outside(w: World, which: int) -> int:
    """The account of an `Outside`."""
    return len(w.parties) + len(w.agreements) + which


@rule
def open_accounts(w: World) -> None:
    """What is in every account at the start, and the rate at which its owner discounts."""
    for party in range(len(w.parties)):
        p = w.parties[party]
        w.accounts[p.account].balance = p.finance.cash
        w.accounts[p.account].discount = math.log1p(p.finance.discount)
    for agreement in range(len(w.agreements)):
        a = w.agreements[agreement]
        w.accounts[a.account].balance = a.numbers.account


@rule
def pay(w: World, t: float, source: int, target: int, amount: float) -> None:
    """Move money from one account into another; a negative amount goes the other way."""
    if source == target:
        return
    if amount < 0.0:
        source, target, amount = target, source, -amount
    a = w.accounts[source]
    a.balance -= amount
    a.spent += amount
    a.present_value -= amount * math.exp(-a.discount * t)
    b = w.accounts[target]
    b.balance += amount
    b.received += amount
    b.present_value += amount * math.exp(-b.discount * t)


@rule
def pay_for_partners(w: World, t: float, source: int, target: int, amount: float, agreement: int) -> None:
    """Pay as part of a partnership, or of a programme without one (NONE): it counts in the stakes of both sides."""
    if source == target or amount == 0.0:
        return
    pay(w, t, source, target, amount)
    w.accounts[source].partnership_spent += amount
    w.accounts[target].partnership_received += amount
    if agreement != NONE:
        a = w.agreements[agreement]
        for stake in range(a.first_stake, a.last_stake):
            s = w.stakes[stake]
            account = w.parties[s.party].account
            if account == source:
                s.lost += amount
            elif account == target:
                s.lost -= amount


@rule
def contribute(w: World, t: float, programme: int, source: int, target: int, amount: float) -> None:
    """One payer's part of a cost: through the partnership's account, where there is a partnership."""
    agreement = w.programmes[programme].partnership
    if agreement == NONE:
        pay_for_partners(w, t, source, target, amount, agreement)
    else:
        through = w.agreements[agreement].account
        pay_for_partners(w, t, source, through, amount, agreement)
        pay_for_partners(w, t, through, target, amount, agreement)


@rule
def charge(w: World, t: float, programme: int, target: int, amount: float) -> None:
    """A programme has cost something in the month: its donor, the donor's successor and its payer bear their parts."""
    if amount <= 0.0:
        return
    g = w.programmes[programme]
    given = amount * donor_part(w, t - HALF_MONTH, programme)
    taken = amount * successor_part(w, t - HALF_MONTH, programme)
    if given > 0.0:
        contribute(w, t, programme, w.parties[g.given_by].account, target, given)
    if taken > 0.0:
        contribute(w, t, programme, w.parties[successor(w, programme)].account, target, taken)
    contribute(w, t, programme, g.payer, target, amount - given - taken)
    g.cost += amount
    g.donated += given
