"""Morale of an employer's staff: it follows their conditions, and moves how readily they leave. See docs/work.md."""

from __future__ import annotations

import math

from sim.engine.compiled import rule
from sim.model.aftermath import failed_lately
from sim.model.state import World
from sim.model.work import doublings

__all__ = ["start", "step"]


@rule
def start(w: World) -> None:
    """Under the conditions of the start morale is at its level."""
    for unit in range(len(w.units)):
        w.units[unit].morale = w.morale.level
        w.units[unit].climate = 1.0


@rule
def target(w: World, t: float, unit: int) -> float:
    """Where morale would settle under present conditions."""
    u = w.units[unit]
    q = w.morale
    taking_part = min(1.0, u.took_part / max(1, u.working + u.away))
    level = q.level - q.workload * doublings(u.workload) + q.taking_part * taking_part
    level -= q.unpaid * u.unpaid + q.failure * failed_lately(w, t, u.party)
    return min(1.0, max(0.0, level))


@rule
def step(w: World, t: float, years: float) -> None:
    """Morale after some years under present conditions, and what it makes of leaving: an exact exponential step."""
    if not w.setting.do.morale:
        return
    q = w.morale
    left = math.exp(-years / q.follows)
    restless = math.log(q.leaving) / q.level if q.level > 0.0 else 0.0
    for unit in range(len(w.units)):
        u = w.units[unit]
        level = target(w, t, unit)
        u.morale = level + (u.morale - level) * left
        u.climate = math.exp(restless * (q.level - u.morale))
