"""The end of a month: what moves slowly is brought up to date, and rates follow it."""

from __future__ import annotations

from sim.engine import clocks
from sim.engine.compiled import part
from sim.model.kinds import Kind
from sim.model.state import World

__all__ = ["close"]

MONTHS = 12.0


@part
def close(w: World, t: float) -> None:
    """Close the books of a month, and say when the next ones are due."""
    w.setting.month += 1
    following = (w.setting.month + 1.0) / MONTHS
    if following <= w.run.end + 1e-9:
        clocks.at(w, min(following, w.run.end), Kind.CLOSE, 0)
