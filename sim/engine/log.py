"""The event log: one entry an event, in the order in which they happened."""

from __future__ import annotations

from sim.engine.compiled import rule
from sim.engine.tables import FULL, EngineWorld

__all__ = ["LOG_POOL", "note", "record"]

LOG_POOL = -1
"""The number under which a full log is reported."""


@rule
def record(w: EngineWorld, t: float, kind: int, who: int) -> None:
    """Log an event, if this run keeps a log; a log with no rows keeps none."""
    if len(w.log) == 0:
        return
    if w.run.logged == len(w.log):
        w.run.status = FULL
        w.run.full = LOG_POOL
        return
    entry = w.log[w.run.logged]
    entry.time = t
    entry.kind = kind
    entry.who = who
    entry.detail = -1
    entry.spent = w.run.spent
    w.run.logged += 1


@rule
def note(w: EngineWorld, detail: int) -> None:
    """Add a detail to the latest entry: where somebody went, what was decided."""
    if w.run.logged > 0 and len(w.log) > 0:
        w.log[w.run.logged - 1].detail = detail
