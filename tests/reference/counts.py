"""What must be true of a world between any two events, counted again from its rows.

Nothing here is taken from the rules: people, seats, visits and lines are counted by their own fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.tables import CALENDAR, NONE
from sim.model.kinds import CAUSES, FIRST_CAUSE, PERSON_KINDS, VISIT_KINDS, Kind, Phase, Place

__all__ = ["complaints"]

PHASES = {
    Kind.PAPERS: Phase.PAPERS, Kind.RENEGE: Phase.QUEUE, Kind.STAY_ENDS: Phase.STAY, Kind.EARLY_END: Phase.STAY,
    Kind.DEBRIEFED: Phase.AFTER, Kind.EFFECT_ENDS: Phase.AFTER,
}  # fmt: skip
"""The phase in which each kind of event of a visit can be pending."""
LIVE = range(Phase.PAPERS, Phase.OVER)


@dataclass
class Tables:
    """A world's tables, cut to the rows in use."""

    all: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        rows = {"people": "people", "visits": "visits"}.get(name)
        return self.all[name][: int(self.all["setting"][rows][0])] if rows else self.all[name]

    def place(self) -> Any:
        """Where each person is."""
        return self.groups["place"][self.people["group"]]

    def slots_of(self, kind: Kind, count: int) -> Any:
        """The slots of a kind, one for each entity."""
        first, stride = (int(x) for x in self.kinds[int(kind)])
        return self.slots[first : first + count * stride : stride] if count else self.slots[:0]

    def staying(self) -> Any:
        """The visits that are on a stay."""
        return self.visits[self.visits["phase"] == Phase.STAY]


Check = Callable[[Tables], Iterator[str]]


def unequal(what: str, kept: Any, counted: Any) -> Iterator[str]:
    """Say where a kept count is not the one that was made again."""
    for i in np.flatnonzero(~np.isclose(kept, counted, rtol=0.0, atol=1e-6)):
        yield f"{what} {i}: kept {kept[i]}, counted {counted[i]}"


def number(rows: Any, length: int) -> Any:
    """How often each of the rows of a table is referred to."""
    return np.bincount(rows[rows != NONE], minlength=length)


def groups(w: Tables) -> Iterator[str]:
    """Everybody is in exactly one group, and in the country or not as it says."""
    group = w.people["group"]
    if ((group < 0) | (group >= len(w.groups))).any():
        yield "somebody is in no group"
        return
    yield from unequal("group", w.groups["count"], number(group, len(w.groups)))
    place = w.place()
    working_life = (place != Place.RETIRED) & (place != Place.DEAD)
    out = (place == Place.TRAINING_ABROAD) | (place == Place.ABROAD) | (place == Place.SETTLED)
    yield from unequal("abroad: person", np.where(working_life, w.people["abroad"], 0), out & working_life)
    yield from unequal("cadre of person", np.where(group >= 0, w.groups["cadre"][group], 0), w.people["cadre"])


def units(w: Tables) -> Iterator[str]:
    """People at work, away and as guests, by employer."""
    mine = w.groups["unit"][w.people["group"]]
    stays = w.staying()
    host = w.exchanges["host_unit"][stays["exchange"]] if len(stays) else stays["unit"]
    count = len(w.units)
    yield from unequal("working: unit", w.units["working"], number(mine[w.place() == Place.IN_POST], count))
    yield from unequal("away: unit", w.units["away"], number(stays["unit"][stays["who"] != NONE], count))
    yield from unequal("guests: unit", w.units["guests"], number(host, count))


def programmes(w: Tables) -> Iterator[str]:
    """Residents of schools; people on exchanges; supervisors among them."""
    training = w.people["site"][w.people["training"] != NONE]
    yield from unequal("residents: site", w.sites["residents"], number(training, len(w.sites)))
    there = number(w.staying()["exchange"], len(w.exchanges))
    yield from unequal("there: exchange", w.exchanges["there"], there)
    if (there > w.exchanges["numbers"]["places"] + 1e-9).any():
        yield "more on a stay than there are places"
    supports = w.exchanges["supports"]
    visiting = np.bincount(
        supports[supports != NONE],
        (there * w.exchanges["numbers"]["supervises"])[supports != NONE],
        minlength=len(w.trainings),
    )
    yield from unequal("visiting: training", w.trainings["visiting"], visiting)
    e = w.exchanges
    asked = number(w.visits["exchange"], len(e))
    yield from unequal("asked: exchange", e["asked"], asked)
    waiting = number(w.visits["exchange"][w.visits["phase"] == Phase.QUEUE], len(e))
    yield from unequal("in the queue: exchange", w.lines["waiting"][e["line"]], waiting)
    if (e["refused"] + e["gave_up"] + e["delivered"] + waiting > asked).any():
        yield "more was decided than asked for"
    if (e["cut_short"] + there > e["delivered"]).any() or (e["not_returned"] + there > e["delivered"]).any():
        yield "more stays ended than began"


def seats(w: Tables) -> Iterator[str]:
    """A seat is held by one person, who holds that one seat, at the employer where they work."""
    seat, holder, place = w.people["seat"], w.seats["holder"], w.place()
    sitting = np.flatnonzero(seat != NONE)
    yield from unequal("holder of seat", holder[seat[sitting]], sitting)
    held = np.flatnonzero(holder != NONE)
    yield from unequal("seat of holder", seat[holder[held]], held)
    promised = w.slots_of(Kind.START_WORK, len(w.people))["clock"] == CALENDAR
    for i in sitting:
        if place[i] not in (Place.IN_POST, Place.ON_EXCHANGE, Place.WAITING):
            yield f"person {i} holds a seat and is {Place(place[i]).name}"
    atwork = np.flatnonzero(place == Place.IN_POST)
    if (seat[atwork] == NONE).any():
        yield "somebody works without a seat"
    else:
        yield from unequal("unit of worker", w.seats["unit"][seat[atwork]], w.groups["unit"][w.people["group"][atwork]])
    for i in np.flatnonzero(promised):
        if seat[i] == NONE or place[i] != Place.WAITING:
            yield f"person {i} is to start in no seat"


def visits(w: Tables) -> Iterator[str]:
    """A visit is in one phase, with the events of that phase; its person is where it says, and has no other."""
    phase, who = w.visits["phase"], w.visits["who"]
    for kind in VISIT_KINDS:
        pending = w.slots_of(kind, len(w.visits))["clock"] != NONE
        if (phase[pending] != PHASES[kind]).any():
            yield f"{kind.name} is pending in another phase"
        if kind in (Kind.RENEGE, Kind.EARLY_END) and not pending[phase == PHASES[kind]].all():
            yield f"{kind.name} is not pending in its phase"
    live = np.flatnonzero(np.isin(phase, LIVE) & (who != NONE))
    yield from unequal("visit of person", w.people["visit"][who[live]], live)
    mine = np.flatnonzero(w.people["visit"] != NONE)
    yield from unequal("person of visit", who[w.people["visit"][mine]], mine)
    if len(mine) != len(live):
        yield "somebody has a visit that is over"
    away = np.flatnonzero(w.place() == Place.ON_EXCHANGE)
    if (w.people["visit"][away] == NONE).any():
        yield "somebody is on an exchange without a visit"
        return
    theirs = w.visits[w.people["visit"][away]]
    yield from unequal("stay of person", theirs["phase"], np.full(len(away), Phase.STAY))
    yield from unequal("host of person", w.groups["exchange"][w.people["group"][away]], theirs["exchange"])
    if np.count_nonzero((phase == Phase.STAY) & (who != NONE)) != len(away):
        yield "a stay of somebody who is elsewhere"
    for i in np.flatnonzero(w.people["effect"] != 1.0):
        if w.people["visit"][i] == NONE or phase[w.people["visit"][i]] != Phase.AFTER:
            yield f"an exchange acts on person {i}, who has not come back from one"


def lines(w: Tables) -> Iterator[str]:
    """Links lead from head to tail and back; who is in a line says so; queues are in the order of arrival."""
    first_visit = len(w.seats) + len(w.all["people"])
    used = np.zeros(len(w.links), bool)
    used[: len(w.seats) + len(w.people)] = True
    used[first_visit : first_visit + len(w.visits)] = True
    members = 0
    for i, line in enumerate(w.lines):
        node, before, count = int(line["head"]), NONE, 0
        arrived = -np.inf
        while node != NONE and count <= line["waiting"]:
            link = w.links[node]
            if link["line"] != i or link["before"] != before:
                yield f"line {i} is broken at node {node}"
            if node >= first_visit:
                since = w.visits["since"][node - first_visit]
                if since < arrived or w.exchanges["line"][w.visits["exchange"][node - first_visit]] != i:
                    yield f"line {i} is out of order"
                arrived = since
            before, node, count = node, int(link["after"]), count + 1
        if count != line["waiting"] or before != line["tail"]:
            yield f"line {i} has {line['waiting']} waiting, and {count} members"
        members += count
    if np.count_nonzero(w.links["line"][used] != NONE) != members:
        yield "somebody thinks that they wait"


def idle(w: Tables) -> Iterator[str]:
    """Nobody at the head of a queue waits while a place and a supervisor are free."""
    for i, e in enumerate(w.exchanges):
        q = e["numbers"]
        if w.lines["waiting"][e["line"]] == 0 or e["there"] + 1.0 > q["places"] + 1e-9:
            continue
        unit = w.units[e["host_unit"]]
        if e["host_unit"] == NONE or unit["guests"] + 1.0 <= q["per_supervisor"] * unit["working"] + 1e-9:
            yield f"exchange {i} keeps people waiting for nothing"


def pending(w: Tables) -> Iterator[str]:
    """Nothing is pending for the dead, only death for the retired; everyone is exposed to their own group's clocks."""
    place, group, usable = w.place(), w.people["group"], w.people["usable"]
    risk = np.zeros(len(w.clocks))
    for kind in PERSON_KINDS:
        slots = w.slots_of(kind, len(w.people))
        waits = slots["clock"] != NONE
        over = (place == Place.DEAD) | ((place == Place.RETIRED) & (kind != Kind.DIE))
        for i in np.flatnonzero(waits & over):
            yield f"{kind.name} is pending for person {i}, who is {Place(place[i]).name}"
        if kind in CAUSES:
            clock = w.exposed[(group * len(CAUSES) + kind - FIRST_CAUSE) * 2 + usable]
            yield from unequal(f"{kind.name}: clock of person", np.where(waits, slots["clock"], clock), clock)
    exposed = w.slots[: int(w.kinds["first"][int(Kind.DIE)])]
    parts = [exposed[exposed["clock"] > CALENDAR]]
    parts += [w.slots_of(k, len(w.people)) for k in PERSON_KINDS]
    parts += [w.slots_of(k, len(w.visits)) for k in VISIT_KINDS]
    for part in parts:
        on = part[part["clock"] > CALENDAR]
        np.add.at(risk, on["clock"], on["factor"])
    risk[CALENDAR] = w.clocks["at_risk"][CALENDAR]
    yield from unequal("exposed to clock", w.clocks["at_risk"], risk)


def cohorts(w: Tables) -> Iterator[str]:
    """Every graduate is counted in the cohorts that their own bits name, and in the country unless they are abroad."""
    rows = range(len(w.cohorts))
    for kept, mask, who in (
        ("graduated", "cohorts", np.ones(len(w.people), bool)),
        ("at_home", "cohorts", w.people["abroad"] == 0),
        ("left", "cohorts", w.people["practised"] == 0),
    ):
        counted = np.array([np.count_nonzero((w.people[mask] >> row) & 1 & who) for row in rows])
        if kept == "left":
            counted -= w.cohorts["graduated"] - w.cohorts["first_jobs_at_home"]
        yield from unequal(f"{kept} of cohort", w.cohorts[kept], counted)


CHECKS: tuple[Check, ...] = (groups, units, programmes, cohorts, seats, visits, lines, idle, pending)


def complaints(tables: dict[str, Any]) -> list[str]:
    """Everything that is not as it must be."""
    w = Tables(tables)
    return [f"{check.__name__}: {said}" for check in CHECKS for said in check(w)]
