"""From a resolved case to a blank world: which rows there are, who refers to whom, and where each number goes.

Only structure is decided here. Every number of the file keeps its address, so a design point is a few writes into
the blank world; rates follow from the numbers by rule (`fire.prepare`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import BaseModel

from sim.engine.random import named
from sim.engine.tables import NONE
from sim.engine.world import Memory
from sim.model import lifetable
from sim.model.groups import Groups
from sim.model.kinds import FIRST_PERSON_KIND, PERSON_KINDS, Kind
from sim.model.outcomes import names
from sim.model.policy import Change
from sim.model.state import LAYOUT
from sim.scenario import Case
from sim.scenario.places import Posts

__all__ = ["Blueprint"]

POOLS = frozenset({"people", "slots", "links", "log", "panel", "life", "states", "alive", "ranks", "ballot"})
QUARTERS = 4
SPARE_CHANGES = 64
BALLOT = 4096


class Blueprint:
    """Everything about a case that its runs share: the rows of each table, and the addresses of its numbers.

    Args:
        case: one future under one plan.
    """

    def __init__(self, case: Case) -> None:
        s = case.scenario
        self.case = case
        self.cadres = list(s.people)
        self.parties = list(s.parties)
        self.units = [(p, c) for c in self.cadres for p in self.parties if c in s.parties[p].posts]
        self.programmes = list(s.programmes)
        self.sites = [(name, school) for name in self.programmes for school in self.schools(name)]
        self.streams = list(s.streams)
        self.columns = list(names(s))
        self.groups = Groups(s, self.cadres, self.units, self.programmes)
        self.policies = self.changes()
        self.seats = [self.capacity(s.parties[p].posts[c]) for p, c in self.units]
        steps = math.floor(s.years * QUARTERS + 1e-9)
        times = [k / QUARTERS for k in range(steps + 1)]
        self.times = np.array(times if times[-1] >= s.years - 1e-9 else [*times, s.years])

    def schools(self, programme: str) -> list[str]:
        """The sites of a programme that employ the cadre it trains for."""
        training = self.case.scenario.programmes[programme]
        return list(training.sites) if training.place == "home" else []

    def capacity(self, posts: Posts) -> int:
        """Posts that an employer will ever have."""
        new: float = posts.new_posts_a_year * self.case.scenario.years
        return round(posts.established) + math.ceil(new)

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

    def rows(self, people: int, log: int, spare: int) -> dict[str, int]:
        """The number of rows of each table."""
        seats, changes = sum(self.seats), len(self.policies) + spare
        leaves = 1 << max(1, (self.groups.clocks - 1).bit_length())
        entities = changes + len(self.streams) + len(self.units) + len(self.programmes) + 1 + seats
        units = max(1, len(self.units))
        return {
            "clocks": self.groups.clocks, "order": 2 * leaves, "kinds": len(Kind), "lines": len(self.cadres) + units,
            "links": seats + people, "log": log, "cadres": len(self.cadres), "units": len(self.units),
            "slots": entities + people * len(PERSON_KINDS), "seats": seats, "groups": len(self.groups.rows),
            "exposed": len(self.groups.exposed), "people": people, "programmes": len(self.programmes),
            "sites": len(self.sites), "streams": len(self.streams), "policies": changes, "columns": len(self.columns),
            "panel": len(self.columns) * len(self.times), "life": len(self.cadres) * lifetable.CELLS,
            "states": len(self.cadres) * lifetable.CELLS * lifetable.NODES * lifetable.STATES, "ranks": lifetable.NODES,
            "alive": len(self.cadres) * (lifetable.CELLS + 1) * lifetable.AGES,
            "ballot": BALLOT,
        }  # fmt: skip

    def memory(self, people: int, log: int = 0, spare: int = 0) -> Memory:
        """A blank world with the case's central numbers."""
        memory = LAYOUT.memory(self.rows(people, log, spare), POOLS)
        self.lay_slots(memory, spare)
        self.write_setting(memory)
        self.write_cadres(memory)
        self.write_units(memory)
        self.write_programmes(memory)
        self.write_policies(memory)
        for i, (name, measure, of) in enumerate(self.columns):
            row = self.programmes.index(of) if name.count(".") == 3 else self.cadres.index(of)
            memory.tables["columns"][i] = (measure, row)
        return memory

    def lay_slots(self, memory: Memory, spare: int) -> None:
        """Say where the slots of each kind lie: single entities first, then each person's side by side."""
        first = 0
        kinds = memory.tables["kinds"]
        sizes = {
            Kind.POLICY: len(self.policies) + spare, Kind.ENTER: len(self.streams), Kind.NEW_POSTS: len(self.units),
            Kind.INTAKE: len(self.programmes), Kind.REPORT: 1, Kind.FILL: sum(self.seats),
        }  # fmt: skip
        for kind, size in sizes.items():
            kinds[int(kind)] = (first, 1)
            first += size
        for kind in PERSON_KINDS:
            kinds[int(kind)] = (first + kind - FIRST_PERSON_KIND, len(PERSON_KINDS))

    def write_setting(self, memory: Memory) -> None:
        """What the whole run shares."""
        s = self.case.scenario
        row = memory.tables["setting"][0:1]
        memory.tables["run"]["end"] = s.years
        row["into_year"] = s.start % 1.0
        row["stationary"] = s.stationary
        write(row["do"], s.switches)
        if self.case.bond is not None:
            row["bond_years"], row["bond_served"] = self.case.bond.years, self.case.bond.served

    def write_cadres(self, memory: Memory) -> None:
        """Cadres, and the groups and clocks of their people."""
        people = self.case.scenario.people
        for i, name in enumerate(self.cadres):
            row = memory.tables["cadres"][i : i + 1]
            careers = people[name]
            write(row["numbers"], careers)
            becomes = [j for j, other in enumerate(self.cadres) if people[other].trained_from == name]
            row["key"] = named("cadre", careers.country, name)
            row["trained_from"] = self.cadres.index(careers.trained_from) if careers.trained_from else NONE
            row["becomes"] = becomes[0] if becomes else NONE
            mine = [j for j, (_, cadre) in enumerate(self.units) if cadre == name]
            row["first_unit"], row["last_unit"] = (mine[0], mine[-1] + 1) if mine else (0, 0)
            row["line"] = i
            for field, group in self.groups.of_cadre[name].items():
                row[field] = group
        for i, described in enumerate(self.groups.rows):
            for field, value in described.items():
                memory.tables["groups"][i : i + 1][field] = value
        memory.tables["exposed"][:] = self.groups.exposed

    def write_units(self, memory: Memory) -> None:
        """Employers' posts, and the seats that they will ever have."""
        s = self.case.scenario
        first = 0
        for i, (party, cadre) in enumerate(self.units):
            posts = s.parties[party].posts[cadre]
            row = memory.tables["units"][i : i + 1]
            write(row["numbers"], posts)
            row["key"] = named("unit", party, cadre)
            row["cadre"], row["party"] = self.cadres.index(cadre), self.parties.index(party)
            row["public"] = s.parties[party].public
            row["group"], row["search_clock"] = self.groups.of_unit[i], self.groups.searches[i]
            row["first_seat"], row["capacity"] = first, self.seats[i]
            row["seats"] = round(posts.established)
            row["funded"] = round(posts.established if posts.funded is None else posts.funded)
            row["line"] = len(self.cadres) + i
            memory.tables["seats"]["unit"][first : first + self.seats[i]] = i
            first += self.seats[i]

    def write_programmes(self, memory: Memory) -> None:
        """Programmes with their schools, and the streams of candidates."""
        s = self.case.scenario
        for i, name in enumerate(self.programmes):
            training = s.programmes[name]
            row = memory.tables["programmes"][i : i + 1]
            write(row["numbers"], training)
            row["key"] = named("programme", name)
            row["at_home"] = training.place == "home"
            row["grows"] = training.growth_with_supervisors and s.switches.supervisors
            row["admits"] = self.cadres.index(training.admits)
            row["graduates_to"] = self.cadres.index(training.graduates)
            row["home"], row["abroad"] = self.groups.of_programme[i]
            mine = [j for j, (programme, _) in enumerate(self.sites) if programme == name]
            row["first_site"], row["sites"] = (mine[0] if mine else 0), len(mine)
            for j in mine:
                unit = self.units.index((self.sites[j][1], training.graduates))
                site = memory.tables["sites"][j : j + 1]
                site["programme"], site["unit"] = i, unit
        for i, name in enumerate(self.streams):
            stream = s.streams[name]
            row = memory.tables["streams"][i : i + 1]
            write(row["numbers"], stream)
            row["key"] = named("stream", name)
            row["cadre"] = self.cadres.index(stream.cadre)
            first = (stream.employer, stream.cadre)
            row["unit"] = self.units.index(first) if first in self.units else NONE

    def changes(self) -> list[dict[str, Any]]:
        """Every dated change of the case, as rows of the policy table: starts, shocks, actions."""
        rows = [{"at": 0.0, "what": Change.START, "programme": name} for name in self.case.starts]
        for i, shock in enumerate(self.case.shocks):
            what = Change.RECRUIT if shock.kind == "destination_recruits" else Change.FREEZE
            rows.append({"what": what, "source": f"shocks.{i}", **shock.model_dump()})
        kinds = {"raise_pay": Change.RAISE_PAY, "freeze_posts": Change.FREEZE, "start": Change.START,
                 "bond": Change.BOND}  # fmt: skip
        for i, action in enumerate(self.case.actions):
            rows.append({"what": kinds[action.do], "source": f"actions.{i}", **action.model_dump()})
        return rows

    def write_policies(self, memory: Memory) -> None:
        """The dated changes, and spare rows for what an extension does."""
        table = memory.tables["policies"]
        table["what"] = NONE
        for i, change in enumerate(self.policies):
            self.write_change(table[i : i + 1], change)

    def write_change(self, row: Any, change: Mapping[str, Any]) -> None:
        """One dated change. Dates before the start count as the start."""
        start = self.case.scenario.start
        date = change.get("begins", change.get("at", 0.0))
        row["at"] = max(0.0, date - start) if date > 0.0 else 0.0
        row["what"] = change["what"]
        for field, known in (("party", self.parties), ("cadre", self.cadres), ("programme", self.programmes)):
            name = change.get(field)
            row[field] = NONE if name is None else known.index(name)
        row["lasts"] = change.get("lasts") or 0.0
        row["owed"] = change.get("years") or 0.0
        size = change.get("size")
        row["amount"] = 1.0 + size if size is not None else change.get("leaving", change.get("served", 0.0))

    def place(self, memory: Memory, address: str) -> tuple[Any, Any]:
        """Where the number at an address lies in a world: an array of one element, and how to convert.

        Raises:
            KeyError: no number of the model has that address.
        """
        parts = address.split(".")
        tables = memory.tables
        if parts[0] == "people":
            return field(tables["cadres"][self.cadres.index(parts[1])]["numbers"], parts[2:]), float
        if parts[0] == "parties" and parts[2] == "posts":
            return field(tables["units"][self.units.index((parts[1], parts[3]))]["numbers"], parts[4:]), float
        if parts[0] == "programmes":
            return field(tables["programmes"][self.programmes.index(parts[1])]["numbers"], parts[2:]), float
        if parts[0] == "streams":
            return field(tables["streams"][self.streams.index(parts[1])]["numbers"], parts[2:]), float
        if parts[0] == "bond":
            return (tables["setting"], f"bond_{parts[1]}"), float
        return self.place_of_change(memory, parts)

    def place_of_change(self, memory: Memory, parts: list[str]) -> tuple[Any, Any]:
        """Where a number of a shock or an action lies."""
        start = self.case.scenario.start
        source = ".".join(parts[:2])
        for i, change in enumerate(self.policies):
            if change.get("source") == source:
                name = {"from": "at", "begins": "at", "for": "lasts", "leaving": "amount", "served": "amount",
                        "size": "amount", "years": "owed"}.get(parts[2], parts[2])  # fmt: skip
                convert = {"at": lambda v: max(0.0, v - start)}.get(name, float)
                if parts[2] == "size":
                    convert = raised
                return (memory.tables["policies"][i : i + 1], name), convert
        raise KeyError(".".join(parts))


def raised(size: float) -> float:
    """A rise by a share, as a factor."""
    return 1.0 + size


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


def write(row: Any, block: BaseModel) -> None:
    """Write the numbers of a schema block into its record; what is not given is NaN."""
    for name in row.dtype.names:
        value = getattr(block, name)
        if isinstance(value, BaseModel):
            write(row[name], value)
        elif row.dtype[name].names:
            for inner in row.dtype[name].names:
                row[name][inner] = math.nan
        else:
            row[name] = math.nan if value is None else value
