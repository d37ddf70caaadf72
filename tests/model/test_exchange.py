"""Exchanges switched off move nothing; switched on, each number moves its outcome in the direction that it says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.model.simulate import build
from sim.scenario import LIBRARY, Case, load
from sim.scenario.scenario import Scenario

SEED, REPLICATIONS = 5, 120
PREFIX = {"fellowship": "employer.fellowship", "visit": "employer.visit", "lecturers": "partner.lecturers"}
EXCHANGES = tuple(PREFIX)


@cache
def shipped(plan: str = "none") -> Case:
    return load(f"{LIBRARY}/verify/exchange_alive.yaml").case("baseline", plan)


def changed(path: str, value: Any, case: Case | None = None) -> Case:
    """The scenario with one entry of its file changed."""
    case = case or shipped()
    raw = case.scenario.model_dump(by_alias=True)
    *parts, last = path.split(".")
    place = raw
    for part in parts:
        place = place[part]
    assert last in place
    place[last] = value
    return replace(case, scenario=Scenario.model_validate(raw))


def outcomes(case: Case, names: list[str]) -> NDArray[np.float64]:
    """Outcomes at the horizon: one row a replication, on the same luck for every case."""
    cell = build(case, SEED)
    worker = cell.worker()
    columns = [cell.outcomes.index(name) for name in names]
    return np.array([worker.run(0, i).values[columns] for i in range(REPLICATIONS)])


def z_score(values: NDArray[np.float64]) -> float:
    """A mean in units of its standard error."""
    return float(values.mean() / (values.std(ddof=1) / np.sqrt(len(values))))


DIRECTIONS = [
    ("programmes.fellowship.effect_leaving", 0.3, "here.doctor.emigrated", "less"),
    ("programmes.fellowship.effect_leaving", 4.0, "here.doctor.emigrated", "more"),
    ("programmes.fellowship.effect_leaving", 4.0, "here.doctor.left_public", "more"),
    ("programmes.fellowship.effect_lasts", 0.1, "employer.fellowship.asked", "more"),
    ("programmes.fellowship.stay", 1.5, "employer.fellowship.exchange_months", "more"),
    ("programmes.fellowship.stay", 1.5, "employer.fellowship.delivered", "less"),
    ("programmes.fellowship.return_home", 1.0, "employer.fellowship.settled_there", "less"),
    ("programmes.fellowship.return_home", 1.0, "here.doctor.emigrated", "less"),
    ("programmes.fellowship.settle_grace", 0.75, "employer.fellowship.settled_there", "less"),
    ("programmes.fellowship.places", 8.0, "employer.fellowship.delivered", "more"),
    ("programmes.fellowship.places", 8.0, "employer.fellowship.gave_up", "less"),
    ("programmes.fellowship.places", 1.0, "employer.fellowship.queue_months", "more"),
    ("programmes.fellowship.patience", 0.1, "employer.fellowship.gave_up", "more"),
    ("programmes.fellowship.patience", 0.1, "employer.fellowship.queue_months", "less"),
    ("programmes.fellowship.early_end", 2.0, "employer.fellowship.cut_short", "more"),
    ("programmes.fellowship.visa", {"takes": 2 / 12, "refused": 0.6}, "employer.fellowship.refused", "more"),
    ("programmes.fellowship.visa", {"takes": 2 / 12, "refused": 0.6}, "employer.fellowship.delivered", "less"),
    ("programmes.fellowship.willing", 0.2, "employer.fellowship.asked", "less"),
    ("programmes.fellowship.asks", 3.0, "employer.fellowship.asked", "more"),
    ("programmes.fellowship.asks", 3.0, "employer.visit.asked", "less"),
    ("programmes.lecturers.per_supervisor", 0.1, "partner.lecturers.delivered", "less"),
    ("programmes.lecturers.visitors", 16.0, "partner.lecturers.asked", "more"),
    ("programmes.lecturers.supervises", 1.0, "here.specialist.residency.supervisors", "more"),
    ("parties.employer.posts.specialist.established", 24.0, "partner.lecturers.delivered", "more"),
]


@cache
def as_it_is() -> dict[str, NDArray[np.float64]]:
    names = sorted({name for _, _, name, _ in DIRECTIONS})
    found = outcomes(shipped(), names)
    return {name: found[:, i] for i, name in enumerate(names)}


@pytest.mark.parametrize(("path", "value", "outcome", "direction"), DIRECTIONS)
def test_a_number_moves_its_outcome_as_it_says(path: str, value: Any, outcome: str, direction: str) -> None:
    """Paired by replication; four standard errors leave no doubt of the sign."""
    z = z_score(outcomes(changed(path, value), [outcome])[:, 0] - as_it_is()[outcome])
    assert (z > 4.0) if direction == "more" else (z < -4.0), z


def off() -> Case:
    return changed("switches.exchange", False)


def test_switched_off_no_exchange_happens() -> None:
    cell = build(off(), SEED)
    mine = [i for i, name in enumerate(cell.outcomes) if name.startswith(tuple(PREFIX.values()))]
    assert len(mine) >= 30
    worker = cell.worker()
    assert not any(worker.run(0, i).series[:, mine].any() for i in range(10))


def test_switched_off_everything_else_is_as_if_it_had_not_been_signed() -> None:
    unsigned = replace(shipped(), starts=[name for name in shipped().starts if name not in EXCHANGES])
    switched_off, not_signed = build(off(), SEED).worker(), build(unsigned, SEED).worker()
    signed = build(shipped(), SEED).worker()
    moved = 0
    for i in range(20):
        series = switched_off.run(0, i).series
        assert series.tobytes() == not_signed.run(0, i).series.tobytes()
        moved += series.tobytes() != signed.run(0, i).series.tobytes()
    assert moved == 20
