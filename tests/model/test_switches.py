"""A mechanism that is switched off does not move its outcomes; switched on, it moves them in the stated direction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.model.simulate import build
from tests.model.worlds import LIBRARY, written

GHANA = f"extends: {LIBRARY / 'ghana_obgyn.yaml'}\n"
RUNS = 40


def mean(folder: Path, text: str, outcome: str, plan: str = "train_home") -> float:
    """The mean of an outcome over runs whose luck is the same whatever the text."""
    scenario = sim.load(written(folder, GHANA + text))
    cell = build(scenario.case("baseline", plan), 1)
    at = cell.outcomes.index(outcome)
    worker = cell.worker()
    return float(np.mean([worker.run(row, 0).values[at] for row in range(RUNS)]))


STILL = [
    ("morale: off", "accra_school.obgyn.morale", 0.6),
    ("workload: off", "accra_school.obgyn.workload", 1.0),
    ("learning: off", "kumasi_school.capability_clinical", 0.45),
    ("reputation: off", "kumasi_school.reputation", 0.5),
    ("exchange: off", "us_partner.accra_visits.exchange_months", 0.0),
    ("money: off", "ministry.payroll_paid", 0.0),
    ("money: off", "donor.spent_on_partnership", 0.0),
    ("endings: off", "obgyn_partnership.ended", 0.0),
]


@pytest.mark.parametrize(("switch", "outcome", "value"), STILL)
def test_what_is_switched_off_does_not_move(tmp_path: Path, switch: str, outcome: str, value: float) -> None:
    assert mean(tmp_path, f"switches: {{{switch}}}\n", outcome) == pytest.approx(value, abs=1e-12)
    assert mean(tmp_path, "", outcome) != pytest.approx(value, abs=1e-3)


MOVES = [
    ("morale: {workload: 0}", "morale: {workload: 0.3}", "accra_school.obgyn.morale", "more"),
    ("learning: {from_gap: 1%}", "learning: {from_gap: 80%}", "kumasi_school.capability_clinical", "more"),
    ("learning: {forgets: 1 year}", "learning: {forgets: 20 years}", "kumasi_school.capability_clinical", "more"),
    ("learning: {from_difference: 1%}", "learning: {from_difference: 80%}", "us_partner.capability_clinical", "more"),
    ("standing: {running: 0}", "standing: {running: 0.2}", "us_partner.reputation", "more"),
    ("care: {covered: 50%}", "care: {covered: 95%}", "ghana.obgyn.coverage", "more"),
    ("care: {quality_floor: 10%}", "care: {quality_floor: 90%}", "ghana.obgyn.coverage", "more"),
    ("work: {teaching: 0}", "work: {teaching: 10}", "accra_school.obgyn.work_done", "less"),
    ("work: {bought_out: 0%}", "work: {bought_out: 50%}", "accra_school.obgyn.hours_taken", "less"),
    ("people: {obgyn: {pay_home: $3k}}", "people: {obgyn: {pay_home: $12k}}", "ministry.payroll_paid", "more"),
]  # fmt: skip


@pytest.mark.parametrize(("low", "high", "outcome", "direction"), MOVES)
def test_what_is_switched_on_moves_as_stated(tmp_path: Path, low: str, high: str, outcome: str, direction: str) -> None:
    below, above = mean(tmp_path, low + "\n", outcome), mean(tmp_path, high + "\n", outcome)
    assert above > below if direction == "more" else above < below
