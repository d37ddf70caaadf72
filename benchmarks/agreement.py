"""Whether a peer simulates the same process: its mean outcomes against ours, with stated error rates.

The event-driven peer is in continuous time like our engine, so its means must be equal. Monthly peers cannot be
exactly equal: what happens within a month is moved to its end. They may differ by MARGIN of our mean, or by one
person where people are counted and that is more; what is left of money (`BALANCES`) by MARGIN of the pay that went
through it; time in a queue by half a month for each who has left it. The outcomes of a peer are tested together: one
that simulates the same process fails with probability at most ERROR (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.case import DOCTOR, STOCKS
from benchmarks.visits import COUNTED
from sim.model.kinds import Phase, Place
from sim.model.simulate import Worker

__all__ = ["ERROR", "MARGIN", "Difference", "compare", "our_outcomes"]

ERROR = 0.01
MARGIN = 0.03
SMALLEST = 1.0
HALF_A_MONTH = 0.5
BALANCES = ("cash", "present_value")
LEVELS = ("morale", "workload", "cost", "donated", "payroll", "payroll_paid", "on_partners", "given")
"""Last words of outcomes that count no people."""
NAMES = {
    "post": Place.IN_POST,
    "waiting": Place.WAITING,
    "elsewhere": Place.ELSEWHERE,
    "residency": Place.TRAINING_HOME,
    "specialising_abroad": Place.TRAINING_ABROAD,
    "settled_abroad": Place.SETTLED,
    "abroad": Place.ABROAD,
    "on_exchange": Place.ON_EXCHANGE,
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
    cadres, programme, groups = tables["cadres"], tables["trainings"][0], tables["groups"]
    result = {name: float(cadres[name].sum()) for name in ("emigrated", "returned", "rejoined")}
    result["left_post"] = float(cadres["left_post"].sum())
    gone = np.isin(groups["place"], (Place.RETIRED, Place.DEAD))
    result["stopped"] = float(groups["count"][gone].sum())
    result["graduated"] = float(tables["cohorts"]["graduated"][int(programme["first_cohort"])])
    result["dropped_out"] = float(programme["dropped_out"])
    result["from_outside"] = float(tables["units"]["filled_from_outside"].sum())
    for label, cadre, _ in STOCKS:
        result[label] = float(groups["count"][rows(tables, label, cadre)].sum())
    result |= our_exchanges(worker)
    return result | our_books(worker) if worker.cell.case.scenario.switches.money else result


def our_exchanges(worker: Worker) -> dict[str, float]:
    """The outcomes of exchanges."""
    tables, years = worker.memory.tables, worker.cell.case.scenario.years
    visits = tables["visits"][: int(tables["setting"]["visits"][0])]
    result: dict[str, float] = {}
    for i, (name, row) in enumerate(zip(worker.cell.blueprint.exchanges, tables["exchanges"], strict=True)):
        result |= {f"{name}_{key}": float(row[key]) for key in COUNTED}
        result[f"{name}_in_queue"] = float(((visits["exchange"] == i) & (visits["phase"] == Phase.QUEUE)).sum())
        result[f"{name}_months"] = float(row["months"] + row["there"] * (years - row["since"]) * 12.0)
        result[f"{name}_queue_months"] = float(row["waited"])
    return result


def our_books(worker: Worker) -> dict[str, float]:
    """The outcomes of work, morale and money."""
    tables, b, s = worker.memory.tables, worker.cell.blueprint, worker.cell.case.scenario
    party = tables["parties"][b.parties.index("hospital")]
    account, units = tables["accounts"][int(party["account"])], tables["units"]
    programmes = dict(zip(b.programmes, tables["programmes"], strict=True))
    result = {f"{name}_cost": float(row["cost"]) for name, row in programmes.items()}
    result |= {f"{name}_donated": float(row["donated"]) for name, row in programmes.items() if row["donated"] > 0.0}
    for name, unit in zip(("doctors", "specialists"), units, strict=True):
        result[f"{name}_morale"] = float(unit["morale"])
        result[f"{name}_workload"] = float(unit["workload"])
        result[f"{name}_work_done"] = float(unit["effective"])
    result["hours_given"] = float(units["hours_donated"].sum()) / s.work.donated
    result["payroll"] = float(party["payroll"])
    result["payroll_paid"] = float(party["payroll_paid"])
    result["spent_on_partners"] = float(account["partnership_spent"])
    result["cash"] = float(account["balance"])
    result["present_value"] = float(account["present_value"])
    return result


def rows(tables: Any, label: str, cadre: int) -> list[int]:
    """The groups of people that a label counts."""
    programme = tables["trainings"][0]
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
    means = {name: float(np.mean([run[name] for run in ours])) for name in names}
    z = float(stats.norm.isf(ERROR / len(names) / 2.0))
    result = []
    for name in names:
        a = np.array([run[name] for run in ours])
        b = np.array([run[name] for run in theirs])
        reach = z * float(np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)))
        result.append(Difference(name, means[name], float(b.mean()), reach, allowance(name, means) if monthly else 0.0))
    return result


def allowance(name: str, means: Mapping[str, float]) -> float:
    """The difference from our means that a monthly step may make."""
    if name in BALANCES:
        return MARGIN * means["payroll_paid"]
    if name.endswith("queue_months"):
        programme = name.removesuffix("queue_months")
        return HALF_A_MONTH * (means[f"{programme}delivered"] + means[f"{programme}gave_up"])
    return max(MARGIN * means[name], 0.0 if name.endswith(LEVELS) else SMALLEST)
