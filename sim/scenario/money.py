"""What a planner writes about a party's money."""

from __future__ import annotations

from typing import Annotated, Literal

from sim.scenario.block import Block, Count, Growth, Money, Number, Share, share_of

__all__ = ["Finance"]


class Finance(Block):
    """A party's money. Amounts are of the base year."""

    kind: Literal["earning", "budgeted"]
    """An earning party lives on what it sells; a budgeted one on what the state finds for it."""
    cash: Money
    """Cash at the start."""
    revenue: Money
    """Income of a year from care sold."""
    margin: Number
    """The mean part of revenue that is left after ordinary costs; pay of the posts in this file is among them."""
    margin_sd: Share
    """Standard deviation of a month's margin."""
    margin_memory: Share
    """Correlation of the margin from one month to the next."""
    margin_noise: Literal["normal", "two_point"]
    """Whether margins are normal, or one standard deviation above or below the mean."""
    interest: Growth
    """Interest on cash, or on debt, per year."""
    discount: Growth
    """The rate per year at which this party discounts what comes later."""
    budget: Money | None = None
    """The most that a budgeted party finds for payroll in a year; what is needed, unless given."""
    debt: Money
    """The most that an earning party can owe before it is insolvent."""
    covenant: Count | None = None
    """Days of cash that lenders ask of an earning party; missed in two months running, the partnership ends."""
    recruitment: Annotated[Share, share_of("pay", 10.0)]
    """The cost of filling a post, as a part of a year's pay."""
