"""The engine's own tables: the run, the clocks and their slots, waiting lines, and the event log."""

from __future__ import annotations

import numpy as np

from sim.engine.world import Row, Table

__all__ = [
    "CALENDAR",
    "FULL",
    "GOING",
    "NONE",
    "Clock",
    "EngineWorld",
    "Line",
    "Link",
    "LogEntry",
    "Run",
    "Slot",
    "SlotRange",
]  # fmt: skip

NONE = -1
"""No clock, no slot, no row."""
CALENDAR = 0
"""The clock that runs at rate 1."""
GOING, FULL = 0, 1
"""How a run stands: it goes on; or a pool was full and it must be repeated with a larger one."""


class Run(Row):
    """One run: its key, where it stands, and what stops it."""

    key: np.uint64
    now: float
    end: float
    """The time after which nothing happens."""
    steps: int
    status: int
    full: int
    """Which pool was full, by its number among the model's pools."""
    watched: int
    """Bits of the kinds after which `advance` returns."""
    seen: int
    """The name of the event after which it returned, or NONE."""
    logged: int
    spent: float
    """The threshold that the latest event consumed; 0 for a date."""


class Clock(Row):
    """An integrated hazard that many slots share."""

    time: float
    """When the first of its slots fires; infinite if none."""
    level: float
    """Λ at the time `since`."""
    since: float
    rate: float
    growth: float
    root: int
    at_risk: float
    """The sum of the exposed factors."""
    read: float
    """Λ when the books were last brought up to date."""
    exposure: float
    """The hazard integrated over everyone exposed."""
    events: int


class Slot(Row):
    """The pending event of one (kind, entity), and its place in its clock's heap."""

    mark: float
    name: int
    clock: int
    child: int
    after: int
    before: int
    owed: float
    factor: float
    spent: float
    fired: int


class SlotRange(Row):
    """Where the slots of a kind lie."""

    first: int
    stride: int


class Line(Row):
    """A waiting line, first in first out."""

    head: int
    tail: int
    waiting: int


class Link(Row):
    """A member's place in a waiting line."""

    line: int
    after: int
    before: int


class LogEntry(Row):
    """An event that happened."""

    time: float
    kind: int
    who: int
    detail: int
    spent: float


class EngineWorld:
    """The tables that the engine's verbs work on; a model's world adds its own."""

    run: Run
    clocks: Table[Clock]
    order: Table[int]
    """A winner tree over the clocks: order[1] is the clock that fires next."""
    kinds: Table[SlotRange]
    slots: Table[Slot]
    lines: Table[Line]
    links: Table[Link]
    log: Table[LogEntry]
