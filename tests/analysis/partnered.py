"""A study of a small partnership whose every number is known, run and stored like any other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.scenario.exchange import Exchange
from sim.study import cells, manifest, study
from sim.study.results import StoredStudy
from sim.study.study import Request, run_study
from tests.study import fake
from tests.study.stand_in import stand_in

__all__ = ["COSTS", "OUTCOMES", "partnered"]

COSTS = {"local": 10_000.0, "visiting": 150_000.0}
"""What a year of work costs, in the mean."""

OUTCOMES = [
    "ghana.obgyn.public_practice", "ghana.obgyn.coverage", "ghana.obgyn.public_years", "ghana.obgyn.local_cost",
    "ghana.obgyn.visiting_cost", "ghana.obgyn.visiting_years", "ghana.obgyn.public_cost", "school.obgyn.work_done",
    "school.obgyn.morale", "ghana.obgyn.day_school.graduates", "ghana.obgyn.day_school.cost",
    "ghana.obgyn.day_school.ran_on", "ghana.obgyn.day_school.observed", "ghana.obgyn.night_school.graduates",
    "centre.visits.exchange_months", "centre.visits.cost", "centre.present_value", "ministry.payroll_paid",
    "ministry.present_value", "ministry.reputation", "pact.ended", "pact.lasted", "pact.ended_well",
    "pact.ended_badly", "pact.ended_handed_over", "pact.ended_funder_exit", "pact.ended_faded",
]  # fmt: skip
COLUMNS = ["ghana.obgyn.public_practice", "ministry.payroll_paid"]
TIMES = np.arange(0.0, 4.01, 0.25)


@dataclass
class Worker:
    """Runs of one plan; the same luck under every plan."""

    seed: int
    plan: str

    def run(self, design_point: int, replication: int, parameters: str = "central") -> fake.FakeRun:
        luck = np.random.default_rng((self.seed, design_point, replication))
        here = self.plan != "no_partnership"
        home = self.plan in ("train_home", "train_home_bonded")
        people, noise = 20.0 + luck.normal(), luck.normal(size=5)
        years = luck.gamma(4.0, 10.0) * (2.0 if home else 1.0)
        visits = luck.gamma(2.0, 1.0) if home and luck.uniform() < 0.7 else 0.0
        funder_left = design_point % 5 == 0
        lasted = (2.0 if funder_left else 3.0) if home else 0.0
        values = {
            "ghana.obgyn.public_practice": people + 5.0 * home + 0.5 * here,
            "ghana.obgyn.coverage": 0.2,
            "ghana.obgyn.public_years": years,
            "ghana.obgyn.local_cost": COSTS["local"] * years * (1.0 + 0.1 * noise[0]),
            "ghana.obgyn.visiting_cost": COSTS["visiting"] * visits * (1.0 + 0.1 * noise[1]),
            "ghana.obgyn.visiting_years": visits,
            "ghana.obgyn.public_cost": COSTS["local"] * years,
            "school.obgyn.work_done": 10.0 - 4.0 * home,
            "school.obgyn.morale": 0.5,
            "ghana.obgyn.day_school.graduates": 10.0 * home,
            "ghana.obgyn.day_school.cost": 1e5 * home,
            "ghana.obgyn.day_school.ran_on": float(home and not funder_left),
            "ghana.obgyn.day_school.observed": float(home and design_point != 1),
            "ghana.obgyn.night_school.graduates": 3.0 * home,
            "centre.visits.exchange_months": 12.0 * visits,
            "centre.visits.cost": COSTS["visiting"] * visits,
            "centre.present_value": 1e6 + 4e4 * noise[2] + 1e6 * here * noise[3],
            "ministry.payroll_paid": 4.0 * 1e5 * (1.0 + home),
            "ministry.present_value": -1e6 * (1.0 + home),
            "ministry.reputation": 0.5,
            "pact.ended": float(home),
            "pact.lasted": lasted,
            "pact.ended_well": float(home and not funder_left),
            "pact.ended_badly": float(home and funder_left),
            "pact.ended_handed_over": float(home and not funder_left),
            "pact.ended_funder_exit": float(home and funder_left),
            "pact.ended_faded": 0.0,
        }
        paid = 1e5 * TIMES * (1.0 + home * TIMES / TIMES[-1])
        series = np.column_stack([np.full(len(TIMES), people), paid])
        return fake.FakeRun(np.array([values[name] for name in OUTCOMES]), series, 1, None, {}, np.empty(0), {})

    def lives(self) -> dict[str, Any]:
        return fake.lives(3)


@dataclass
class Cell:
    """One plan in one future."""

    seed: int
    plan: str
    outcomes: list[str] = field(default_factory=lambda: list(OUTCOMES))
    controls: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=lambda: list(COLUMNS))
    times: Any = field(default_factory=lambda: TIMES)
    people_words: Any = field(default_factory=lambda: dict(fake.WORDS))

    def worker(self, trace: bool = False) -> Worker:
        return Worker(self.seed, self.plan)


def partnered(monkeypatch: pytest.MonkeyPatch, out: Path, replications: int = 100, **changes: Any) -> StoredStudy:
    """Run and store the study; `changes` replace attributes of the scenario, such as `start` or `decision`."""
    real: tuple[Callable[..., Any], ...] = (manifest.describe, manifest.ratios)
    stand_in(monkeypatch)
    monkeypatch.setattr(manifest, "describe", real[0])
    monkeypatch.setattr(cells, "build_cell", lambda case, seed, *_: Cell(seed, case.plan))
    loaded: Any = fake.FakeLoaded()
    exchange: Any = Exchange.model_construct
    aims = {
        "ministry": {"metric": OUTCOMES[0], "at": 1993.0, "better": "more", "matters": None},
        "school": {"metric": "school.obgyn.work_done", "at": 1993.0, "better": "more", "matters": None},
    }
    parts = {
        "years": 4.0,
        "decision": fake.Entry(asked_by="school", aims=aims, must_not=[], weights=None),
        "targets": {},
        "parties": {
            key: SimpleNamespace(name=key.title(), kind=kind)
            for key, kind in {"ministry": "ministry", "school": "school", "centre": "academic_centre"}.items()
        },
        "partnerships": {"pact": SimpleNamespace(title="A pact of two")},
        "programmes": {"visits": exchange(hosts="school")},
    }
    for name, value in (parts | changes).items():
        setattr(loaded.scenario, name, value)
    request = Request("compare", replications=replications, jobs=1, command=["test"])
    return run_study(loaded, study.make_plan(loaded, "small", request), out, request)[0]
