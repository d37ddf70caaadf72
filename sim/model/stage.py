"""SimPy as the stage: the model's calendar and an analyst's processes in one environment.

`Stage` overrides `peek` and `step`, as SimPy's own `RealtimeEnvironment` does. Each step takes whichever is due first,
the model's next event or SimPy's; the model first when they are equal, so a process sees the books closed. Nothing
of the model enters SimPy's queue: nothing there can go stale, and no time is rounded on its way through a delay.

An extension is a function `process(env, world)`. It may use resources, stores, conditions and interrupts as in any
SimPy model; it waits for an event of the model with `env.happens(kind)`, changes the model through the actions that
plans use, `env.do(action, ...)`, and draws with `env.draw(name, count)`. Between SimPy's events the model runs
compiled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from sim.engine.clocks import LOW_BITS, NAME_BITS
from sim.engine.random import named
from sim.engine.tables import FULL, NONE
from sim.model.fire import advance, draw, take_action
from sim.model.kinds import Kind, Use
from sim.model.write_changes import CHANGES
from sim.scenario.block import Block
from sim.scenario.contingency import Action
from sim.scenario.fields import accepts, fields_of
from sim.scenario.plans import Shock

if TYPE_CHECKING:
    from sim.model.simulate import Worker

__all__ = ["Extension", "Stage", "TableFull", "View", "drive"]

ONE, ALL = 1, 1 << 62
SETTING_OFF = {"when", "needs", "consents", "delay", "cooldown", "times"}
"""What a file says of an action that an extension decides for itself."""
FIXED = {"kind", "do", "begins", "posts", "cost"}
"""What else it does not say: new posts need room that is laid out before the run, and costs a payer."""


def terms_of(block: type[Block]) -> tuple[set[str], set[str]]:
    """What an action needs, and what it also takes."""
    fields = [one for one in fields_of(block).values() if one.attribute not in SETTING_OFF | FIXED]
    needed = {one.attribute for one in fields if one.required}
    return needed, {one.attribute for one in fields} - needed


TERMS = {
    word: terms_of(block)
    for union, tag in ((Shock, "kind"), (Action, "do"))
    for block in accepts(union).blocks
    for word in fields_of(block)[tag].accepts.words
}
"""The terms of each action and shock, as scenario files have them; `lasts` is a file's `for`."""

Extension = Callable[["Stage", "View"], Generator[simpy.Event, Any, Any]]


class TableFull(Exception):
    """A table of the model was full: the run must be repeated with a larger one."""


class View:
    """What an extension sees of the model: every table may be read at any time.

    Attributes:
        tables: every table as a NumPy array; not to be written to.
        outcomes: names of the outcomes, in the order of the reports.
    """

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self.outcomes = worker.cell.outcomes
        self.tables = {name: table.view() for name, table in worker.memory.tables.items()}
        for table in self.tables.values():
            table.flags.writeable = False

    def reported(self, outcome: str) -> float:
        """An outcome as the latest quarterly report has it.

        Raises:
            KeyError: no outcome is called that.
        """
        if outcome not in self.outcomes:
            raise KeyError(outcome)
        last = int(self.tables["setting"]["reports"][0]) - 1
        return float(self.tables["panel"][last * len(self.outcomes) + self.outcomes.index(outcome)])


class Stage(simpy.Environment):
    """A SimPy environment in which the model's events happen too.

    Args:
        worker: a prepared worker, whose run this is.
        seed, design_point, replication: what keys the run's luck.
        at_once: the most events of the model that one step may fire.
    """

    def __init__(self, worker: Worker, seed: int, design_point: int, replication: int, at_once: int) -> None:
        super().__init__()
        self.worker = worker
        self.block = np.uint64(seed), design_point, replication
        self.at_once = at_once
        self.horizon = worker.cell.case.scenario.years
        self.waiting: dict[int, list[simpy.Event]] = {}
        self.done = 0
        self._advance(-1.0, 0)

    def _advance(self, until: float, most: int) -> None:
        advance(self.worker.memory.world, *self.block, until, most)
        if self.worker.memory.tables["run"]["status"][0] == FULL:
            raise TableFull

    def _next(self) -> float:
        tables = self.worker.memory.tables
        return float(tables["clocks"]["time"][tables["order"][1]])

    def peek(self) -> float:
        """When something happens next, in the model or in SimPy; infinite if nothing will."""
        return min(self._next(), super().peek())

    def step(self) -> None:
        """Let happen what is due first; the model first when both are due."""
        theirs = super().peek()
        ours = self._next()
        if ours > theirs or math.isinf(ours):
            super().step()
            return
        self._advance(min(theirs, self.horizon), self.at_once)
        run = self.worker.memory.tables["run"]
        self._now = float(run["now"][0])
        if run["seen"][0] != NONE:
            self._announce(int(run["seen"][0]))

    def _announce(self, name: int) -> None:
        kind, who = name >> NAME_BITS, name & LOW_BITS
        for event in self.waiting.pop(kind, []):
            event.succeed((self._now, who))
        self.worker.memory.tables["run"]["watched"] &= ~np.int64(1 << kind)

    def play(self) -> None:
        """Run to the horizon, closed on the right: what is due at the horizon still happens."""
        while self.peek() <= self.horizon:
            self.step()
        self._now = self.horizon

    def happens(self, kind: Kind | str) -> simpy.Event:
        """An event that succeeds when the next event of a kind has happened; its value is (time, entity).

        Args:
            kind: a `Kind`, or its name in lower case, such as `"work_abroad"`.

        Raises:
            ValueError: there is no such kind.
        """
        wanted = kind_of(kind)
        event = self.event()
        self.waiting.setdefault(int(wanted), []).append(event)
        self.worker.memory.tables["run"]["watched"] |= np.int64(1 << int(wanted))
        return event

    def do(self, action: str, **terms: Any) -> None:
        """Do now what a plan could do, or let happen what a future could bring.

        Args:
            action: the name of an action or of a shock, as in a scenario file.
            terms: the same as in a file, as numbers: shares, factors, and years for every time. The `for` of a shock
                is `lasts` here.

        Raises:
            ValueError: there is no such action, cadre, party or programme.
        """
        check_terms(action, terms)
        changes = self.worker.cell.blueprint.changes
        table = self.worker.memory.tables["policies"]
        free = np.flatnonzero(table["what"] == NONE)
        row = int(free[0]) if len(free) else self._oldest_done(table)
        changes.write_change(table[row : row + 1], {"what": CHANGES[action], "kind": action, **terms})
        take_action(self.worker.memory.world, self._now, row)
        self.done += 1

    def _oldest_done(self, table: Any) -> int:
        """A row whose change has happened for good, to be used again."""
        mine = range(len(self.worker.cell.blueprint.changes.rows), len(table))
        slots = self.worker.memory.tables["slots"]
        first = int(self.worker.memory.tables["kinds"]["first"][int(Kind.POLICY)])
        for row in mine:
            if slots["clock"][first + row] == NONE:
                return row
        raise ValueError(f"more than {len(mine)} actions with an end are in force at the same time")

    def draw(self, name: str, count: int = 0) -> float:
        """A uniform number in (0, 1) that depends on the run, the name and the count alone."""
        return float(draw(self.worker.memory.world, named("extension", name), int(Use.EXTENSION), count))


def check_terms(action: str, terms: dict[str, Any]) -> None:
    """See that an action exists and is given what it needs, and nothing that it would not look at.

    Raises:
        ValueError: with what was expected.
    """
    if action not in TERMS:
        raise ValueError(f"no action is called {action!r}; there are {', '.join(sorted(TERMS))}")
    needed, allowed = TERMS[action]
    missing = sorted(needed - terms.keys())
    unknown = sorted(terms.keys() - needed - allowed)
    if missing or unknown:
        what = [f"{name} is missing" for name in missing] + [f"{name} is not one of its terms" for name in unknown]
        known = ", ".join(sorted(needed | allowed))
        raise ValueError(f"{action}: {'; '.join(what)}; its terms are {known}")


def kind_of(kind: Kind | str) -> Kind:
    """The kind of event with a name.

    Raises:
        ValueError: there is none.
    """
    if isinstance(kind, Kind):
        return kind
    try:
        return Kind[kind.upper()]
    except KeyError:
        raise ValueError(f"no event is called {kind!r}; there are {', '.join(k.name.lower() for k in Kind)}") from None


def drive(worker: Worker, seed: int, design_point: int, replication: int) -> None:
    """Play a run on the stage: event by event with the SimPy engine, in bulk between an extension's events else."""
    extension: Extension | None = worker.cell.extension
    stage = Stage(worker, seed, design_point, replication, ONE if worker.cell.engine == "simpy" else ALL)
    if extension is not None:
        stage.process(extension(stage, View(worker)))
    try:
        stage.play()
    except TableFull:
        return
