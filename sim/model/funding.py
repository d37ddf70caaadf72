"""Who pays for a programme: a donor for a time, with notice and taper; then a successor, or nobody."""

from __future__ import annotations

from sim.engine import clocks
from sim.engine.compiled import rule
from sim.engine.tables import NONE
from sim.model.kinds import Kind
from sim.model.state import World

__all__ = ["funded", "withdraw"]


@rule
def funded(w: World, programme: int) -> float:
    """The part of a programme's cost that somebody pays now; what nobody pays does not take place."""
    g = w.programmes[programme]
    return min(1.0, g.given + g.taken_over) if g.given_by != NONE else 1.0


@rule
def withdraw(w: World, t: float, programme: int, notice: float) -> None:
    """The donor gives notice now: its payments end after that time, unless they were to end sooner."""
    g = w.programmes[programme]
    g.withdrawn = min(g.withdrawn, t + notice)
    clocks.at(w, t, Kind.NOTICE, programme)
    clocks.at(w, g.withdrawn, Kind.FUNDING_ENDS, programme)
