"""Advice from stored studies with a known answer: what counts as failing, where it fails, what flips the choice."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from analysis.advice import Flips as Told
from analysis.advice import Worth, as_json, conditions, failure_of, flips, numbers_of, simulator, worths
from analysis.discovery.boxes import Box
from analysis.discovery.failure import Failure
from analysis.discovery.rows import rows_of
from analysis.refusal import Refusal
from analysis.value.choice import Choice, Refused, choices
from sim.study.plan import CellKey
from sim.study.results import StoredStudy
from tests.analysis.sensitivity.lab import BAD_END, OUTCOME, Lab, Loaded, drawn, lab, number, run, use, with_private

CELL = CellKey("baseline", "train_home")


def study_with(decision: dict[str, Any] | None, partnerships: tuple[str, ...] = ()) -> Any:
    known = {OUTCOME: {"better": "more"}, "ghana.obgyn.abroad": {"better": "less"}, BAD_END: {"better": "less"}}
    scenario = {"decision": decision, "partnerships": dict.fromkeys(partnerships, "")}
    return SimpleNamespace(manifest={"scenario": scenario, "outcomes": known})


def test_what_counts_as_failing() -> None:
    below = {"metric": OUTCOME, "below": {"value": 0.8, "relative": True}, "at": 2003.0, "in_more_than": 0.1}
    above = {"metric": "ghana.obgyn.abroad", "above": {"value": 9.0, "relative": False}, "in_more_than": 0.1}
    both = study_with({"must_not": [below, above]}, ("pact",))
    assert failure_of(both) == Failure(OUTCOME, 0.8, True, True, 2003.0)
    assert failure_of(study_with({"must_not": [above]})) == Failure("ghana.obgyn.abroad", 9.0, False, False, None)
    assert failure_of(both, OUTCOME, 12.0) == Failure(OUTCOME, 12.0, True)
    assert failure_of(both, "ghana.obgyn.abroad", 3.0) == Failure("ghana.obgyn.abroad", 3.0, False)
    decision: Any
    for decision in (None, {"must_not": []}):
        assert failure_of(study_with(decision, ("pact",))) == Failure(BAD_END, 0.5, False)
        assert isinstance(failure_of(study_with(decision)), Refusal)
    assert isinstance(failure_of(study_with(None, ("other",))), Refusal)
    with pytest.raises(KeyError):
        failure_of(both, "nothing")


def turning(luck: float = 0.5) -> Any:
    """Training at home is worth 10 (x0 - 0.3) more than nothing: it is advised, and no longer so where x0 is 0.3."""
    return lab(3, lambda x: 10.0 * (x[0] - 0.3), luck=luck)


def test_a_linear_flip_is_found_and_confirmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The luck's error of the flip is about 0.01 in x0; 0.05 would be five of them."""
    loaded = turning()
    use(loaded, monkeypatch)
    study = run(loaded, tmp_path, 400)
    (found,) = flips(study, loaded, "ministry", 300)
    assert isinstance(found, Told) and found.margin.choice.recommended == "train_home"
    (single,) = found.margin.single
    assert single.rival == "no_partnership" and list(single.scores) == ["people.obgyn.x0"]
    assert single.at["people.obgyn.x0"] == pytest.approx(0.3, abs=0.05)
    confirmed = found.confirmed["people.obgyn.x0",]
    assert confirmed.verdict == "confirmed" and confirmed.replications == 300
    (none,) = flips(study, loaded, "ministry", 0)
    assert isinstance(none, Told) and none.confirmed == {}
    assert flips(study, loaded, "nobody") == []


def test_points_hold_what_is_named_and_draw_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs at a point: the named number there, NaN for those to be drawn, and the rows' own draws and luck."""
    loaded = lab(3, lambda x: 100.0 * x[0] + 10.0 * x[1] + x[2])
    use(loaded, monkeypatch)
    study = run(loaded, tmp_path, 220)
    choice = next(one for one in choices(study) if isinstance(one, Choice))
    values = simulator(study, loaded, choice)("train_home", {"people.obgyn.x0": 0.25}, 7)
    expected = [25.0 + 10.0 * drawn(7, row, "people.obgyn.x1") + drawn(7, row, "people.obgyn.x2") for row in range(7)]
    assert values.tolist() == pytest.approx(expected, abs=1e-12)
    from sim.study import cells

    asked = [point for cell in cells._cells.values() for point in cell.asked if isinstance(point, dict)]  # type: ignore[attr-defined]
    assert len(asked) == 7 and all(point["people.obgyn.x0"] == 0.25 for point in asked)
    assert all(math.isnan(point["people.obgyn.x1"]) and math.isnan(point["people.obgyn.x2"]) for point in asked)


def test_runs_that_fail_at_a_point_are_left_out_of_its_mean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = lab(2, lambda x: x[0], fails=lambda x: "full" if x[1] > 0.97 else "")
    use(loaded, monkeypatch)
    study = run(loaded, tmp_path, 300)
    choice = next(one for one in choices(study) if isinstance(one, Choice))
    values = simulator(study, loaded, choice)("train_home", {"people.obgyn.x0": 0.5}, 300)
    lost = np.array([drawn(7, row, "people.obgyn.x1") > 0.97 for row in range(300)])
    assert lost.any() and (np.isnan(values) == lost).all() and (values[~lost] == 0.5).all()


def test_the_number_to_find_out_is_the_one_that_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Knowing x0, nothing is trained where it is under 0.3: worth 10 (0.3)²/2 = 0.45; the others are worth nothing."""
    loaded = turning()
    use(loaded, monkeypatch)
    study = run(loaded, tmp_path, 600)
    (found,) = worths(study, loaded)
    assert isinstance(found, Worth) and found.first is not None and found.first.name == "people.obgyn.x0"
    assert found.first.low == pytest.approx(0.45, abs=0.15)  # three standard errors of 600 rows
    assert [value.name for value in found.values if value.counts] == ["people.obgyn.x0"]
    assert set(numbers_of(study, loaded)) == set(study.draws)


def test_where_it_fails_is_a_box_on_the_number_that_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = turning(0.0)
    use(loaded, monkeypatch)
    study = run(loaded, tmp_path, 300)
    found = conditions(study, loaded, CELL, Failure(OUTCOME, 0.0))
    assert isinstance(found.box, Box) and found.box.holds
    (bound,) = found.box.restrictions
    assert bound.factor.name == "people.obgyn.x0" and bound.low is None
    assert bound.high == pytest.approx(0.3, abs=0.03) and found.box.density > 0.95
    hidden = with_private(loaded, 0, low=500.0, value=501.0, high=502.0)
    use(hidden, monkeypatch)
    study = run(hidden, tmp_path / "private", 300)
    rows = rows_of(study, CELL, Failure(OUTCOME, 0.0), hidden)
    assert not isinstance(rows, Refusal) and [one.private for one in rows.factors] == [True, False, False]
    assert rows.factors[0].name == "private number 1" and 0.0 < rows.x[:, 0].min() < rows.x[:, 0].max() < 1.0
    again = conditions(study, hidden, CELL, Failure(OUTCOME, 0.0)).box
    assert isinstance(again, Box)  # ranks have the same order, so the box holds the same rows
    assert (again.coverage, again.density, again.mass) == (found.box.coverage, found.box.density, found.box.mass)


def test_too_few_rows_are_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = turning()
    use(loaded, monkeypatch)
    study = run(loaded, tmp_path, 30)
    for found in (*worths(study, loaded), *flips(study, loaded)):
        assert isinstance(found, Refused) and "30 design rows" in found.why
    refused = conditions(study, loaded, CELL, Failure(OUTCOME, 0.0))
    assert isinstance(refused.box, Refusal) and "30 design rows are too few" in str(refused.box)


def test_three_plans_have_the_nearest_flip_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    effects = {
        "no_partnership": lambda x: 0.0,
        "train_home": lambda x: 6.0,
        "send_abroad": lambda x: 10.0 * x[0] - 2.0 + 2.0 * x[1],
    }
    loaded: Any = Loaded(Lab([number(place) for place in range(2)], effects))
    use(loaded, monkeypatch)
    (found,) = flips(run(loaded, tmp_path, 300), loaded, runs=100)
    assert isinstance(found, Told) and found.margin.choice.recommended == "train_home"
    first = found.margin.single[0]
    assert first.rival == "send_abroad" and first.at["people.obgyn.x0"] == pytest.approx(0.7, abs=0.05)


@dataclass
class Kept:
    numbers: Any
    worst: float
    best: float
    by_pair: dict[tuple[str, str], int]
    study: StoredStudy | None = None


def test_as_json_keeps_numbers_and_drops_arrays_and_what_is_not_known() -> None:
    found = as_json(Kept(np.zeros(3), math.inf, np.float64(2.5), {("a", "b"): 1}))
    assert found == {"best": 2.5, "by_pair": {"a & b": 1}}
    assert as_json([math.nan, np.int64(3), (True, "x", None), Path("y")]) == [None, 3, [True, "x", None], "y"]
    json.dumps(found, allow_nan=False)
