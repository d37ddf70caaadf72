"""The rows of a blank world that are about people: cadres, employers' posts, training, streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engine.random import named
from sim.engine.tables import NONE
from sim.engine.world import Memory
from sim.model.records import write

if TYPE_CHECKING:
    from sim.model.build import Blueprint

__all__ = ["write_people"]


def write_people(b: Blueprint, memory: Memory) -> None:
    """Write every row about people."""
    write_setting(b, memory)
    write_cadres(b, memory)
    write_units(b, memory)
    write_trainings(b, memory)
    write_streams(b, memory)


def write_setting(b: Blueprint, memory: Memory) -> None:
    """What the whole run shares."""
    s = b.case.scenario
    row = memory.tables["setting"][0:1]
    memory.tables["run"]["end"] = s.years
    row["into_year"] = s.start % 1.0
    row["stationary"] = s.stationary
    write(row["do"], s.switches)
    for name in ("work", "morale", "learning", "standing", "care", "governance"):
        write(memory.tables[name], getattr(s, name))
    if b.case.bond is not None:
        row["bond_years"], row["bond_served"] = b.case.bond.years, b.case.bond.served


def write_cadres(b: Blueprint, memory: Memory) -> None:
    """Cadres, and the groups and clocks of their people."""
    people = b.case.scenario.people
    for i, name in enumerate(b.cadres):
        row = memory.tables["cadres"][i : i + 1]
        careers = people[name]
        write(row["numbers"], careers)
        becomes = [j for j, other in enumerate(b.cadres) if people[other].trained_from == name]
        row["key"] = named("cadre", careers.country, name)
        row["country"] = b.countries.index(careers.country)
        row["trained_from"] = b.cadres.index(careers.trained_from) if careers.trained_from else NONE
        row["becomes"] = becomes[0] if becomes else NONE
        mine = [j for j, (_, cadre) in enumerate(b.units) if cadre == name]
        row["first_unit"], row["last_unit"] = (mine[0], mine[-1] + 1) if mine else (0, 0)
        row["state"] = trainer(b, careers.country, name)
        row["line"] = i
        for field, group in b.groups.of_cadre[name].items():
            row[field] = group
    for i, described in enumerate(b.groups.rows):
        for field, value in described.items():
            memory.tables["groups"][i : i + 1][field] = value
    memory.tables["exposed"][:] = b.groups.exposed


def trainer(b: Blueprint, country: str, cadre: str) -> int:
    """The party that has paid for training a cadre: its country's first ministry, or who pays the first employer."""
    parties = b.case.scenario.parties
    ministries = [name for name, party in parties.items() if party.country == country and party.kind == "ministry"]
    employers = [party.paid_by or name for name, party in parties.items() if cadre in party.posts]
    return next((b.parties.index(name) for name in [*ministries, *employers]), NONE)


def write_units(b: Blueprint, memory: Memory) -> None:
    """Employers' posts, and the seats that they will ever have."""
    s = b.case.scenario
    first = 0
    for i, (party, cadre) in enumerate(b.units):
        posts = s.parties[party].posts[cadre]
        row = memory.tables["units"][i : i + 1]
        write(row["numbers"], posts)
        row["key"] = named("unit", party, cadre)
        row["cadre"], row["party"] = b.cadres.index(cadre), b.parties.index(party)
        row["public"] = s.parties[party].public
        row["group"], row["search_clock"] = b.groups.of_unit[i], b.groups.searches[i]
        row["first_seat"], row["capacity"] = first, b.seats[i]
        row["seats"] = round(posts.established)
        row["funded"] = round(posts.established if posts.funded is None else posts.funded)
        row["line"] = len(b.cadres) + i
        memory.tables["seats"]["unit"][first : first + b.seats[i]] = i
        first += b.seats[i]


def write_trainings(b: Blueprint, memory: Memory) -> None:
    """Training programmes with their schools."""
    s = b.case.scenario
    for i, (name, training) in enumerate(b.trainings.items()):
        row = memory.tables["trainings"][i : i + 1]
        write(row["numbers"], training)
        row["key"] = named("programme", name)
        row["programme"] = b.programmes.index(name)
        row["partner"] = b.parties.index(training.partner) if training.partner else NONE
        row["at_home"] = training.place == "home"
        row["grows"] = training.growth_with_supervisors and s.switches.supervisors
        row["admits"] = b.cadres.index(training.admits)
        row["graduates_to"] = b.cadres.index(training.graduates)
        row["home"], row["abroad"] = b.groups.of_training[i]
        counted = [j for j, (programme, _) in enumerate(b.cohorts) if programme == name]
        row["first_cohort"], row["last_cohort"] = counted[0], counted[-1] + 1
        mine = [j for j, (programme, _) in enumerate(b.sites) if programme == name]
        row["first_site"], row["sites"] = (mine[0] if mine else 0), len(mine)
        for j in mine:
            site = memory.tables["sites"][j : j + 1]
            site["training"] = i
            site["unit"] = b.units.index((b.sites[j][1], training.graduates))
    for j, (_, (begins, ends)) in enumerate(b.cohorts):
        cohort = memory.tables["cohorts"][j : j + 1]
        cohort["begins"], cohort["ends"] = begins - s.start, ends - s.start


def write_streams(b: Blueprint, memory: Memory) -> None:
    """The streams of candidates."""
    for i, name in enumerate(b.streams):
        stream = b.case.scenario.streams[name]
        row = memory.tables["streams"][i : i + 1]
        write(row["numbers"], stream)
        row["key"] = named("stream", name)
        row["cadre"] = b.cadres.index(stream.cadre)
        row["unit"] = b.unit_of(stream.employer, stream.cadre)
