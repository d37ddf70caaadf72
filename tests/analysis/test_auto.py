"""Studies that decide their own number of blocks, on the fake model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import auto
from analysis.account import account
from analysis.auto import AutoError, AutoResult, outlook, run_auto, run_within
from analysis.compare import compare, look_of
from analysis.differences import correlation
from analysis.paired import choices, paired, to_resolve
from analysis.report import write_report
from sim.study import cells
from sim.study.execute import Tally
from sim.study.intervals import mean_interval
from sim.study.plan import CellKey
from sim.study.results import StoredStudy
from sim.study.selection import CLAIM
from sim.study.stopping import PILOT, sequence_interval
from sim.study.study import Request, make_plan, run_study
from tests.study import fake
from tests.study.stand_in import compare as run_comparison
from tests.study.stand_in import stand_in

THREE = ["no_partnership", "send_abroad", "train_home"]


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)
    monkeypatch.setattr(auto, "SELECTION_STEP", 100)


def loaded(matters: float | None = 1.0, **changes: Any) -> Any:
    """The fake scenario, whose only party looks for a difference of so many people at the end of the run."""
    found: Any = fake.FakeLoaded()
    aim = found.scenario.decision.aims["ministry"]
    aim["matters"] = None if matters is None else {"value": matters, "relative": False}
    aim.update(changes)
    return found


def asked(**more: Any) -> Request:
    wanted = {"futures": ["baseline"], "plans": THREE, "parameters": "sampled", "jobs": 2, "command": ["test"]}
    return Request("compare", **{**wanted, **more})


def run(out: Path, scenario: Any = None, **more: Any) -> tuple[StoredStudy, Tally, AutoResult, list[str]]:
    told: list[str] = []
    keys = ("within_seconds",)
    given = {key: more.pop(key) for key in keys if key in more}
    found = run_auto(scenario or loaded(), "fake", asked(**more), out, notice=told.append, **given)
    return *found, told


def test_the_number_of_blocks_follows_from_the_pilot(tmp_path: Path) -> None:
    study, tally, result, told = run(tmp_path, loaded(0.1))
    record = study.manifest["stopping"]
    assert record == result.record == StoredStudy(tmp_path).manifest["stopping"]
    pairs, differences = paired(study)
    needed = np.ceil((1.645 * differences[:PILOT].std(axis=0, ddof=1) / 0.05) ** 2)
    assert record["pilot"] == PILOT and record["blocks"] == needed.max() > PILOT
    driver = pairs[int(needed.argmax())]
    assert record["driver"]["plan"] == driver.plan and record["driver"]["against"] == driver.against
    assert record["capped"] is None and record["looks"] == [record["blocks"]] and not record["sequence_due"]
    assert tally.ok == study.plan.total == study.ok and tally.failed == 0 and not tally.interrupted
    text = "\n".join(told)
    assert f"{driver} needs the most: {record['blocks']:,} blocks" in text
    assert "10 minutes resolve" in text and "; 40 minutes" in text
    # half of what matters to either side, as nearly as a pilot of 400 knows the spread of skewed differences
    for one in compare(study).aims[0].rows["baseline"].differences:
        assert one.raw.pairs == record["blocks"] and one.raw.high - one.raw.low < 1.25 * 0.1


def test_the_same_call_finds_its_results_and_an_extended_study_gets_a_confidence_sequence(tmp_path: Path) -> None:
    study, _, result, _ = run(tmp_path, loaded(0.1))
    blocks, cell = result.record["blocks"], [CellKey("baseline", plan) for plan in ("train_home", "send_abroad")]
    again, tally, same, _ = run(tmp_path, loaded(0.1))
    assert tally.ok == 0 and same.record == result.record and again.plan.replications == study.plan.replications
    found = compare(again).aims[0].rows["baseline"].against("train_home", "send_abroad")
    first, second = (again.column(fake.OUTCOMES[0])[key] for key in cell)
    assert found is not None and found.raw == mean_interval(first[:blocks], second[:blocks])
    more = study.plan.replications + 300
    request = asked(replications=more)
    extended, _ = run_study(loaded(0.1), make_plan(loaded(0.1), "fake", request), tmp_path, request)
    assert look_of(extended).kind == "sequence" and look_of(extended).tuned == blocks
    found = compare(extended).aims[0].rows["baseline"].against("train_home", "send_abroad")
    first, second = (extended.column(fake.OUTCOMES[0])[key] for key in cell)
    assert found is not None and found.interval == sequence_interval(first, second, blocks)
    assert found.controlled is None
    _, _, later, _ = run(tmp_path, loaded(0.1))
    assert later.record["sequence_due"] and later.record["looks"] == [blocks, more]
    write_report(account(extended))


def test_blocks_for_the_selection_of_a_plan_are_not_used_by_intervals(tmp_path: Path) -> None:
    study, _, result, _ = run(tmp_path, loaded(0.1), plans=["no_partnership", "train_home", "train_home_bonded"])
    record = result.record
    request = asked(plans=study.plans, replications=study.plan.replications + 100)
    more, _ = run_study(loaded(0.1), make_plan(loaded(0.1), "fake", request), tmp_path, request)
    more.manifest["stopping"]["selection_blocks"] = more.plan.replications
    more.store.write_manifest(more.manifest)
    more = StoredStudy(tmp_path)
    assert look_of(more).kind == "fixed" and more.plan.replications > record["blocks"]
    found = compare(more)
    assert found.tables[0].blocks == record["blocks"] and found.tables[0].dropped == 0
    assert {one.raw.pairs for one in found.aims[0].rows["baseline"].differences} == {record["blocks"]}


def test_the_best_plan_is_selected_and_the_claim_is_no_more_than_that(tmp_path: Path) -> None:
    study, _, result, _ = run(tmp_path, loaded(0.1), futures=None)
    assert {one.future for one in result.choices} == set(fake.FUTURES)
    for one in result.choices:
        assert one.chosen == "train_home" and one.survivors == ("train_home",) and one.selection.ended
    assert result.claims[0] == f"ministry, baseline: train_home; {CLAIM}"
    assert [one["chosen"] for one in study.manifest["stopping"]["selection"]] == ["train_home", "train_home"]
    worse = run(tmp_path / "less", loaded(0.1, better="less"))[2]
    assert worse.choices[0].chosen != "train_home"


class Rare(fake.FakeWorker):
    """A plan that differs from the others in one block of twenty, or never."""

    def run(self, design_point: int, replication: int, parameters: str = "central") -> fake.FakeRun:
        often = self.effect
        self.effect = 0.0
        run = super().run(design_point, replication, parameters)
        self.effect = often
        if often and design_point % round(1.0 / often) == 0:
            run.values[0] += 5.0
        return run


def rarely(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    class RareCell(fake.FakeCell):
        def worker(self, trace: bool = False) -> fake.FakeWorker:
            return Rare(self.seed, self.effect, self.failing)

    def build(case: Any, seed: int, *_: Any) -> fake.FakeCell:
        return RareCell(seed, share if case.plan == "train_home" else 0.0)

    monkeypatch.setattr(cells, "build_cell", build)


def test_the_pilot_is_doubled_until_enough_blocks_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rarely(monkeypatch, 0.05)
    _, _, result, told = run(tmp_path, loaded(1.0), plans=["no_partnership", "train_home"])
    assert result.record["pilot"] == 2 * PILOT and result.record["blocks"] == 2 * PILOT
    assert any("20 of 400 blocks differ; the pilot is doubled" in line for line in told)


def test_identical_plans_stop_at_the_pilot_and_are_told_apart_from_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rarely(monkeypatch, 0.0)
    _, _, result, told = run(tmp_path, loaded(1.0), plans=["no_partnership", "train_home"])
    record = result.record
    assert (record["pilot"], record["blocks"], record["capped"]) == (400, 400, None)
    line = "identical in 400 blocks; at most 0.0075 of blocks differ (95%)"
    assert line in record["few_differ"][0] and any(line in text for text in told)


def clock(monkeypatch: pytest.MonkeyPatch, seconds_a_block: float) -> None:
    """A clock on which every block takes the same time."""
    now = [0.0]
    plain: Callable[..., Any] = run_study

    def timed(*given: Any) -> Any:
        study, tally = plain(*given)
        now[0] += seconds_a_block * (tally.ok + tally.failed) / len(study.plan.cells)
        return study, tally

    monkeypatch.setattr(auto, "run_study", timed)
    monkeypatch.setattr(auto, "monotonic", lambda: now[0])


def test_a_time_limit_caps_the_blocks_by_the_pace_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch, 0.5)
    study, _, result, told = run(tmp_path, loaded(0.05), within_seconds=300.0)
    record = result.record
    assert record["capped"] == "time" and record["seconds_a_block"] == pytest.approx(0.6, abs=0.01)
    assert 490 <= record["blocks"] <= 510 and record["wanted"] > 510  # one row in five has a second luck
    assert study.plan.replications == record["blocks"] and not record["sequence_due"]
    assert any(line.startswith("5 minutes resolve") and "; 20 minutes" in line for line in told)
    assert any("stopped by the time given" in line for line in told)
    short = run(tmp_path / "short", loaded(0.05), within_seconds=60.0)[2].record
    assert short["blocks"] == short["pilot"] and 95 <= short["blocks"] <= 105 and short["capped"] == "time"


def test_without_auto_the_time_chooses_the_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch, 0.5)
    told: list[str] = []
    study, tally = run_within(loaded(), "fake", asked(), tmp_path, 120.0, notice=told.append)
    assert 195 <= study.plan.replications <= 205 and tally.ok == study.plan.total
    assert "stopping" not in study.manifest and look_of(study).kind == "fixed"
    assert any(line.startswith("2 minutes resolve") for line in told)


def test_an_interrupt_leaves_a_study_that_knows_what_was_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain: Callable[..., Any] = run_study

    def interrupted(given: Any, plan: Any, *more: Any) -> Any:
        study, tally = plain(given, replace(plan, replications=min(plan.replications, stop[0])), *more)
        if plan.replications > stop[0]:  # as execute does: what is finished is kept
            tally.interrupted = True
            study.manifest["plan"]["replications"] = plan.replications
            study.store.write_manifest(study.manifest)
            study = StoredStudy(tmp_path)
        return study, tally

    stop = [200]
    monkeypatch.setattr(auto, "run_study", interrupted)
    study, tally, result, _ = run(tmp_path, loaded(0.1))
    assert tally.interrupted and result.record["blocks"] is None and result.record["sequence_due"]
    assert result.choices == () and look_of(study).tuned == PILOT
    stop[0] = 500
    study, tally, result, _ = run(tmp_path, loaded(0.1))
    assert tally.interrupted and result.record["blocks"] > 500 and result.record["sequence_due"]
    assert look_of(StoredStudy(tmp_path)).kind == "sequence"
    stop[0] = 10**6
    study, tally, result, _ = run(tmp_path, loaded(0.1))
    assert not tally.interrupted and not result.record["sequence_due"]
    whole = run(tmp_path / "whole", loaded(0.1))[0]
    assert study.outcomes.equals(whole.outcomes)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    without = loaded()
    without.scenario.decision = None
    with pytest.raises(AutoError, match=r"no `decision\.aims`, so write a decision"):
        run(tmp_path, without)
    none = loaded()
    none.scenario.decision.aims = {}
    with pytest.raises(AutoError, match="an aim in its decision"):
        run(tmp_path, none)
    with pytest.raises(AutoError, match="only one"):
        run(tmp_path, plans=["no_partnership"])
    assert not list(tmp_path.iterdir())


def test_the_planner_knows_aims_and_what_must_not_happen(tmp_path: Path) -> None:
    study = run_comparison(tmp_path, 200, parameters="sampled")
    found = {one.label: one for one in to_resolve(study)}
    assert list(found) == [
        "Specialists in public practice",
        'the chance of "Specialists in public practice" under its limit',
        'the chance of "Specialists abroad" over its limit',
    ]
    values = study.column(fake.OUTCOMES[0])
    largest = max(
        (values[one] - values[other]).std(ddof=1)
        for one in study.plan.cells
        for other in study.plan.cells
        if one.future == other.future
    )
    assert found["Specialists in public practice"].deviation == pytest.approx(largest)
    resolved, told = outlook(study, 0.01, 5.0)
    assert [one.blocks for one in resolved] == [500, 2000]
    assert "5 seconds resolve" in told[1] and "points of the chance of" in told[1]


def test_the_correlation_that_sharing_luck_achieves_is_reported(tmp_path: Path) -> None:
    study = run_comparison(tmp_path, 200, parameters="sampled")
    values = study.column(fake.OUTCOMES[0])
    first, second = (values[CellKey("baseline", plan)] for plan in ("train_home", "no_partnership"))
    found = compare(study).aims[0].rows["baseline"].against("train_home")
    assert found is not None and found.correlation == pytest.approx(np.corrcoef(first, second)[0, 1])
    assert found.turned().correlation == found.correlation
    assert found.worth is not None and found.correlation is not None
    spread = first.std(), second.std()
    ratio = (spread[0] ** 2 + spread[1] ** 2) / (
        spread[0] ** 2 + spread[1] ** 2 - 2.0 * found.correlation * spread[0] * spread[1]
    )
    assert found.worth.paired == pytest.approx(ratio)
    assert correlation(first, np.full(200, 3.0)) is None
    assert len(choices(study)) == 2
