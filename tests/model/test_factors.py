"""Uncertain parameters: drawn together as each would be alone, and the same quantile in every case of a block."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.engine.random import named, run_key, uniform
from sim.model.factors import FACTOR, Factors
from sim.model.simulate import build
from sim.scenario import Case, Passport, load
from sim.scenario.answer import find

CHANGED = """
extends: ghana_obgyn.yaml
futures:
  stay: {people.medical_officer.leave_to_specialise: {value: 30%, low: 10%, high: 60%}}
  grow: {streams.ghana_candidates.growth: {value: 6% a year, low: 2% a year, high: 8% a year}}
plans:
  longer:
    start: [home_residency]
    programmes.home_residency.drop_out: {value: 2% a year, low: 1% a year, high: 8% a year}
    bond: {years: 5, served: {value: 50%, low: 20%, high: 90%}}
"""


@pytest.fixture(scope="module")
def cases() -> dict[tuple[str, str], Case]:
    loaded = load(find("ghana_obgyn"))
    return {(future, plan): loaded.case(future, plan) for future in loaded.futures for plan in loaded.plans}


def probability(case: Case, address: str, row: int) -> float:
    """The uniform number that stands behind a factor's value in a row."""
    one = case.passports[address]
    return float(uniform(np.uint64(run_key(np.uint64(7), row, 0)), named("factor", one.draw_key), FACTOR, 0))


def test_factors_drawn_together_have_the_values_of_each_alone(cases: dict[tuple[str, str], Case]) -> None:
    case = cases["baseline", "train_home_bonded"]
    factors = Factors(case)
    assert {one.kind for one in case.factors} >= {"beta", "normal", "log-normal", "logit-normal"}
    for row in range(50):
        expected = [one.quantile(probability(case, one.address, row)) for one in case.factors]
        assert factors.draw(7, row)[0] == pytest.approx(expected, rel=1e-12)


def test_a_design_gives_uniform_numbers_in_the_place_of_keyed_ones(cases: dict[tuple[str, str], Case]) -> None:
    case = cases["baseline", "train_home_bonded"]
    factors = Factors(case)
    keyed = {one.draw_key: probability(case, one.address, 3) for one in case.factors}
    assert factors.draw(7, 0, keyed)[0].tolist() == factors.draw(7, 3)[0].tolist()
    medians = factors.draw(7, 3, {})[0]
    assert medians == pytest.approx([one.quantile(0.5) for one in case.factors], rel=1e-12)
    name = factors.addresses[4]
    moved = factors.draw(7, 3, {case.passports[name].draw_key: 0.9})[0]
    assert moved[4] == pytest.approx(case.passports[name].quantile(0.9), rel=1e-12)
    assert np.flatnonzero(moved != medians).tolist() == [4]
    drawn = dict.fromkeys(keyed, float("nan"))
    assert factors.draw(7, 3, drawn)[0].tolist() == factors.draw(7, 3)[0].tolist()


def test_every_family_is_drawn() -> None:
    families = [
        Passport("", "a", "number", 2.0, 1.0, 4.0, kind="uniform"),
        Passport("", "b", "number", 2.0, 1.0, 4.0, kind="log-uniform"),
        Passport("", "c", "number", 2.0, 2.0, 5.0, kind="choice", options=(2.0, 3.0, 5.0)),
        Passport("", "d", "number", 0.0, -1.0, 9.0, kind="normal", least=-0.5, most=4.0),
        Passport("", "e", "number", 0.1, 0.05, 0.9, kind="logit-normal"),
    ]
    case = replace(load(find("ghana_obgyn")).case(), passports={one.address: one for one in families})
    drawn = np.array([Factors(case).draw(7, row)[0] for row in range(400)])
    for row in range(400):
        expected = [one.quantile(probability(case, one.address, row)) for one in families]
        assert drawn[row] == pytest.approx(expected, rel=1e-12)
    assert set(drawn[:, 2]) == {2.0, 3.0, 5.0} and drawn[:, 3].min() == -0.5 and drawn[:, 3].max() == 4.0


@pytest.mark.parametrize(
    ("address", "first", "second"),
    [
        ("bond.served", ("baseline", "train_home_bonded"), ("stay", "longer")),
        ("streams.ghana_candidates.growth", ("baseline", "train_home"), ("grow", "longer")),
        ("programmes.home_residency.drop_out", ("baseline", "train_home"), ("baseline", "longer")),
    ],
)  # fmt: skip
def test_a_number_that_a_plan_or_future_changes_keeps_its_quantile(
    tmp_path: Path, address: str, first: tuple[str, str], second: tuple[str, str]
) -> None:
    (tmp_path / "changed.yaml").write_text(CHANGED)
    loaded = load(tmp_path / "changed.yaml")
    one, other = loaded.case(*first), loaded.case(*second)
    drawn = []
    for case in (one, other):
        factors = Factors(case)
        drawn.append([factors.draw(7, row)[0][factors.addresses.index(address)] for row in range(40)])
        expected = [case.passports[address].quantile(probability(one, address, row)) for row in range(40)]
        assert drawn[-1] == pytest.approx(expected, rel=1e-12)
    assert drawn[0] != drawn[1] and (np.argsort(drawn[0]) == np.argsort(drawn[1])).all()


def test_factors_of_a_group_share_their_draw(cases: dict[tuple[str, str], Case]) -> None:
    case = cases["baseline", "no_partnership"]
    addresses = [one.address for one in case.factors if one.group == "filled_schools"]
    assert len(addresses) == 2
    factors = Factors(case)
    drawn = np.array([factors.draw(7, row)[0] for row in range(40)])[:, [factors.addresses.index(a) for a in addresses]]
    assert (np.argsort(drawn[:, 0]) == np.argsort(drawn[:, 1])).all()


def test_drawn_values_stand_at_their_addresses(cases: dict[tuple[str, str], Case]) -> None:
    cell = build(cases["baseline", "train_home_bonded"], 7)
    worker = cell.worker()
    run = worker.run(3, 0, "sampled")
    for address, value in run.factors.items():
        (record, name), convert = cell.blueprint.place(worker.memory, address)
        assert record[name] == convert(value), address
    other = build(cases["hiring_freeze", "train_home"], 7).worker()
    for row in (9, 3):  # another cell, in another order
        found = other.run(row, 0, "sampled")
    assert found.factors.keys() < run.factors.keys()
    assert all(run.factors[address] == value for address, value in found.factors.items())
    assert worker.run(4, 0, "sampled").factors != run.factors
    assert worker.run(3, 0, "sampled").factors == run.factors


def test_controls_are_events_less_hazard_of_every_cause(cases: dict[tuple[str, str], Case]) -> None:
    cell = build(cases["baseline", "train_home"], 7)
    assert "ghana.obgyn.work_abroad" in cell.controls and "ghana.medical_officer.drop_out" in cell.controls
    worker = cell.worker()
    found = np.array([worker.run(row, 0, "sampled").controls for row in range(300)])
    books = worker.memory.tables["clocks"][1:]
    mine = [i for i, cause in enumerate(cell.causes) if cause == "ghana.obgyn.leave_post"]
    last = (books["events"][mine] - books["exposure"][mine]).sum()
    assert found[-1, cell.controls.index("ghana.obgyn.leave_post")] == pytest.approx(last)
    error = found.std(axis=0) / np.sqrt(len(found))
    busy = np.count_nonzero(found, axis=0) > 100
    assert busy.sum() >= 8 and (np.abs(found.mean(axis=0))[busy] < 4.0 * error[busy]).all()
