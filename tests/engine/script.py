"""A world that does nothing but obey a script of the engine's verbs, so that random scripts can be played.

A command is itself an event of the calendar: kind COMMAND, entity its line in the script. Two kinds are put
on dates and two are exposed to clocks, as a model does with its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from sim.engine import clocks, queue
from sim.engine.compiled import entry, rule
from sim.engine.log import record
from sim.engine.tables import NONE, EngineWorld
from sim.engine.world import Layout, Memory, Row, Table

ENTITIES = 6
END = 10.0


class Kind(IntEnum):
    COMMAND = 0
    EARLY_DATE = 1
    CAUSE = 2
    LATE_DATE = 3
    OTHER_CAUSE = 4


class Op(IntEnum):
    AT = 0
    CANCEL = 1
    EXPOSE = 2
    WITHDRAW = 3
    SET_FACTOR = 4
    SET_RATE = 5
    CONSUME = 6
    ASK = 7


class Command(Row):
    time: float
    op: int
    kind: int
    who: int
    clock: int
    x: float
    """A delay, a factor, a rate, or the years to consume."""
    y: float
    """The growth of a rate, or the factor under which years are consumed."""
    answer: int


class Entity(Row):
    key: np.uint64


class World(EngineWorld):
    script: Table[Command]
    entities: Table[Entity]


@dataclass(frozen=True)
class Line:
    """A command as Python writes it; see Command."""

    time: float
    op: Op
    kind: Kind = Kind.CAUSE
    who: int = 0
    clock: int = 1
    x: float = 1.0
    y: float = 0.0


@rule
def obey(w: World, t: float, i: int) -> None:
    c = w.script[i]
    key = w.entities[c.who].key
    if c.op == Op.AT:
        clocks.at(w, t + c.x, c.kind, c.who)
    elif c.op == Op.CANCEL:
        clocks.cancel(w, c.kind, c.who)
    elif c.op == Op.EXPOSE:
        clocks.expose(w, t, c.kind, c.who, key, c.clock, c.x)
    elif c.op == Op.WITHDRAW:
        clocks.withdraw(w, t, c.kind, c.who)
    elif c.op == Op.SET_FACTOR:
        clocks.set_factor(w, t, c.kind, c.who, c.x)
    elif c.op == Op.SET_RATE:
        clocks.set_rate(w, t, c.clock, c.x, c.y)
    elif c.op == Op.CONSUME:
        if not clocks.is_due(w, c.kind, c.who):
            c.answer = 1 if clocks.consume(w, t, c.kind, c.who, key, c.clock, c.y, c.x) else 0
    elif c.op == Op.ASK:
        c.answer = 1 if clocks.is_due(w, c.kind, c.who) else 0


@rule
def fire(w: World, t: float, kind: int, who: int) -> None:
    if kind == Kind.COMMAND:
        obey(w, t, who)


@rule
def begin(w: World) -> None:
    for i in range(len(w.script)):
        clocks.owner(w, Kind.COMMAND, i)
        w.script[i].answer = NONE
        clocks.at(w, w.script[i].time, Kind.COMMAND, i)
    for who in range(len(w.entities)):
        for kind in range(Kind.EARLY_DATE, Kind.OTHER_CAUSE + 1):
            clocks.owner(w, kind, who)


@entry
def play(w: World, key: np.uint64) -> None:
    w.run.key = key
    queue.plant(w)
    begin(w)
    while w.run.status == 0:
        c = queue.first_clock(w)
        t = w.clocks[c].time
        if not t <= w.run.end:
            break
        w.run.now = t
        name = clocks.take(w, c)
        record(w, t, name >> clocks.NAME_BITS, name & clocks.LOW_BITS)
        fire(w, t, name >> clocks.NAME_BITS, name & clocks.LOW_BITS)
        w.run.steps += 1
    for c in range(len(w.clocks)):
        clocks.reading(w, w.run.end, c)


LAYOUT = Layout(World)


def memory(script: Sequence[Line], clock_count: int) -> Memory:
    """A blank world with a script: slots of commands first, then each entity's four side by side.

    Args:
        clock_count: the number of clocks, the calendar included.
    """
    leaves = 1 << max(1, (clock_count - 1).bit_length())
    n = len(script)
    m = LAYOUT.memory({
        "clocks": clock_count, "order": 2 * leaves, "kinds": len(Kind), "slots": n + 4 * ENTITIES, "lines": 1,
        "links": 1, "log": 2 * n + 64, "script": n, "entities": ENTITIES,
    })  # fmt: skip
    m.tables["kinds"]["first"] = [0, n, n + 1, n + 2, n + 3]
    m.tables["kinds"]["stride"] = [1, 4, 4, 4, 4]
    m.tables["entities"]["key"] = np.arange(100, 100 + ENTITIES)
    m.tables["run"]["end"] = END
    for i, line in enumerate(script):
        for name in ("time", "op", "kind", "who", "clock", "x", "y"):
            m.tables["script"][name][i] = getattr(line, name)
    return m


def logged(m: Memory) -> Any:
    """The log of a script that has been played."""
    return m.tables["log"][: int(m.tables["run"]["logged"][0])]
