"""What a report measures of employers' posts and of institutions."""

from __future__ import annotations

from sim.engine.compiled import rule
from sim.model.kinds import Measure
from sim.model.state import World
from sim.model.work import shortage

__all__ = ["of_party", "of_unit"]


@rule
def of_unit(w: World, m: int, of: int) -> float:
    """A measure of an employer's posts for a cadre."""
    u = w.units[of]
    if m == Measure.AT_WORK:
        return float(u.working)
    if m == Measure.WORK_DONE:
        return u.effective
    if m == Measure.SHORTAGE:
        return shortage(w, of)
    if m == Measure.WORKLOAD:
        return u.workload
    if m == Measure.MORALE:
        return u.morale
    if m == Measure.HOURS_BOUGHT_OUT:
        return u.hours_bought
    if m == Measure.HOURS_DONATED:
        return u.hours_donated
    return u.hours_taken


@rule
def of_party(w: World, m: int, of: int) -> float:
    """A measure of an institution."""
    p = w.parties[of]
    if m == Measure.CLINICAL:
        return p.clinical
    if m == Measure.EDUCATION:
        return p.education
    if m == Measure.RESEARCH:
        return p.research
    return p.reputation
