"""Morale of an employer's staff: it follows their conditions, and moves how readily they leave. See docs/work.md."""

from __future__ import annotations

import math

from sim.engine.compiled import rule
from sim.model.aftermath import failed_lately
from sim.model.state import World
from sim.model.work import doublings

__all__ = ["climate", "start", "step"]


@rule
def start(w: World) -> None:
    """Under the conditions of the start morale is at its level."""
    for unit in range(len(w.units)):
        w.units[unit].morale = w.morale.level


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
    """Morale after some years under present conditions: an exact exponential step."""
    if not w.setting.do.morale:
        return
    left = math.exp(-years / w.morale.follows)
    for unit in range(len(w.units)):
        u = w.units[unit]
        level = target(w, t, unit)
        u.morale = level + (u.morale - level) * left


@rule
def climate(w: World, unit: int) -> float:
    """How many times as often people leave a unit as under the conditions of the start."""
    q = w.morale
    if not w.setting.do.morale or q.level <= 0.0:
        return 1.0
    return math.exp(math.log(q.leaving) * (q.level - w.units[unit].morale) / q.level)
