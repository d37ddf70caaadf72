"""Reputation: it follows capability and partnerships with a lag, and draws people to an employer. See docs/work.md."""

from __future__ import annotations

import math

from sim.engine.compiled import rule
from sim.model.aftermath import failed_lately, in_partnership
from sim.model.learning import mean_capability
from sim.model.state import World

__all__ = ["start", "step"]

TENTH = 0.1


@rule
def start(w: World) -> None:
    """Reputation begins where the file says, and capability is remembered as it was then."""
    for party in range(len(w.parties)):
        p = w.parties[party]
        p.reputation = p.reputation_at_start
        p.capability_at_start = mean_capability(w, party)
        p.pull = 1.0


@rule
def step(w: World, t: float, years: float) -> None:
    """Reputation after some years of what goes on now, and how strongly it draws people: an exact exponential step."""
    if not w.setting.do.reputation:
        return
    q = w.standing
    left = math.exp(-years / q.follows)
    for party in range(len(w.parties)):
        p = w.parties[party]
        level = p.reputation_at_start + mean_capability(w, party) - p.capability_at_start
        level += q.running * in_partnership(w, party) - q.failure * failed_lately(w, t, party)
        level = min(1.0, max(0.0, level))
        p.reputation = level + (p.reputation - level) * left
        p.pull = math.exp(math.log(q.draws) * (p.reputation - p.reputation_at_start) / TENTH)
