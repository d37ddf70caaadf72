"""Reading a peer's inputs off our own engine: a benchmark scenario, its rates, and its founders."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.case import (
    ABROAD,
    ELSEWHERE,
    IN_POST,
    NEVER,
    NO_MOTIVE,
    ON_EXCHANGE,
    ROTATION,
    SETTLED,
    SPECIALISE,
    TRAINING_ABROAD,
    TRAINING_HOME,
    WAITING,
    WORK,
    CadreCase,
    Case,
    Founder,
    Hazards,
    PostsCase,
    Residency,
)
from benchmarks.inputs_partnership import read_books, read_exchanges
from sim.engine.tables import CALENDAR, NONE
from sim.model.fire import advance
from sim.model.kinds import CAUSES, FIRST_CAUSE, Kind
from sim.model.simulate import Cell, Worker, build
from sim.scenario import Scenario, load
from sim.scenario.training import Training

__all__ = ["CAREERS", "PARTNERSHIP", "benchmark_cell", "founders_of", "read_case"]

CAREERS = Path(__file__).resolve().parent / "careers_500.yaml"
PARTNERSHIP = Path(__file__).resolve().parent / "partnership_500.yaml"
PLAN = "bonded"
CADRES = ("doctor", "specialist")
STILL: Hazards = (0.0, 0.0, 0.0, 0.0, 0.0)
OTHERS = (Kind.REJOIN, Kind.RETURN, Kind.DROP_OUT, Kind.SETTLE, Kind.GIVE_UP)


def benchmark_cell(path: Path, future: str = "baseline") -> Cell:
    """A benchmark's scenario under its plan."""
    loaded = load(path)
    return build(loaded.case(future, PLAN), loaded.scenario.seed)


def read_case(cell: Cell) -> Case:
    """The numbers and derived rates of a benchmark scenario.

    Raises:
        AssertionError: the scenario uses something that the peers do not model.
    """
    s = cell.case.scenario
    training, bond, stream = s.programmes["residency"], cell.case.bond, s.streams["school"]
    assert isinstance(training, Training) and bond is not None
    check(s, training)
    worker = cell.worker()
    worker.prepare(0, "central")
    exchanges = read_exchanges(s, worker)
    hazards, growth = read_hazards(worker, read_asks(s))
    return Case(
        years=s.years,
        cadres=tuple(read_cadre(s.people[name]) for name in CADRES),  # type: ignore[arg-type]
        posts=tuple(read_posts(s.parties["hospital"].posts[name]) for name in CADRES),  # type: ignore[arg-type]
        residency=read_residency(training, bond),
        class_size=round(stream.per_year),
        class_month=round(stream.month) - 1,
        hazards=hazards,
        growth=growth,
        exchanges=exchanges,
        books=read_books(s, training) if s.switches.money else None,
    )


def check(s: Scenario, training: Training) -> None:
    """See that the peers model what the scenario of a case asks for."""
    stream = s.streams["school"]
    assert training.settle_grace >= training.months_abroad and s.start % 1.0 == 0.0 and training.donor is None
    assert stream.per_year % 1.0 == 0.0 and stream.growth == 0.0
    assert all(p.new_posts_a_year == 0.0 and p.outsiders for p in s.parties["hospital"].posts.values())
    on = s.switches
    assert not (on.learning or on.reputation or on.endings)
    assert on.workload == on.morale == on.money, "the peers have books or none"


def read_cadre(careers: Any) -> CadreCase:
    """A cadre's numbers."""
    return CadreCase(
        entry_age=careers.entry_age,
        entry_age_sd=careers.entry_age_sd,
        retirement_age=careers.retirement_age,
        retirement_age_sd=careers.retirement_age_sd,
        mortality_at_40=careers.mortality_at_40,
        mortality_growth=math.log(2.0) / careers.mortality_doubles,
        frailty=careers.frailty,
        degree_usable_abroad=careers.degree_usable_abroad,
        preparing=careers.preparing,
        withdrawn=careers.withdrawn,
        end_of_bond=careers.end_of_bond,
        years_abroad=careers.specialise_abroad.years,
    )


def read_posts(posts: Any) -> PostsCase:
    """The posts for a cadre."""
    return PostsCase(round(posts.established), 1.0 / posts.search, posts.clearance)


def read_residency(training: Any, bond: Any) -> Residency:
    """The programme's numbers."""
    names = (
        "months_abroad",
        "months_abroad_after",
        "exam_pass",
        "exam_again",
        "residents_per_supervisor",
        "visiting_supervisors",
        "minimum_supervisors",
        "degree_usable_abroad",
        "first_job_abroad",
    )
    return Residency(
        month=round(training.intake_month) - 1,
        places=training.places_per_year,
        years=training.training_years,
        grows=training.growth_with_supervisors,
        bond_years=bond.years,
        bond_served=bond.served,
        **{name: getattr(training, name) for name in names},
    )


def read_asks(s: Scenario) -> list[float]:
    """Requests a year of somebody of each cadre who would ever go on an exchange."""
    return [sum(p.asks for p in s.programmes.values() if p.kind == "exchange" and p.cadre == name) for name in CADRES]


def read_hazards(
    worker: Worker, asks: list[float]
) -> tuple[tuple[tuple[tuple[Hazards, Hazards], ...], ...], tuple[float, float]]:
    """Every hazard at the start, by cadre, place and stratum; and the growth of leaving for work abroad."""
    tables = worker.memory.tables
    programme = tables["trainings"][0]
    growth = [0.0, 0.0]
    result = []
    for cadre, row in enumerate(tables["cadres"]):
        groups = {
            IN_POST: tables["units"]["group"][cadre],
            WAITING: row["waiting"],
            ELSEWHERE: row["elsewhere"],
            TRAINING_HOME: programme["home"],
            TRAINING_ABROAD: row["self_training"],
            ABROAD: row["abroad"],
            SETTLED: row["settled"],
            ROTATION: programme["abroad"],
        }
        places = [group_hazards(tables, int(groups[place]), cadre, growth) for place in sorted(groups)]
        places[IN_POST] = tuple((*h[:4], asks[cadre]) for h in places[IN_POST])  # type: ignore[assignment]
        places.insert(ON_EXCHANGE, (STILL, STILL))
        result.append(tuple(places))
    return tuple(result), (growth[0], growth[1])


def group_hazards(tables: Any, group: int, cadre: int, growth: list[float]) -> tuple[Hazards, Hazards]:
    """The hazards of one group, for both strata."""

    def rate(cause: Kind, usable: int) -> float:
        clock = int(tables["exposed"][(group * len(CAUSES) + cause - FIRST_CAUSE) * 2 + usable])
        if clock == NONE:
            return 0.0
        if cause == Kind.WORK_ABROAD and tables["groups"]["cadre"][group] == cadre:
            growth[cadre] = float(tables["clocks"]["growth"][clock])
        return float(tables["clocks"]["rate"][clock])

    def hazards(usable: int) -> Hazards:
        others = [rate(cause, usable) for cause in OTHERS]
        assert sum(other > 0.0 for other in others) <= 1
        first = (Kind.SPECIALISE, Kind.WORK_ABROAD, Kind.LEAVE_POST)
        a, b, c = (rate(cause, usable) for cause in first)
        return a, b, c, sum(others), 0.0

    return hazards(0), hazards(1)


def founders_of(worker: Worker, replication: int) -> list[Founder]:
    """Who is in post at the start of a replication, as our engine draws them."""
    worker.prepare(0, "central")
    advance(worker.memory.world, np.uint64(worker.cell.seed), 0, replication, -1.0, 0)
    tables = worker.memory.tables

    def date(kind: Kind, who: int) -> float:
        place = tables["kinds"][int(kind)]
        slot = tables["slots"][int(place["first"]) + who * int(place["stride"])]
        return float(slot["mark"]) if slot["clock"] == CALENDAR else NEVER

    motives = {NONE: NO_MOTIVE, int(Kind.SPECIALISE): SPECIALISE, int(Kind.WORK_ABROAD): WORK}
    return [
        Founder(
            cadre=int(person["cadre"]),
            born=float(person["born"]),
            ends=min(date(Kind.DIE, who), date(Kind.RETIRE, who)),
            frailty=float(person["frailty"]),
            usable=int(person["usable"]),
            motive=motives[int(person["applied"])],
            depart=date(Kind.DEPART, who),
        )
        for who, person in enumerate(tables["people"][: int(tables["setting"]["people"][0])])
    ]
