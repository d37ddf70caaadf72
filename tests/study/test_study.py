"""Studies on a fake model: the same bytes however they are run, and nothing lost or doubled."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.study import cells, study
from sim.study.execute import Tally, execute, executor
from sim.study.plan import Block, CellKey, StudyPlan
from sim.study.results import StoredStudy
from sim.study.store import Store, StoreError
from sim.study.study import Request, run_study
from tests.study import fake
from tests.study.stand_in import compare, stand_in


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)


def rows(path: Path) -> bytes:
    import pyarrow as pa

    found = StoredStudy(path).outcomes
    assert found.run_id.is_unique
    table = pa.Table.from_pandas(found)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def files(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*.parquet") if file.is_file()}


def test_outcomes_hold_one_row_a_run_with_the_keys_of_the_contract(tmp_path: Path) -> None:
    found = compare(tmp_path)
    assert list(found.outcomes.columns) == [
        "run_id", "scenario", "future", "plan", "design_point", "replication", "status", "cause",
        "event_count", *fake.OUTCOMES, "ghana.obgyn.abroad@11", "ghana.obgyn.public_practice@0",
    ]  # fmt: skip
    assert len(found.outcomes) == 250 * 8
    assert found.ok == 2000 and found.failed == 0
    assert found.manifest["runs"] == {"planned": 2000, "ok": 2000, "failed": 0}
    assert found.manifest["finished"]


def test_columns_are_aligned_by_block(tmp_path: Path) -> None:
    found = compare(tmp_path, failing=(3,))
    cell = CellKey("baseline", "train_home")
    column = found.column(fake.OUTCOMES[0])[cell]
    run = fake.FakeWorker(7, fake.EFFECTS["train_home"], frozenset()).run(17, 0)
    assert column[17] == run.values[0]
    assert np.isnan(column[3]) and np.isfinite(np.delete(column, 3)).all()
    series = found.series_of([fake.COLUMNS[0], "nothing"])
    assert list(series) == [fake.COLUMNS[0]]
    assert series[fake.COLUMNS[0]][cell].shape == (200, len(fake.TIMES))
    assert (series[fake.COLUMNS[0]][cell][17] == run.series[:, 0]).all()
    assert (found.times == fake.TIMES).all()


def test_failed_runs_are_rows_with_their_cause(tmp_path: Path) -> None:
    found = compare(tmp_path, failing=(3, 5))
    assert found.failed == 16
    assert set(found.causes().values()) == {2}
    failed = found.outcomes[found.outcomes.status == "failed"]
    assert set(failed.cause) == {"the pool of people is full"}


def test_same_parts_on_any_threads_in_any_order(tmp_path: Path) -> None:
    compare(tmp_path / "a")
    loaded: Any = fake.FakeLoaded()
    request = Request("compare", replications=250, command=["test"])
    plan = study.make_plan(loaded, "fake", request)
    store = Store(tmp_path / "b")
    source = study.source_of(loaded, plan)

    def shuffled(chunks: Any) -> Any:
        return random.Random(1).sample(listed := list(chunks), len(listed))

    with executor(1) as pool:
        execute(source, plan, store, pool, 1, order=shuffled)
    first, second = files(tmp_path / "a"), files(tmp_path / "b")
    assert first == second and len(first) > 20


def test_damage_is_found_and_run_again(tmp_path: Path) -> None:
    whole = rows(compare(tmp_path / "whole").path)
    hurt = compare(tmp_path / "hurt").path
    before = files(hurt)
    outcomes = Store(hurt).outcome_parts()
    outcomes[0].write_bytes(outcomes[0].read_bytes()[:-100])
    flipped = bytearray(outcomes[1].read_bytes())
    flipped[50] ^= 4
    outcomes[1].write_bytes(bytes(flipped))
    series = [found["series"] for part in outcomes[2:] if "series" in (found := Store(hurt).companions(part))]
    series[0].unlink()
    (hurt / "outcomes.parquet" / ".writing-x.parquet").write_bytes(b"half")
    compare(hurt)
    assert rows(hurt) == whole and files(hurt) == before


def test_a_study_grows_and_equals_one_that_was_large_at_once(tmp_path: Path) -> None:
    compare(tmp_path / "grown", 30)
    compare(tmp_path / "grown", 250)
    assert rows(tmp_path / "grown") == rows(compare(tmp_path / "once", 250).path)
    grown, once = StoredStudy(tmp_path / "grown").series, StoredStudy(tmp_path / "once").series
    assert grown.equals(once)


def test_an_interrupt_keeps_what_is_finished(tmp_path: Path) -> None:
    loaded: Any = fake.FakeLoaded()
    request = Request("compare", replications=250, jobs=2, command=["test"])
    plan = study.make_plan(loaded, "fake", request)

    def impatient(tally: Tally) -> None:
        if tally.ok >= 500:
            raise KeyboardInterrupt

    found, tally = run_study(loaded, plan, tmp_path / "a", request, impatient)
    assert tally.interrupted and 500 <= found.ok < 2000
    assert found.manifest["finished"] is None
    compare(tmp_path / "a")
    assert rows(tmp_path / "a") == rows(compare(tmp_path / "b").path)


def test_one_writer_and_one_study_a_folder(tmp_path: Path) -> None:
    compare(tmp_path, 5)
    with Store(tmp_path).writing(), pytest.raises(StoreError, match=r"process \d+ on .* is writing here"):
        compare(tmp_path, 5)
    with pytest.raises(StoreError, match=r"another study .different seed"):
        compare(tmp_path, 5, seed=99)


def test_sampled_parameters_are_stored_once(tmp_path: Path) -> None:
    found = compare(tmp_path, 120, parameters="sampled").factors
    shared = found[found.plan.isna()]
    assert list(shared.design_point) == list(range(120))
    assert shared["people.obgyn.drain"].nunique() == 120
    scores = StoredStudy(tmp_path).scores
    assert scores.shape == (120, 2)  # a shared draw, and one of a plan alone
    assert np.exp(0.3 * scores[:, 0]) * 0.06 == pytest.approx(shared["people.obgyn.drain"].to_numpy())
    own = found[found.plan.notna()]
    assert set(own.plan) == {"train_home_bonded"} and own["plans.bond.served"].notna().all()


def test_controls_are_kept_for_every_run_and_grow_with_the_study(tmp_path: Path) -> None:
    compare(tmp_path, 30, failing=(3,))
    study = compare(tmp_path, 250, failing=(3,))
    found = study.controls("baseline")
    assert set(found) == set(fake.EFFECTS)
    run = fake.FakeWorker(7, fake.EFFECTS["train_home"], frozenset()).run(17, 0)
    assert found["train_home"].shape == (250, 2) and (found["train_home"][17] == run.controls).all()
    assert np.isnan(found["train_home"][3]).all() and np.isfinite(np.delete(found["train_home"], 3, axis=0)).all()
    parts = list((tmp_path / "controls.parquet").glob("*.parquet"))
    assert len(parts) == len(Store(tmp_path).outcome_parts())
    parts[0].unlink()
    again = compare(tmp_path, 250, failing=(3,)).controls("baseline")["train_home"]
    assert np.array_equal(again, found["train_home"], equal_nan=True)


def test_what_cannot_happen_under_a_plan_has_no_surplus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Fewer(fake.FakeWorker):
        def run(self, *place: Any) -> fake.FakeRun:
            run = super().run(*place)
            run.controls = run.controls[:1]
            return run

    class FewerCell(fake.FakeCell):
        def worker(self, trace: bool = False) -> fake.FakeWorker:
            return Fewer(self.seed, self.effect, self.failing)

    def build(case: Any, seed: int, *_: Any) -> fake.FakeCell:
        return FewerCell(seed, 0.0, controls=fake.CONTROLS[:1]) if case.plan == "no_partnership" else whole(case, seed)

    whole = fake.build_cell
    monkeypatch.setattr(cells, "build_cell", build)
    found = compare(tmp_path, 20).controls("baseline")
    assert (found["no_partnership"][:, 1] == 0.0).all() and found["no_partnership"][:, 0].any()
    assert found["train_home"][:, 1].all()
    assert StoredStudy(tmp_path).scores.shape == (20, 0)


def test_events_are_kept_when_traced(tmp_path: Path) -> None:
    found = compare(tmp_path, 4, trace=True)
    assert len(found.events) == 4 * 8 * 2
    assert list(found.events.columns) == ["run_id", "time", "event", "entity", "detail"]


def test_run_identity_is_content() -> None:
    one = StudyPlan("a", "h", "m", 1, (CellKey("baseline", "none"),), ("c",), 10)
    other = StudyPlan("b", "g", "m", 1, (CellKey("x", "y"), CellKey("baseline", "none")), ("d", "c"), 999)
    cell, block = CellKey("baseline", "none"), Block(3, 0)
    assert one.run_id(cell, block) == other.run_id(cell, block)
    names = {one.run_id(cell, one.block(index)) for index in range(1000)}
    assert len(names) == 1000
    assert StudyPlan.from_json(other.as_json()) == other


def test_unknown_names_are_explained(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="did you mean train_home"):
        compare(tmp_path, 5, plans=["train_hom"])
    assert not (tmp_path / "manifest.json").exists()
    only = compare(tmp_path, 5, plans=["train_home", "none"], futures=["baseline"])
    assert only.plans == ["no_partnership", "train_home"]


def test_a_changed_scenario_runs_only_the_cells_that_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(tmp_path, 20)
    before = rows(tmp_path)

    class Edited(fake.FakeLoaded):
        hash = "beef"

        def case(self, future: str = "baseline", plan: str = "none") -> Any:
            case = super().case(future, plan)
            case.hash = f"f00d() {plan}" if plan != "train_home" else "beef"
            return case

    monkeypatch.setattr(fake, "FakeLoaded", Edited)
    with pytest.raises(StoreError, match="--resume to keep"):
        compare(tmp_path, 20)
    built: list[Any] = []

    def build(case: Any, seed: int, *_: Any) -> fake.FakeCell:
        built.append(case.plan)
        return fake.build_cell(case, seed)

    monkeypatch.setattr(cells, "build_cell", build)
    compare(tmp_path, 20, resume=True)
    assert set(built) == {"train_home"}
    assert rows(tmp_path) != before and StoredStudy(tmp_path).ok == 160
