"""Published figures to show beside the simulation, and the registry of sources."""

from __future__ import annotations

from typing import Literal

from sim.scenario.block import Block, Calendar, Count, FutureName, MetricName

__all__ = ["Source", "Target"]


class Target(Block):
    """A published count: so many of so many, at a date."""

    metric: MetricName
    """The outcome that it measures."""
    at: Calendar
    """When it was counted."""
    count: Count
    """How many."""
    of: Count
    """Of how many."""
    future: FutureName | None = None
    """The future of this file in which it was counted; the first that is compared, unless given."""
    role: Literal["input", "target"]
    """`input` where a parameter was taken from it, `target` where the simulation has not seen it."""
    source: str = ""
    """The key of its source."""
    grade: str = ""
    """How good the source is, A to D."""
    note: str = ""
    """What to know when comparing."""


class Source(Block):
    """Where a number was read."""

    citation: str
    """Authors, title, journal, year."""
    seen: str = ""
    """The page that was read: the paper's own, or one that quotes it."""
    status: Literal["seen", "seen second-hand", "unverified"]
    """Whether the figure was read at its source, on a page that quotes it, or not at all."""
