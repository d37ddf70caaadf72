"""Whether a peer simulates the same process: its mean outcomes against ours, with stated error rates.

The event-driven peer is in continuous time like our engine, so its means must be equal. Monthly peers
cannot be exactly equal: what happens within a month is moved to its end. They may differ by MARGIN of our
mean, or by one person where that is more. The outcomes of a peer are tested together: one that simulates
the same process fails with probability at most ERROR (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.case import DOCTOR, STOCKS
from sim.model.kinds import Place
from sim.model.simulate import Worker

__all__ = ["ERROR", "MARGIN", "Difference", "compare", "our_outcomes"]

ERROR = 0.01
MARGIN = 0.03
SMALLEST = 1.0
NAMES = {
    "post": Place.IN_POST,
    "waiting": Place.WAITING,
    "elsewhere": Place.ELSEWHERE,
    "residency": Place.TRAINING_HOME,
    "specialising_abroad": Place.TRAINING_ABROAD,
    "settled_abroad": Place.SETTLED,
    "abroad": Place.ABROAD,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A peer's mean of one outcome beside ours.

    Attributes:
        name: the outcome.
        ours: our mean.
        theirs: the peer's mean.
        reach: half the width of the simultaneous interval for the difference.
        allowed: the difference that discretisation is allowed to make.
    """

    name: str
    ours: float
    theirs: float
    reach: float
    allowed: float

    @property
    def agrees(self) -> bool:
        """Whether the interval for the difference touches what is allowed."""
        return abs(self.theirs - self.ours) <= self.allowed + self.reach


def our_outcomes(worker: Worker, replication: int) -> dict[str, float]:
    """The peers' outcomes, read off the tables of a run of our engine."""
    worker.run(0, replication)
    tables = worker.memory.tables
    cadres, programme, groups = tables["cadres"], tables["programmes"][0], tables["groups"]
    result = {name: float(cadres[name].sum()) for name in ("emigrated", "returned", "rejoined")}
    result["left_post"] = float(cadres["left_post"].sum())
    gone = np.isin(groups["place"], (Place.RETIRED, Place.DEAD))
    result["stopped"] = float(groups["count"][gone].sum())
    result["graduated"] = float(programme["graduated"])
    result["dropped_out"] = float(programme["dropped_out"])
    result["from_outside"] = float(tables["units"]["filled_from_outside"].sum())
    for label, cadre, _ in STOCKS:
        result[label] = float(groups["count"][rows(tables, label, cadre)].sum())
    return result


def rows(tables: Any, label: str, cadre: int) -> list[int]:
    """The groups of people that a label counts."""
    programme = tables["programmes"][0]
    residents = [int(programme["home"]), int(programme["abroad"])]
    if label == "doctors_in_residency":
        return residents
    word = label.removeprefix("doctors_" if cadre == DOCTOR else "specialists_").removeprefix("in_")
    return [
        i
        for i, group in enumerate(tables["groups"])
        if group["place"] == NAMES[word] and group["cadre"] == cadre and i not in residents
    ]


def compare(
    ours: Sequence[Mapping[str, float]], theirs: Sequence[Mapping[str, float]], monthly: bool
) -> list[Difference]:
    """Every outcome of a peer beside ours."""
    from scipy import stats

    names = list(ours[0])
    z = float(stats.norm.isf(ERROR / len(names) / 2.0))
    result = []
    for name in names:
        a = np.array([run[name] for run in ours])
        b = np.array([run[name] for run in theirs])
        reach = z * float(np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)))
        allowed = max(MARGIN * float(a.mean()), SMALLEST) if monthly else 0.0
        result.append(Difference(name, float(a.mean()), float(b.mean()), reach, allowed))
    return result
