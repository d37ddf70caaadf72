"""What a planner writes about the choice: who asks, what each party wants, what must not happen."""

from __future__ import annotations

from typing import Annotated, Literal

from sim.scenario.block import Block, Calendar, FutureName, MetricName, Number, PartyName, Share, share_of

__all__ = ["Aim", "Decision", "Difference", "Level", "MustNot"]


class Level(Block):
    """A level of a metric: a number, or a part of its value at the start as in `80% of start`."""

    value: Number
    """The level, in the metric's unit, or the part of the value at the start."""
    relative: bool
    """Whether it is a part of the value at the start."""


class Difference(Block):
    """A difference between two plans: a number, or a part of the metric's centre as in `5%`."""

    value: Number
    """The difference, in the metric's unit, or the part of its centre."""
    relative: bool
    """Whether it is a part of the metric's centre."""


class Aim(Block):
    """What one party wants most."""

    metric: MetricName
    """The outcome that it looks at."""
    at: Calendar
    """When it looks."""
    better: Literal["more", "less"]
    """Which way is better."""
    matters: Difference | None = None
    """The smallest difference that counts for this party: `3`, or `5%` of the metric's centre. The outcome's
    own, unless given."""


class MustNot(Block):
    """Something that a plan must not risk."""

    metric: MetricName
    """The outcome."""
    below: Level | None = None
    """It must not be under this level: `40`, or `80% of start`."""
    above: Level | None = None
    """It must not be over this level."""
    at: Calendar | None = None
    """When this is judged; at the end of the run unless given."""
    in_more_than: Annotated[Share, share_of("runs")]
    """The share of runs in which it may happen: `10% of runs`."""


class Decision(Block):
    """The choice that the study is for. Without it the program reports and does not recommend."""

    asked_by: PartyName
    """The party that asks."""
    aims: dict[PartyName, Aim] = {}
    """One aim a party; a party without one gets no recommendation."""
    must_not: list[MustNot] = []
    """What no plan may risk."""
    weights: dict[FutureName, Share] | None = None
    """How likely each future is held to be; they sum to 100%. Without them nothing averages over futures."""
