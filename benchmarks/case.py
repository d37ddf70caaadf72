"""What every peer is given: the scenario's numbers, the rates derived from them, and the founders.

Rates are read off the clocks of our own engine, so that all compared programs simulate the same process and
differ only in how they do it. Founders are copied from our engine too: drawing them costs the peers nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.partnership import BooksCase, ExchangeCase

__all__ = ["MONTH", "NEVER", "STOCKS", "CadreCase", "Case", "Founder", "PostsCase", "Residency"]

MONTH = 1.0 / 12.0
NEVER = math.inf
NO_MOTIVE = -1
DOCTOR, SPECIALIST = 0, 1
SPECIALISE, WORK, POST, OTHER, ASK = range(5)
IN_POST, WAITING, ELSEWHERE, TRAINING_HOME, TRAINING_ABROAD, ABROAD, SETTLED, ROTATION, ON_EXCHANGE = range(9)
STOCKS = (
    ("doctors_in_post", DOCTOR, (IN_POST,)),
    ("doctors_waiting", DOCTOR, (WAITING,)),
    ("doctors_elsewhere", DOCTOR, (ELSEWHERE,)),
    ("doctors_in_residency", DOCTOR, (TRAINING_HOME, ROTATION)),
    ("doctors_specialising_abroad", DOCTOR, (TRAINING_ABROAD,)),
    ("doctors_on_exchange", DOCTOR, (ON_EXCHANGE,)),
    ("doctors_abroad", DOCTOR, (ABROAD,)),
    ("doctors_settled_abroad", DOCTOR, (SETTLED,)),
    ("specialists_in_post", SPECIALIST, (IN_POST,)),
    ("specialists_waiting", SPECIALIST, (WAITING,)),
    ("specialists_elsewhere", SPECIALIST, (ELSEWHERE,)),
    ("specialists_abroad", SPECIALIST, (ABROAD,)),
    ("specialists_settled_abroad", SPECIALIST, (SETTLED,)),
)
"""What is counted at the end: a label, a cadre, and its places."""
COUNTS = (
    "emigrated",
    "returned",
    "left_post",
    "rejoined",
    "stopped",
    "graduated",
    "dropped_out",
    "from_outside",
)

Hazards = tuple[float, float, float, float, float]
"""To specialise, to work abroad, to leave the post, whatever else a place has in store, and to ask for an exchange;
per year."""
Rates = list[list[tuple[Hazards, Hazards]]]
"""Hazards by cadre, place and whether the credential is usable abroad."""


@dataclass(frozen=True, slots=True)
class CadreCase:
    """A cadre's numbers, in years and rates per year."""

    entry_age: float
    entry_age_sd: float
    retirement_age: float
    retirement_age_sd: float
    mortality_at_40: float
    mortality_growth: float
    frailty: float
    degree_usable_abroad: float
    preparing: float
    withdrawn: float
    end_of_bond: float
    years_abroad: float


@dataclass(frozen=True, slots=True)
class PostsCase:
    """Posts for a cadre."""

    established: int
    search_rate: float
    clearance: float


@dataclass(frozen=True, slots=True)
class Residency:
    """The training programme and the bond."""

    month: int
    places: float
    years: float
    months_abroad: float
    months_abroad_after: float
    exam_pass: float
    exam_again: float
    residents_per_supervisor: float
    visiting_supervisors: float
    minimum_supervisors: float
    grows: bool
    degree_usable_abroad: float
    first_job_abroad: float
    bond_years: float
    bond_served: float


@dataclass(frozen=True, slots=True)
class Founder:
    """Somebody in post at the start, with the dates that are fixed already."""

    cadre: int
    born: float
    ends: float
    frailty: float
    usable: int
    motive: int
    depart: float


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a peer needs to know."""

    years: float
    cadres: tuple[CadreCase, CadreCase]
    posts: tuple[PostsCase, PostsCase]
    residency: Residency
    class_size: int
    class_month: int
    hazards: tuple[tuple[tuple[Hazards, Hazards], ...], ...]
    """By cadre, place and whether the credential is usable abroad, at the start."""
    growth: tuple[float, float]
    """Growth of leaving for work abroad, per year and cadre."""
    exchanges: tuple[ExchangeCase, ...]
    books: BooksCase | None
    """None where neither work nor money is simulated."""
    counts: tuple[str, ...] = COUNTS

    @property
    def months(self) -> int:
        """The horizon in months."""
        return round(self.years * 12.0)

    def work_abroad(self, cadre: int, place: int, usable: int, t: float) -> float:
        """The hazard of leaving for work abroad at a time, for frailty 1."""
        return self.hazards[cadre][place][usable][WORK] * math.exp(self.growth[cadre] * t)

    def rates_at(self, t: float, climate: Sequence[float] = (1.0, 1.0)) -> Rates:
        """All hazards at a time.

        Args:
            t: years since the start.
            climate: how many times as often as at the start people in post leave, by cadre.
        """
        table = []
        for cadre, places in enumerate(self.hazards):
            grown = math.exp(self.growth[cadre] * t)
            rows = [(scaled(a, grown, 1.0), scaled(b, grown, 1.0)) for a, b in places]
            a, b = places[IN_POST]
            rows[IN_POST] = scaled(a, grown, climate[cadre]), scaled(b, grown, climate[cadre])
            table.append(rows)
        return table


def scaled(hazards: Hazards, grown: float, climate: float) -> Hazards:
    """Hazards with leaving for work abroad grown, and that and leaving the post under a climate."""
    specialise, work, post, other, ask = hazards
    return specialise, work * grown * climate, post * climate, other, ask
