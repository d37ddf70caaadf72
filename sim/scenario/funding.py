"""What a planner writes about money that is given for a programme: by whom, until when, and who takes over."""

from __future__ import annotations

from sim.scenario.block import Block, Calendar, Months, PartyName, Share

__all__ = ["Donor"]


class Donor(Block):
    """Somebody from outside pays for a programme, for a time."""

    by: PartyName | None = None
    """Who gives; the file's only party of the kind `donor`, unless given."""
    ends: Calendar | None = None
    """When it ends; never, unless given."""
    notice: Months
    """How long before that the partners are told."""
    taper: Months = 0.0
    """How long before that the payments begin to shrink, in a straight line to nothing."""
    taken_over_by: PartyName | None = None
    """Who pays afterwards; nobody, unless given."""
    share: Share
    """The part of what the donor paid that is then taken over; the programme shrinks to it."""
    delay: Months = 0.0
    """Time between the donor's end and the first payment of the successor."""
