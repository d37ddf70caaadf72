"""The rows of a blank world that are about institutions: parties and their money, partnerships, programmes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.engine.random import named
from sim.engine.tables import NONE
from sim.engine.world import Memory
from sim.model.kinds import ProgrammeKind
from sim.model.records import write
from sim.scenario.exchange import Exchange
from sim.scenario.training import Training

if TYPE_CHECKING:
    from sim.model.build import Blueprint

__all__ = ["partnership_of", "write_partners"]

DOMAINS = ("clinical", "education", "research")


def write_partners(b: Blueprint, memory: Memory) -> None:
    """Write every row about institutions."""
    write_countries(b, memory)
    write_parties(b, memory)
    write_agreements(b, memory)
    write_programmes(b, memory)
    write_exchanges(b, memory)


def write_countries(b: Blueprint, memory: Memory) -> None:
    """Countries."""
    for i, name in enumerate(b.countries):
        country = b.case.scenario.countries[name]
        row = memory.tables["countries"][i : i + 1]
        row["population"] = math.nan if country.population is None else country.population
        row["population_growth"] = country.population_growth


def write_parties(b: Blueprint, memory: Memory) -> None:
    """Parties; the account of each has its own number."""
    for i, name in enumerate(b.parties):
        party = b.case.scenario.parties[name]
        row = memory.tables["parties"][i : i + 1]
        row["key"] = named("party", name)
        write(row["capability"], party.capability)
        row["reputation_at_start"] = party.reputation
        row["staff_given"] = math.nan if party.staff is None else party.staff
        write(row["finance"], party.finance)
        row["earning"] = party.finance.kind == "earning"
        row["two_point"] = party.finance.margin_noise == "two_point"
        row["country"] = b.countries.index(party.country)
        row["payer"] = b.parties.index(party.paid_by) if party.paid_by else i
        row["account"] = i


def write_agreements(b: Blueprint, memory: Memory) -> None:
    """Partnerships, with the stakes of their parties and their goals."""
    s = b.case.scenario
    for i, name in enumerate(b.partnerships):
        agreement = s.partnerships[name]
        row = memory.tables["agreements"][i : i + 1]
        write(row["numbers"], agreement)
        row["key"] = named("partnership", name)
        row["account"] = len(b.parties) + i
        stakes = [j for j, (of, _) in enumerate(b.stakes) if of == name]
        goals = [j for j, (of, _) in enumerate(b.goals) if of == name]
        row["first_stake"], row["last_stake"] = (stakes[0], stakes[-1] + 1) if stakes else (0, 0)
        row["first_goal"], row["last_goal"] = (goals[0], goals[-1] + 1) if goals else (0, 0)
        row["cause"] = NONE
        row["started"] = row["ended"] = math.inf
        row["signed"] = any(partnership_of(b, programme) == i for programme in b.changes.started())
        for j in stakes:
            party = b.stakes[j][1]
            stake = memory.tables["stakes"][j : j + 1]
            stake["party"] = b.parties.index(party)
            stake["contributes"] = agreement.parties[party].contributes
            limit = agreement.parties[party].willing_to_lose
            stake["willing_to_lose"] = math.nan if limit is None else limit
        for j in goals:
            goal = agreement.goals[b.goals[j][1]]
            aim = memory.tables["aims"][j : j + 1]
            level = goal.above if goal.above is not None else goal.below
            aim["agreement"], aim["column"] = i, b.column(goal.metric)
            aim["above"], aim["by"] = goal.above is not None, goal.by - s.start
            if level is not None:
                aim["level"], aim["relative"] = level.value, level.relative


def write_programmes(b: Blueprint, memory: Memory) -> None:
    """What programmes of every kind share."""
    s = b.case.scenario
    donors = [name for name, party in s.parties.items() if party.kind == "donor"]
    for i, name in enumerate(b.programmes):
        programme = s.programmes[name]
        row = memory.tables["programmes"][i : i + 1]
        training = isinstance(programme, Training)
        kinds = list(b.trainings) if training else list(b.exchanges)
        row["key"] = named("programme", name)
        row["kind"], row["of"] = ProgrammeKind.TRAINING if training else ProgrammeKind.EXCHANGE, kinds.index(name)
        row["partnership"] = partnership_of(b, name)
        write(row["donor"], programme.donor)
        row["given_by"] = row["taken_over_by"] = row["handover_by"] = NONE
        row["handover"] = row["started"] = row["ended"] = math.inf
        if programme.donor is not None:
            ends = programme.donor.ends
            row["donor"]["ends"] = math.inf if ends is None else ends - s.start
            giver = programme.donor.by or (donors[0] if len(donors) == 1 else None)
            row["given_by"] = NONE if giver is None else b.parties.index(giver)
            successor = programme.donor.taken_over_by
            row["taken_over_by"] = NONE if successor is None else b.parties.index(successor)
        row["scale"] = 1.0
        row["payer"] = payer_of(b, name)


def partnership_of(b: Blueprint, programme: str) -> int:
    """The row of the partnership that a programme belongs to, or NONE."""
    one = b.case.scenario.programmes[programme]
    if one.partnership is not None:
        return b.partnerships.index(one.partnership)
    apart = isinstance(one, Training) and one.place == "abroad" and one.partner is None and one.paid_by is not None
    return 0 if len(b.partnerships) == 1 and not apart else NONE


def payer_of(b: Blueprint, name: str) -> int:
    """The account that pays for a programme: of the party in the file, of the partnership, or of whoever pays the
    staff where people train, are sent from, or, for visitors, are received."""
    s = b.case.scenario
    programme = s.programmes[name]
    if programme.paid_by is not None:
        return b.parties.index(programme.paid_by)
    if partnership_of(b, name) != NONE:
        return len(b.parties) + partnership_of(b, name)
    if isinstance(programme, Training):
        employers = [party for party, one in s.parties.items() if programme.graduates in one.posts]
        where = [*programme.sites, *employers, *s.parties][0]
    else:
        where = programme.sends if programme.cadre is not None else programme.hosts
    return b.parties.index(s.parties[where].paid_by or where)


def write_exchanges(b: Blueprint, memory: Memory) -> None:
    """Exchange programmes, their queues and clocks."""
    trainings = list(b.trainings)
    for i, (name, exchange) in enumerate(b.exchanges.items()):
        row = memory.tables["exchanges"][i : i + 1]
        write_exchange(b, row, exchange)
        row["key"] = named("programme", name)
        row["programme"] = b.programmes.index(name)
        row["supports"] = NONE if exchange.supports is None else trainings.index(exchange.supports)
        clocks = b.groups.of_exchange[i]
        row["group"], row["arrivals"], row["patience"], row["early_end"] = clocks
        row["line"] = len(b.cadres) + max(1, len(b.units)) + i


def write_exchange(b: Blueprint, row: Any, exchange: Exchange) -> None:
    """Who goes where under an exchange."""
    write(row["numbers"], exchange)
    row["sends"], row["hosts"] = b.parties.index(exchange.sends), b.parties.index(exchange.hosts)
    row["unit"] = b.unit_of(exchange.sends, exchange.cadre)
    row["host_unit"] = b.unit_of(exchange.hosts, exchange.host_cadre)
    row["domain"] = DOMAINS.index(exchange.domain)
