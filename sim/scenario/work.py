"""What a planner writes about work: hours, and how time given to partners is found."""

from __future__ import annotations

from sim.scenario.block import Block, Count, Factor, Hours, Number, Share, Years

__all__ = ["Care", "Learning", "Morale", "Standing", "Work"]


class Work(Block):
    """How hours of staff are counted, and where time for partners comes from."""

    week: Hours
    """Hours a week of a full-time post."""
    weeks: Count
    """Weeks worked in a year."""
    teaching: Hours
    """Time that an institution's specialists spend on each resident in training there, in hours a week."""
    bought_out: Share
    """The part of time for visitors, residents and committees that is replaced by paid time."""
    donated: Share
    """The part that staff give of their own time; what is left is taken from patients."""


class Morale(Block):
    """Morale of an employer's staff of a cadre: a level from 0 to 1 that follows their conditions."""

    level: Share
    """The level under the conditions of the start."""
    follows: Years
    """How long it takes for 63% of a change of conditions to show."""
    workload: Number
    """Fall per doubling of the workload of the start."""
    taking_part: Number
    """Rise when all staff are taking part in an exchange, or have lately."""
    unpaid: Number
    """Fall when all pay is owed."""
    failure: Number
    """Fall after a partnership has failed."""
    leaving: Factor
    """How many times as often people leave public practice, or leave to work abroad, at morale 0 as at its level."""


class Learning(Block):
    """How capability moves: a level from 0 to 1 of an institution, in each domain."""

    from_gap: Share
    """The part of what is left to learn that is learnt in a year from a better partner, at the gap from which most is
    learnt and with a visitor beside each member of staff."""
    from_difference: Share
    """The same from a partner of another approach under a shared need, at full difference; no gap is needed."""
    forgets: Years
    """How long it takes until 63% of what was learnt beyond the institution's own level is lost, if nothing is done."""


class Standing(Block):
    """How reputation moves, a level from 0 to 1 of an institution, and whom it draws."""

    follows: Years
    """How long it takes for 63% of a change to show."""
    running: Number
    """Rise while a partnership runs."""
    failure: Number
    """Fall after a partnership has failed."""
    draws: Factor
    """How many times as fast posts are filled, and as often the employer is chosen, at a reputation 0.1 higher."""


class Care(Block):
    """From staff to care of the population."""

    quality_floor: Share
    """Quality of care at clinical capability 0, relative to that at capability 1."""
    covered: Share
    """Coverage where staff meet the need at quality 1."""
