"""Dates in a run: time 0 is the first day of the scenario, which need not be the first of January."""

from __future__ import annotations

import math

from sim.engine.compiled import rule
from sim.model.state import World

__all__ = ["next_month"]

MONTHS = 12.0
HAIR = 1e-9


@rule
def next_month(w: World, t: float, month: float) -> float:
    """The first beginning of a calendar month (1 to 12) at or after time t."""
    into = w.setting.into_year
    offset = (month - 1.0) / MONTHS
    return max(t, math.ceil(t + into - offset - HAIR) - into + offset)
