"""One run: a cell (a future under a plan) makes workers, and a worker simulates one history after another.

A worker owns its memory; the compiled rules hold no lock, so one worker a thread is all that parallel runs need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiled import announce, source_hash
from sim.engine.log import LOG_POOL
from sim.engine.tables import CALENDAR, FULL, NONE
from sim.engine.world import Memory
from sim.model import lives
from sim.model.build import SPARE_CHANGES, Blueprint
from sim.model.factors import Factors, Places
from sim.model.fire import advance, prepare
from sim.model.kinds import CAUSES, PERSON_KINDS, VISIT_KINDS, Kind, Pool
from sim.scenario import Case

__all__ = ["Cell", "Driver", "Run", "RunFailed", "Worker", "build", "compiled_already", "version"]

ALL = 1 << 62
Parameters = Literal["central", "sampled"] | Mapping[str, float]
"""Where the uncertain numbers stand: at their medians, drawn for the row, or at uniform numbers given by draw."""
MOST_PEOPLE = 20_000_000
FIRST_LOG = 1 << 14


class RunFailed(Exception):
    """A run that came to no end; its cause is kept as the row's status."""


class Driver(Protocol):
    """What takes a prepared world to its horizon."""

    def __call__(self, worker: Worker, seed: int, design_point: int, replication: int) -> None:
        """Play a run whose luck these keys name."""


@dataclass(frozen=True)
class Run:
    """One simulated history.

    Attributes:
        values: the outcomes at the horizon, in the order of `Cell.outcomes`.
        series: the same at each report time, one row a time.
        event_count: events processed.
        events: the log, when traced: time, kind, who, detail, spent.
        factors: the value that each uncertain parameter had, by address; empty under central parameters.
        controls: events less integrated hazard, in the order of `Cell.controls`.
        scores: the standard normal number behind each draw of parameters, by the draw's name; empty as `factors`.
    """

    values: NDArray[np.float64]
    series: NDArray[np.float64]
    event_count: int
    events: NDArray[Any] | None
    factors: dict[str, float]
    controls: NDArray[np.float64]
    scores: dict[str, float]


@dataclass(frozen=True)
class Cell:
    """One future under one plan, ready to run.

    Attributes:
        case: the resolved case.
        seed: the study's seed.
        engine: `compiled` fires events in bulk, `simpy` one by one in a SimPy environment.
        extension: a SimPy process to run beside the model, or None.
    """

    case: Case
    seed: int
    engine: Literal["compiled", "simpy"] = "compiled"
    extension: Any = None

    @cached_property
    def blueprint(self) -> Blueprint:
        """The structure that all runs share."""
        return Blueprint(self.case)

    @cached_property
    def factors(self) -> Factors:
        """The uncertain parameters, ready to be drawn."""
        return Factors(self.case)

    @cached_property
    def causes(self) -> list[str]:
        """Of each clock but the calendar, `country.cadre.cause`: whose hazard of what it is."""
        b, people = self.blueprint, self.case.scenario.people
        cadres = [
            b.units[group][1] if kind == Kind.FILL else b.cadres[b.groups.rows[group]["cadre"]]
            for kind, group, _ in b.groups.named
        ]
        named = zip(b.groups.named, cadres, strict=True)
        return [f"{people[cadre].country}.{cadre}.{kind.name.lower()}" for (kind, _, _), cadre in named]

    @cached_property
    def controls(self) -> list[str]:
        """Names of sums that have mean 0 in every case: the events of a cause in a cadre, less their hazard."""
        return sorted(set(self.causes))

    @cached_property
    def control_of(self) -> NDArray[np.int64]:
        """The place among the controls of each clock but the calendar."""
        return np.array([self.controls.index(cause) for cause in self.causes], np.int64)

    @property
    def outcomes(self) -> list[str]:
        """Names of the outcomes."""
        return [column.name for column in self.blueprint.columns]

    @property
    def columns(self) -> list[str]:
        """Names of the columns of a series: the outcomes, quarter by quarter."""
        return self.outcomes

    @property
    def times(self) -> NDArray[np.float64]:
        """Report times in years since the start, the start and the horizon included."""
        return self.blueprint.times

    @cached_property
    def people_words(self) -> dict[str, list[str]]:
        """The words behind the whole numbers of `Worker.lives`, by column."""
        b, people = self.blueprint, self.case.scenario.people
        cadres = [f"{people[cadre].country}.{cadre}" for cadre in b.cadres]
        return lives.words(cadres, list(b.trainings))

    def worker(self, trace: bool = False) -> Worker:
        """New memory to run in."""
        return Worker(self, trace)

    def event_rows(self, run: Run) -> list[tuple[float, str, str, str]]:
        """The log of a traced run as (time, event, entity, detail)."""
        if run.events is None:
            return []
        return [
            (float(e["time"]), Kind(e["kind"]).name.lower(), self.entity(int(e["kind"]), int(e["who"])), self.detail(e))
            for e in run.events
        ]

    def entity(self, kind: int, who: int) -> str:
        """The name of an event's entity; people have numbers, and places their employer's name."""
        b = self.blueprint
        if kind == Kind.ENTER:
            return b.streams[who]
        if kind == Kind.INTAKE:
            return list(b.trainings)[who]
        if kind == Kind.VISITOR:
            return list(b.exchanges)[who]
        if kind in (Kind.NOTICE, Kind.FUNDING_ENDS):
            return b.programmes[who]
        if kind == Kind.NEW_POSTS:
            return ".".join(b.units[who])
        if kind == Kind.FILL:
            unit = int(np.searchsorted(np.cumsum(b.seats), who, side="right"))
            return ".".join(b.units[unit]) + f".post{who - sum(b.seats[:unit])}"
        if kind in (Kind.REPORT, Kind.CLOSE):
            return Kind(kind).name.lower()
        if kind in VISIT_KINDS:
            return f"visit{who}"
        if kind == Kind.CONSENT:
            return b.changes.name(len(b.changes.rows) - len(b.changes.triggers) + who)
        return f"person{who}" if kind in PERSON_KINDS else b.changes.name(who)

    def detail(self, entry: Any) -> str:
        """What an event's rule noted: the motive of a departure, the result of an examination."""
        kind, detail = int(entry["kind"]), int(entry["detail"])
        if detail == NONE:
            return ""
        if kind == Kind.DEPART and detail == 0:
            return "withdrawn"
        if kind == Kind.POLICY:
            return "ends" if detail else "begins"
        if kind == Kind.CONSENT:
            return "agreed" if detail else "refused"
        if kind == Kind.FINISH:
            return str(detail)
        return Kind(detail).name.lower() if detail in [int(c) for c in CAUSES] else str(detail)


def build(case: Case, seed: int, *, engine: Literal["compiled", "simpy"] = "compiled", extension: Any = None) -> Cell:
    """A cell of a study: one future under one plan."""
    return Cell(case, seed, engine, extension)


class Worker:
    """The memory of one run at a time.

    Attributes:
        cell: what it runs.
        memory: the world as the latest run left it.
    """

    def __init__(self, cell: Cell, trace: bool = False) -> None:
        self.cell = cell
        self.trace = trace
        self.driver: Driver = bulk
        if cell.engine == "simpy" or cell.extension is not None:
            from sim.model.stage import drive

            self.driver = drive
        self.people = cell.blueprint.people_needed()
        self.visits = cell.blueprint.visits_needed()
        self.entries = FIRST_LOG if trace else 0
        self.renew()

    def renew(self) -> None:
        """Take new memory, for as many people and log entries as are now thought to be needed."""
        self.forget()  # the old world goes before the new one comes: it may be large
        spare = SPARE_CHANGES if self.cell.extension is not None else 0
        self.memory: Memory = self.cell.blueprint.memory(self.people, self.visits, self.entries, spare)
        self.blank = self.memory.start()
        self.places = Places(self.cell.blueprint, self.memory, self.cell.factors.addresses)
        self.prepared: int | Parameters | None = None
        self.drawn: dict[str, float] = {}
        self.scores: dict[str, float] = {}

    def forget(self) -> None:
        """Let go of the memory held so far."""
        for name in ("memory", "blank", "ready", "places"):
            self.__dict__.pop(name, None)

    def run(self, design_point: int, replication: int, parameters: Parameters = "central") -> Run:
        """Simulate one history: the same bytes wherever, whenever and beside whatever it runs.

        Args:
            design_point: the design row; it keys the parameters and, with the replication, the luck.
            replication: which history of that row.
            parameters: `central` keeps the row's luck and writes central values; a mapping gives the uniform number
                behind each draw, and leaves the others at their median.

        Raises:
            RunFailed: the run came to no end.
        """
        while True:
            self.prepare(design_point, parameters)
            self.driver(self, self.cell.seed, design_point, replication)
            state = self.memory.tables["run"][0]
            if state["status"] != FULL:
                return self.result()
            self.enlarge(int(state["full"]))

    def enlarge(self, pool: int) -> None:
        """Double the table that was too small."""
        if pool == LOG_POOL:
            self.entries *= 2
        elif pool == Pool.VISITS:
            self.visits *= 2
        else:
            self.people *= 2
        if self.people > MOST_PEOPLE:
            raise RunFailed(f"more than {MOST_PEOPLE:,} people came into being")
        self.renew()

    def prepare(self, design_point: int, parameters: Parameters) -> None:
        """Put the world back to its start under the parameters of a design row."""
        wanted = design_point if parameters == "sampled" else parameters
        if self.prepared is None or self.prepared != wanted:
            self.memory.reset(self.blank)
            point = None if isinstance(parameters, str) else parameters
            self.drawn, self.scores = ({}, {}) if parameters == "central" else self.draw(design_point, point)
            prepare(self.memory.world)
            self.ready = self.memory.start()
            self.prepared = wanted
        else:
            self.memory.reset(self.ready)

    def draw(self, design_point: int, point: Mapping[str, float] | None) -> tuple[dict[str, float], dict[str, float]]:
        """Draw every uncertain parameter of a design row, and write it at its address; returns values and scores."""
        factors = self.cell.factors
        values, scores = factors.draw(self.cell.seed, design_point, point)
        self.places.write(values)
        drawn = dict(zip(factors.addresses, values.tolist(), strict=True))
        return drawn, dict(zip(factors.draws, scores.tolist(), strict=True))

    def lives(self) -> dict[str, NDArray[Any]]:
        """Everybody whom the latest run brought into being; see `lives`."""
        return lives.people(self.memory.tables)

    def result(self) -> Run:
        """Copy what the run left behind."""
        tables = self.memory.tables
        shape = len(self.cell.times), len(self.cell.blueprint.columns)
        series = np.array(tables["panel"]).reshape(shape)
        state = tables["run"][0]
        events = np.array(tables["log"][: int(state["logged"])]) if self.trace else None
        return Run(
            series[-1].copy(), series, int(state["steps"]), events, dict(self.drawn), self.controls(), dict(self.scores)
        )

    def controls(self) -> NDArray[np.float64]:
        """Events less integrated hazard at the horizon; the last event of a run has brought the clocks' books there."""
        books = self.memory.tables["clocks"][CALENDAR + 1 :]
        found = np.zeros(len(self.cell.controls))
        np.add.at(found, self.cell.control_of, books["events"] - books["exposure"])
        return found


def bulk(worker: Worker, seed: int, design_point: int, replication: int) -> None:
    """Fire everything up to the horizon in one call."""
    years = worker.cell.case.scenario.years
    advance(worker.memory.world, np.uint64(seed), design_point, replication, years, ALL)


def compiled_already() -> bool:
    """Whether a run can start at once: the rules have been compiled before on this machine."""
    return not announce()


def version() -> str:
    """The model's version: the hash of the sources of the engine and of the model."""
    return source_hash(["engine", "model"])
