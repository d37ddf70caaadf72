"""What a planner writes about a partnership: who is in it, what it is for, its money, and when it ends."""

from __future__ import annotations

from sim.scenario.block import (
    Block,
    Calendar,
    Hours,
    MetricName,
    Money,
    Months,
    PartyName,
    Share,
    Years,
)
from sim.scenario.decision import Level

__all__ = ["Goal", "Partnership", "Stake"]


class Goal(Block):
    """A measurable aim, with a date."""

    metric: MetricName
    """The outcome."""
    above: Level | None = None
    """It is met at this level or over it: `40`, or `150% of start`."""
    below: Level | None = None
    """It is met at this level or under it."""
    by: Calendar
    """When it has to be met."""


class Stake(Block):
    """What a party puts in, and what it is willing to lose."""

    contributes: Money = 0.0
    """What it pays into the partnership's account in a year."""
    willing_to_lose: Money | None = None
    """Its own spending on the partnership, less what it received from it, at which it reviews whether to stay; no
    limit, unless given."""


class Partnership(Block):
    """An agreement between institutions, under which programmes run."""

    title: str = ""
    """One line for tables."""
    parties: dict[PartyName, Stake]
    """Who is in it, and with what at stake."""
    term: Years | None = None
    """How long the contract runs; without end, unless given."""
    starts_within: Years
    """If no programme has run by then, the partnership never started."""
    fades_after: Months
    """Without any activity for this long, it has faded."""
    difference: Share
    """How differently the partners do what both need to do."""
    delivery: Share
    """How much of what could be learnt comes across: preparation, and trust."""
    committee: Hours
    """Time that each side's staff spend on running it, in hours a week."""
    account: Money
    """What is in its own account at the start."""
    overdraft: Money
    """How far the account may go below nothing."""
    leaves_at_limit: Share
    """The chance that a party that has reached what it is willing to lose leaves."""
    handed_over: Share
    """The part of a donor's payments that must be taken over, of one programme or more, for its end to count as
    a handover."""
    wind_down: Money
    """What ending it costs each party after a failure."""
    aftermath: Years
    """How long a failure goes on acting on reputation, morale and the wish to go."""
    less_willing: Share
    """The part of the wish to take part in an exchange that a failure takes away."""
    goals: list[Goal] = []
    """What is to be reached; when all are, the partnership has ended in success."""
