"""From a resolved case to a blank world: which rows there are, who refers to whom, and where each number goes.

Only structure is decided here. Every number of the file keeps its address, so a design point is a few writes into
the blank world; rates follow from the numbers by rule (`fire.prepare`).
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from sim.engine.tables import NONE
from sim.engine.world import Memory
from sim.model import lifetable
from sim.model.groups import Groups
from sim.model.kinds import FIRST_PERSON_KIND, PERSON_KINDS, VISIT_KINDS, Kind
from sim.model.outcomes import cohorts, names
from sim.model.state import LAYOUT
from sim.model.write_changes import Changes
from sim.model.write_partners import write_partners
from sim.model.write_people import write_people
from sim.scenario import Case
from sim.scenario.exchange import Exchange
from sim.scenario.places import Posts
from sim.scenario.plans import DegreeNotRecognised
from sim.scenario.training import Training

__all__ = ["Blueprint"]

POOLS = frozenset({"people", "visits", "slots", "links", "log", "panel", "life", "states", "alive", "nodes", "ballot"})
QUARTERS = 4
SPARE_CHANGES = 64
BALLOT = 4096
OUTSIDES = 4
"""Accounts beyond those of parties and partnerships: where money comes from and goes to (`money.Outside`)."""


class Blueprint:
    """Everything about a case that its runs share: the rows of each table, and the addresses of its numbers.

    Args:
        case: one future under one plan.
    """

    def __init__(self, case: Case) -> None:
        s = case.scenario
        self.case = case
        self.countries = list(s.countries)
        self.cadres = list(s.people)
        self.parties = list(s.parties)
        self.partnerships = list(s.partnerships)
        self.units = [(p, c) for c in self.cadres for p in self.parties if c in s.parties[p].posts]
        self.programmes = list(s.programmes)
        self.trainings: dict[str, Training] = {n: p for n, p in s.programmes.items() if isinstance(p, Training)}
        self.exchanges: dict[str, Exchange] = {n: p for n, p in s.programmes.items() if isinstance(p, Exchange)}
        self.sites = [(n, school) for n, t in self.trainings.items() if t.place == "home" for school in t.sites]
        self.cohorts = [
            (name, years)
            for name, t in self.trainings.items()
            for years in [(-math.inf, math.inf), *pairwise(map(float, t.cohorts))]
        ]
        self.streams = list(s.streams)
        self.stakes = [(name, party) for name, one in s.partnerships.items() for party in one.parties]
        self.goals = [(name, i) for name, one in s.partnerships.items() for i in range(len(one.goals))]
        self.columns = list(names(s))
        unrecognised = {shock.programme for shock in case.shocks if isinstance(shock, DegreeNotRecognised)}
        self.groups = Groups(s, self.cadres, self.units, self.trainings, self.exchanges, unrecognised)
        self.changes = Changes(self)
        self.seats = [self.capacity(s.parties[p].posts[c]) + self.changes.new_posts(p, c) for p, c in self.units]
        steps = math.floor(s.years * QUARTERS + 1e-9)
        times = [k / QUARTERS for k in range(steps + 1)]
        self.times = np.array(times if times[-1] >= s.years - 1e-9 else [*times, s.years])

    def capacity(self, posts: Posts) -> int:
        """Posts that an employer will ever have."""
        new: float = posts.new_posts_a_year * self.case.scenario.years
        return round(posts.established) + math.ceil(new)

    def unit_of(self, party: str | None, cadre: str | None) -> int:
        """The row of an employer's posts for a cadre, or NONE."""
        pair = (party or "", cadre or "")
        return self.units.index(pair) if pair in self.units else NONE

    def column(self, metric: str) -> int:
        """The column of an outcome in the reports."""
        return [column.name for column in self.columns].index(metric)

    def people_needed(self) -> int:
        """A first guess of how many people a run will bring into being; too small a guess costs a repetition."""
        s = self.case.scenario
        candidates = sum(x.per_year * max(1.0, (1 + x.growth) ** s.years) * (s.years + 1) for x in s.streams.values())
        outsiders = sum(
            seats * (0.5 + 0.12 * s.years)
            for seats, (p, c) in zip(self.seats, self.units, strict=True)
            if s.parties[p].posts[c].outsiders
        )
        guess: int = round(1.1 * candidates + outsiders + sum(self.seats) * (2 if s.stationary else 1))
        return 64 + guess

    def visits_needed(self) -> int:
        """A first guess of how many visits a run will see asked for."""
        years = self.case.scenario.years
        asked = 0.0
        for exchange in self.exchanges.values():
            unit = self.unit_of(exchange.sends, exchange.cadre)
            asked += years * (exchange.visitors + (exchange.asks * self.seats[unit] if unit != NONE else 0.0))
        return 16 + round(1.5 * asked) if self.exchanges else 0

    def rows(self, people: int, visits: int, log: int, spare: int) -> dict[str, int]:
        """The number of rows of each table."""
        s = self.case.scenario
        seats, changes = sum(self.seats), len(self.changes.rows) + spare
        leaves = 1 << max(1, (self.groups.clocks - 1).bit_length())
        singles = sum(self.single_entities(spare).values())
        units, cadres = len(self.units), len(self.cadres)
        return {
            "clocks": self.groups.clocks, "order": 2 * leaves, "kinds": len(Kind),
            "lines": cadres + max(1, units) + len(self.exchanges), "links": seats + people + visits, "log": log,
            "slots": singles + people * len(PERSON_KINDS) + visits * len(VISIT_KINDS),
            "cadres": cadres, "units": units, "seats": seats, "groups": len(self.groups.rows),
            "exposed": len(self.groups.exposed), "people": people, "visits": visits,
            "programmes": len(self.programmes), "trainings": len(self.trainings), "cohorts": len(self.cohorts),
            "sites": len(self.sites),
            "exchanges": len(self.exchanges), "countries": len(self.countries), "parties": len(self.parties),
            "accounts": len(self.parties) + len(self.partnerships) + OUTSIDES,
            "agreements": len(self.partnerships), "stakes": len(self.stakes), "aims": len(self.goals),
            "triggers": len(self.changes.triggers), "streams": len(self.streams), "policies": changes,
            "columns": len(self.columns), "panel": len(self.columns) * len(self.times),
            "life": cadres * lifetable.CELLS,
            "states": cadres * lifetable.CELLS * lifetable.NODES * lifetable.STATES, "nodes": lifetable.NODES,
            "alive": cadres * (lifetable.CELLS + 1) * lifetable.AGES,
            "ballot": BALLOT if s.programmes else 1,
        }  # fmt: skip

    def memory(self, people: int, visits: int, log: int = 0, spare: int = 0) -> Memory:
        """A blank world with the case's central numbers."""
        memory = LAYOUT.memory(self.rows(people, visits, log, spare), POOLS)
        self.lay_slots(memory, people, spare)
        write_people(self, memory)
        write_partners(self, memory)
        self.changes.write(memory)
        known = {"cadre": self.cadres, "unit": [".".join(u) for u in self.units], "party": self.parties,
                 "training": list(self.trainings), "cohort": cohorts(self.case.scenario),
                 "exchange": list(self.exchanges), "programme": self.programmes,
                 "partnership": self.partnerships}  # fmt: skip
        for i, column in enumerate(self.columns):
            memory.tables["columns"][i] = (column.measure, known[column.of].index(column.entity))
        return memory

    def single_entities(self, spare: int) -> dict[Kind, int]:
        """How many entities the kinds have that belong neither to people nor to visits."""
        return {
            Kind.POLICY: len(self.changes.rows) + spare, Kind.CONSENT: len(self.changes.triggers),
            Kind.NOTICE: len(self.programmes), Kind.FUNDING_ENDS: len(self.programmes),
            Kind.ENTER: len(self.streams), Kind.NEW_POSTS: len(self.units), Kind.VISITOR: len(self.exchanges),
            Kind.INTAKE: len(self.trainings), Kind.CLOSE: 1, Kind.REPORT: 1, Kind.FILL: sum(self.seats),
        }  # fmt: skip

    def lay_slots(self, memory: Memory, people: int, spare: int) -> None:
        """Say where the slots of each kind lie: single entities first, then each person's and visit's side by side."""
        first = 0
        kinds = memory.tables["kinds"]
        for kind, size in self.single_entities(spare).items():
            kinds[int(kind)] = (first, 1)
            first += size
        for kind in PERSON_KINDS:
            kinds[int(kind)] = (first + kind - FIRST_PERSON_KIND, len(PERSON_KINDS))
        first += people * len(PERSON_KINDS)
        for i, kind in enumerate(VISIT_KINDS):
            kinds[int(kind)] = (first + i, len(VISIT_KINDS))

    def place(self, memory: Memory, address: str) -> tuple[Any, Any]:
        """Where the number at an address lies in a world: an array of one element, and how to convert.

        Raises:
            KeyError: no number of the model has that address.
        """
        parts = address.split(".")
        tables = memory.tables
        record, path = self.record(tables, parts)
        if record is not None:
            convert = self.since_start if parts[-1] == "ends" else float
            return field(record, path), convert
        return self.changes.place(memory, parts)

    def since_start(self, date: float) -> float:
        """A date as years since the start."""
        return date - self.case.scenario.start

    def record(self, tables: dict[str, Any], parts: list[str]) -> tuple[Any, list[str]]:
        """The record of numbers that an address leads into, and the path that is left; None for a dated change."""
        head, name, *rest = parts if len(parts) > 1 else [parts[0], ""]
        if head == "people":
            return tables["cadres"][self.cadres.index(name)]["numbers"], rest
        if head == "parties" and rest[0] == "posts":
            return tables["units"][self.units.index((name, rest[1]))]["numbers"], rest[2:]
        if head == "parties":
            own = {"reputation": "reputation_at_start", "staff": "staff_given"}.get(rest[0], rest[0])
            return tables["parties"][self.parties.index(name)], [own, *rest[1:]]
        if head == "programmes" and rest[0] == "donor":
            return tables["programmes"][self.programmes.index(name)]["donor"], rest[1:]
        if head == "programmes" and name in self.trainings:
            return tables["trainings"][list(self.trainings).index(name)]["numbers"], rest
        if head == "programmes":
            return tables["exchanges"][list(self.exchanges).index(name)]["numbers"], rest
        if head == "streams":
            return tables["streams"][self.streams.index(name)]["numbers"], rest
        if head == "countries":
            return tables["countries"][self.countries.index(name)], rest
        if head == "partnerships" and rest[0] == "parties":
            return tables["stakes"][self.stakes.index((name, rest[1]))], rest[2:]
        if head == "partnerships" and rest[0] == "goals":
            return tables["aims"][self.goals.index((name, int(rest[1])))], rest[2:]
        if head == "partnerships":
            return tables["agreements"][self.partnerships.index(name)]["numbers"], rest
        if head in ("work", "morale", "learning", "standing", "care", "governance"):
            return tables[head][0], [name, *rest]
        if head == "bond":
            return tables["setting"][0], [f"bond_{name}"]
        return None, parts


def field(record: Any, path: list[str]) -> tuple[Any, str]:
    """The record that holds the last field of a path, and that field's name.

    Raises:
        KeyError: there is no such field.
    """
    for part in path[:-1]:
        record = record[part]
    if path[-1] not in (record.dtype.names or ()):
        raise KeyError(".".join(path))
    return record, path[-1]
