"""Rows of the state about institutions: countries, parties, their money, and partnerships between them."""

from __future__ import annotations

import numpy as np

from sim.engine.world import Row
from sim.scenario.money import Finance
from sim.scenario.partnership import Partnership
from sim.scenario.places import Capability

__all__ = ["Account", "Agreement", "Aim", "CountryRow", "PartyRow", "StakeRow"]


class CountryRow(Row):
    """A country."""

    population: float
    """At the start; NaN where the file does not say."""
    population_growth: float


class PartyRow(Row):
    """An institution or body."""

    key: np.uint64
    capability: Capability
    reputation_at_start: float
    finance: Finance
    earning: int
    two_point: int
    country: int
    payer: int
    """The party that pays its staff."""
    account: int
    staff_given: float
    """People who could learn, if the file says so; NaN otherwise."""
    staff: float
    exits: int
    """People who could learn, and those who left in the month, when the books were last closed."""
    clinical: float
    education: float
    research: float
    """Capability now, in each domain."""
    learns_clinical: float
    learns_education: float
    learns_research: float
    """What is learnt now, per year."""
    capability_at_start: float
    reputation: float
    pull: float
    """How many times as many people it draws as at the start."""
    noise: float
    """The margin's departure from its mean, in standard deviations."""
    missed: int
    """Months running in which the covenant was missed."""
    insolvent: int
    payroll: float
    """Pay of the staff that it pays for, in USD a year, at the last close."""
    payroll_at_start: float
    payroll_paid: float
    """Pay that it has paid since the start, in USD."""
    arrears: float
    """Pay owed, in USD."""
    unpaid: float
    """The part of the latest month's pay that was not paid."""


class Account(Row):
    """Money of a party or of a partnership, or one of the outsides that money comes from and goes to."""

    balance: float
    received: float
    spent: float
    present_value: float
    """Everything received less everything spent since the start, discounted to the start."""
    discount: float
    """Continuous rate per year."""
    partnership_spent: float
    partnership_received: float
    """What went into partnerships and programmes, and what came out of them."""


class Agreement(Row):
    """A partnership."""

    key: np.uint64
    numbers: Partnership
    account: int
    signed: int
    """Whether the plan means to start a programme of it."""
    first_stake: int
    last_stake: int
    """Its parties are the stakes from first_stake up to, not including, last_stake."""
    first_goal: int
    last_goal: int
    running: int
    """Whether any programme of it has run, and it has not ended."""
    started: float
    """When the first programme of it started; infinite if none has."""
    active: float
    """When it was last seen to be active."""
    failed: int
    """Whether it has ended badly."""
    cause: int
    """A `kinds.Cause`; NONE while it has not ended."""
    ended: float
    """When it ended; infinite if it has not."""
    handed_over: int
    """Whether a donor's end left a programme with enough to count as a handover."""


class StakeRow(Row):
    """What a party has in a partnership."""

    party: int
    contributes: float
    willing_to_lose: float
    """NaN for no limit."""
    lost: float
    """What it has spent on the partnership, less what it has received from it, in USD."""
    reviewed: int
    """Reviews called so far."""
    left: int


class Aim(Row):
    """A goal of a partnership."""

    agreement: int
    column: int
    """The column of the reports that it watches."""
    level: float
    relative: int
    above: int
    by: float
    """Years since the start."""
    met: int
    """Whether it was met in time."""
    missed: int
