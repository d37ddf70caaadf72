"""The example that the manual prints for a scenario file: it loads, shows, compares and runs as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.model.conversions import conversions
from sim.model.outcomes import OUTCOMES
from sim.scenario import load, problems, verbs

PRINTED = Path(__file__).with_name("printed.yaml")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file, with nothing beside it."""
    file = tmp_path / "printed.yaml"
    file.write_bytes(PRINTED.read_bytes())
    return file


def test_it_is_read_without_a_complaint(path: Path) -> None:
    assert problems(path, metrics=OUTCOMES) == []
    loaded = load(path, metrics=OUTCOMES)
    assert loaded.futures == ["baseline", "nobody_takes_over", "doors_open_abroad", "hiring_freeze"]
    assert loaded.plans == ["no_partnership", "send_abroad", "train_home", "train_home_bonded", "train_home_handover"]
    takeover, allowance = loaded.scenario.plans["train_home_handover"].contingency
    assert (takeover.do, takeover.by, takeover.needs) == (
        "ministry_takes_payroll", "ministry", ["accra_school", "kumasi_school"])  # fmt: skip
    assert (allowance.do, allowance.paid_by) == ("retention_allowance", "ministry")
    why = loaded.passports["people.medical_officer.leave_to_specialise"].why
    assert why.endswith("19 of 20 residents said so, but they had stayed")


def test_it_is_shown_and_what_is_shown_means_the_same(path: Path) -> None:
    text = verbs.show(str(path), conversions=conversions).text
    assert "ministry_takes_payroll" in text and "retention_allowance" in text
    again = path.with_name("again.yaml")
    again.write_text(load(path).resolved_yaml(), encoding="utf-8")
    for future in load(path).futures:
        assert (
            load(again).case(future, "train_home_handover").hash == load(path).case(future, "train_home_handover").hash
        )


def test_a_handover_makes_a_difference_where_nobody_takes_over(path: Path) -> None:
    loaded = sim.load(path)
    ends = {}
    for plan in ("train_home", "train_home_handover"):
        result = sim.simulate(loaded, future="nobody_takes_over", plan=plan, seed=1, trace=True)
        ends[plan] = result.outcomes["ghana.obgyn.home_residency.residents"]
    assert ends["train_home"] == 0.0 < ends["train_home_handover"]


def test_it_is_compared(path: Path, tmp_path: Path) -> None:
    study = sim.compare(sim.load(path), replications=2, out=tmp_path / "out", jobs=1)
    cells = study.outcomes.groupby(["future", "plan"]).size()
    assert len(cells) == 4 * 5
    assert (study.outcomes["status"] == "ok").all()
