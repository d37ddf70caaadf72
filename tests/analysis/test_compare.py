"""Comparisons of stored studies: words, tables, pages, and what names from files can't do to them."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import say
from analysis.account import account
from analysis.compare import compare, values_at
from analysis.differences import judge
from analysis.limits import limits
from analysis.replay import UnknownRunError, locate, part
from analysis.report import STANDING_NOTE, write_report
from analysis.table import console_for, show_comparison
from sim.study import cells
from sim.study.intervals import MeanInterval
from sim.study.plan import CellKey
from sim.study.results import StoredStudy
from tests.study import fake
from tests.study.stand_in import compare as run_comparison
from tests.study.stand_in import stand_in


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)


def interval(mean: float, low: float, high: float) -> MeanInterval:
    return MeanInterval(mean, low, high, 0.01, 200, 200)


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (interval(5, 4, 6), "more"),
        (interval(-5, -6, -4), "less"),
        (interval(0.5, 0.2, 0.8), "about the same"),
        (interval(0, -3, 3), "not resolved"),
        (MeanInterval(0.0, -3.0, 3.0, 1.0, 200, 0), "about the same"),
        (interval(0.9, 0.1, 1.7), "not resolved"),
    ],
)
def test_words_follow_what_matters(found: MeanInterval, word: str) -> None:
    assert judge(found, 1.0) == word


def test_plans_are_compared_in_pairs(tmp_path: Path) -> None:
    study = run_comparison(tmp_path, 100)
    found = compare(study)
    row = found.aims[0].rows["baseline"]
    values = study.column(fake.OUTCOMES[0])
    home, without = (values[CellKey("baseline", plan)] for plan in ("train_home", "no_partnership"))
    difference = row.against("train_home")
    assert difference is not None and difference.word == "more"
    assert difference.raw.mean == pytest.approx((home - without).mean())
    assert difference.controlled is difference.interval  # the fake model's luck is known
    assert difference.interval.high - difference.interval.low < difference.raw.high - difference.raw.low
    assert row.spreads["train_home"].median == pytest.approx(np.median(home))
    assert row.against("train_home_bonded", "train_home") is not None
    assert [table.future for table in found.tables] == ["baseline", "doors_open_abroad"]


def test_a_failed_run_drops_its_block_for_every_plan(tmp_path: Path) -> None:
    whole = compare(run_comparison(tmp_path / "a", 60))
    study = run_comparison(tmp_path / "b", 60, failing=(4,))
    found = compare(study)
    assert (found.tables[0].blocks, found.tables[0].dropped) == (59, 1)
    assert {spread.runs for row in found.tables[0].rows for spread in row.spreads.values()} == {59}
    assert whole.tables[0].blocks == 60


def test_an_aim_before_the_horizon_reads_the_series(tmp_path: Path) -> None:
    study = run_comparison(tmp_path, 40)
    cell = CellKey("baseline", "train_home")
    halfway = values_at(study, fake.OUTCOMES[0], 1999.5)[cell]
    assert (halfway == study.series_of([fake.OUTCOMES[0]])[fake.OUTCOMES[0]][cell][:, 42]).all()
    assert values_at(study, fake.OUTCOMES[0], 2030.0) == {}


class Lacking(fake.FakeWorker):
    """A plan whose cell lacks an outcome, and in which another is sometimes undefined."""

    def run(self, design_point: int, replication: int, parameters: str = "central") -> fake.FakeRun:
        run = super().run(design_point, replication, parameters)
        run.values, run.controls = run.values[:2], run.controls[:1]
        if design_point % 3 == 0:
            run.values[1] = np.nan
        return run


class LackingCell(fake.FakeCell):
    def worker(self, trace: bool = False) -> fake.FakeWorker:
        return Lacking(self.seed, self.effect, self.failing)


def test_plans_with_other_outcomes_are_compared_where_they_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(case: Any, seed: int, *more: Any) -> fake.FakeCell:
        whole = fake.build_cell(case, seed)
        if case.plan != "send_abroad":
            return whole
        return LackingCell(seed, whole.effect, outcomes=fake.OUTCOMES[:2], controls=fake.CONTROLS[:1])

    monkeypatch.setattr(cells, "build_cell", build)
    study = run_comparison(tmp_path, 120, parameters="sampled")
    rows = {row.definition.name: row for row in compare(study).tables[0].rows}
    assert rows[fake.OUTCOMES[2]].against("send_abroad") is None  # no difference from what is not there
    assert rows[fake.OUTCOMES[2]].against("train_home") is not None
    partly = rows[fake.OUTCOMES[1]].against("send_abroad")
    assert partly is not None and partly.raw.pairs == 80 and partly.controlled is None
    whole = rows[fake.OUTCOMES[0]].against("send_abroad")
    assert whole is not None and whole.raw.pairs == 120
    for row in rows.values():
        for found in row.differences:
            assert np.isfinite([found.interval.mean, found.interval.p, found.matters]).all()
    write_report(account(study))


def test_the_primary_outcome_is_not_one_of_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.compare.benjamini_hochberg", lambda p: [False] * len(p))
    found = compare(run_comparison(tmp_path, 60))
    words = {row.definition.name: row.against("train_home") for row in found.tables[0].rows}
    primary, other = words[fake.OUTCOMES[0]], words[fake.OUTCOMES[1]]
    assert primary is not None and primary.word == "more"
    assert other is not None and other.word == "not resolved" and other.interval.high < 0.0


def test_limits_are_counted_in_runs(tmp_path: Path) -> None:
    study = run_comparison(tmp_path, 250)
    relative, absolute = limits(study)
    cell = CellKey("baseline", "no_partnership")
    series = study.series_of([fake.OUTCOMES[0], fake.OUTCOMES[1]])
    levels = series[fake.OUTCOMES[0]][cell]
    found = relative.odds["baseline"]["no_partnership"]
    assert found.runs == 250  # of every run, the level at the start is kept because a limit asks for it
    last = study.column(fake.OUTCOMES[0])[cell]
    start = study.column(f"{fake.OUTCOMES[0]}@0")[cell]
    assert np.array_equal(start[:200], levels[:, 0])
    assert found.count == np.sum(last < 0.5 * start) > 20 and not found.holds
    assert relative.odds["baseline"]["train_home"].holds
    found = absolute.odds["baseline"]["no_partnership"]
    kept = study.column(f"{fake.OUTCOMES[1]}@11")[cell]
    assert np.array_equal(kept[:200], series[fake.OUTCOMES[1]][cell][:, 44])
    assert found.count == np.sum(kept > 20.0)


def printed(study: StoredStudy, monkeypatch: pytest.MonkeyPatch, width: int, everything: bool = False) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    file = io.StringIO()
    show_comparison(account(study), console_for(file), everything)
    return file.getvalue()


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_table_fits_a_log_and_says_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    text = printed(run_comparison(tmp_path, 60), monkeypatch, width, everything=True)
    assert max(map(len, text.splitlines())) <= width
    assert "\x1b" not in text
    plain = " ".join(text.split())
    for words in (
        "Worth: so many times the runs, with separate luck,",
        "Train abroad or at home?",
        "Spread is from luck only",
        "Ministry of Health wants more, in 2010-01",
        "80% of runs",
        "1 number marked private in the scenario: used, and not shown.",
        "90% interval for the mean",
        "about the same",
        "below 50% of its start in 2010-01: in no more than 10% of runs",
    ):
        assert words in plain
    assert fake.HOSTILE in "".join(text.split("\n")) or "[red]x[/red]" in text  # markup is text


def test_the_summary_is_json_without_nan(tmp_path: Path) -> None:
    study = run_comparison(tmp_path, 20, failing=(1,))
    write_report(account(study))
    data = json.loads((tmp_path / "summary.json").read_text(), parse_constant=pytest.fail)
    assert data["runs"] == {"planned": 160, "ok": 152, "failed": 8}
    assert set(data["futures"]) == {"baseline", "doors_open_abroad"}
    assert data["aims"]["ministry"]["rows"]["baseline"]["spreads"]["train_home"]["runs"] == 19


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_report_is_one_page_that_escapes_names_and_needs_nothing_else(tmp_path: Path) -> None:
    page = Page()
    source = write_report(account(run_comparison(tmp_path, 40))).read_text("utf-8")
    page.feed(source)
    text = " ".join(" ".join(page.text).split())
    assert STANDING_NOTE in text and fake.HOSTILE in text
    assert "Spread is from luck only" in text and "m1" in text
    names = {tag for tag, _ in page.tags}
    assert "svg" in names and not names & {"script", "link", "img", "iframe", "object"}
    links = [value for _, found in page.tags for key, value in found.items() if key in ("src", "href", "xlink:href")]
    assert all((link or "").startswith("#") for link in links)
    assert not re.search(r"@import|url\((?!#)", source)


def test_the_report_is_the_same_text_each_time(tmp_path: Path) -> None:
    study = run_comparison(tmp_path, 20)
    first = write_report(account(study)).read_text()
    assert write_report(account(StoredStudy(tmp_path))).read_text() == first


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.123, "share", "12%"),
        (0.0123, "share", "1.2%"),
        (0.0, "share", "0%"),
        (3_200_000.0, "USD", "$3.2M"),
        (-1500.0, "USD", "−$1.5k"),
        (34.0, "people", "34"),
        (2.25, "FTE", "2.2"),
        (1234.4, "person-years", "1,234"),
        (float("nan"), "people", "–"),
    ],
)
def test_numbers_are_written_for_readers(value: float, unit: str, text: str) -> None:
    assert say.number(value, unit) == text


def test_dates_and_names_are_written_for_readers() -> None:
    assert say.date(2010.0) == "2010-01" and say.date(1999.5) == "1999-07" and say.date(1989.999) == "1990-01"
    assert say.day(2010.5) == "2010-07-02"
    assert say.entity("ghana.obgyn", {"ghana": "Ghana"}) == "Ghana, obgyn"
    assert "\x1b" not in say.words("a\x1b[31m_b")


def test_two_logs_part_at_the_first_difference() -> None:
    first = [(0.5, "hire", "a", ""), (1.0, "leave", "b", ""), (2.0, "retire", "c", "")]
    second = [(0.5, "hire", "a", ""), (1.5, "leave", "b", ""), (2.0 + 1e-12, "retire", "c", "")]
    found = part(first, second)
    assert found.shared == first[:1]
    assert found.only_first == [first[1]] and found.only_second == [second[1]]
    assert part(first, first).only_first == []


def test_runs_are_found_by_id_and_by_place(tmp_path: Path) -> None:
    study = run_comparison(tmp_path, 20)
    run_id, cell, block = locate(study, "baseline/train_home/7")
    assert locate(study, run_id) == (run_id, cell, block)
    with pytest.raises(UnknownRunError, match="it isn't here"):
        locate(study, "zzz")
    with pytest.raises(UnknownRunError, match="160 runs"):
        locate(study, "")


def test_what_blocks_share_is_said_and_their_draws_sharpen_the_mean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = run_comparison(tmp_path, 200, parameters="sampled")
    plain = " ".join(printed(study, monkeypatch, 100, everything=True).split())
    assert "each block draws both once" in plain and "with separate numbers and luck," in plain
    write_report(account(study))
    data = json.loads((tmp_path / "summary.json").read_text())
    assert data["spread"] == "luck and parameters"
    found = data["aims"]["ministry"]["rows"]["baseline"]["differences"][1]
    assert found["worth"]["controlled"] > found["worth"]["paired"] > 1.0
    assert set(found) >= {"raw", "controlled", "interval", "matters", "word"}


SECTIONS = (
    "In short",
    "The answer, by the aim of whoever asks, and how sure it is",
    "best in 120 of 120 sampled sets of assumptions",
    "Who gains and who pays, against no partnership: baseline",
    "happens in so many of 100 simulated histories, from the best future to the worst",
    "How sure, and how plans hold up",
    "With the same luck for each person, train home against no partnership: better in 120 runs",
    "train home: where it is regretted most (baseline), the plan that the assumptions point to would do better by",
    "send abroad is dominated: train home or train home bonded is better",
    "Staying in public practice: baseline",
    "Kaplan–Meier, with its pointwise 90% band",
    "The same people under two plans",
    "Only the net depends on the plans alone.",
    "with separate luck,",
    "No lives are told: ",
    "Correlation",
)
"""What the page of a study with sampled numbers and stored people says, a line of every section."""


def test_the_page_has_every_section_and_begins_with_the_answer(tmp_path: Path) -> None:
    study = run_comparison(tmp_path, 120, parameters="sampled")
    page = Page()
    page.feed(write_report(account(study)).read_text("utf-8"))
    text = " ".join(" ".join(page.text).split())
    for words in SECTIONS:
        assert words in text, words
    places = [text.find(words) for words in ("In short", "What must not happen", "How sure, and how", "Every outcome")]
    assert places[0] > -1 and places == sorted(places)
    found = study.column(fake.OUTCOMES[0])
    first = limits(study)[0].odds
    shares = [100.0 * odds["no_partnership"].count / odds["no_partnership"].runs for odds in first.values()]
    assert f"{min(shares):.0f}–{max(shares):.0f} of 100" in text
    home, without = (found[CellKey("baseline", plan)] for plan in ("train_home", "no_partnership"))
    assert f"{np.corrcoef(home, without)[0, 1]:.2f}" in text


def test_the_summary_holds_the_choice_and_the_curves(tmp_path: Path) -> None:
    study = run_comparison(tmp_path, 120, parameters="sampled")
    write_report(account(study))
    data = json.loads((tmp_path / "summary.json").read_text(), parse_constant=pytest.fail)
    (first, second) = data["recommendations"]
    assert first["best"][0] == "train_home_bonded" and (first["future"], second["share"]) == ("baseline", 1.0)
    assert data["how_sure"][0]["rows"] == 120
    scope = data["robustness"][0]["scopes"][0]
    assert {"maximin", "minimax_regret"} <= {score["metric"] for score in scope["scores"]} and scope["agreement"]
    assert {(one["plan"], one["by"]) for one in data["dominated"] if one["certain"]} >= {("send_abroad", "train_home")}
    assert len(data["must_not_by_state"]) == 8 and data["stopping"] is None and data["look"]["kind"] == "fixed"
    people = data["same_people"]
    assert people["blocks"] == 120 and people["preferred"] == "train_home_bonded"
    told = {one["plan"]: one for one in people["matrices"] if one["cadre"] is None}
    net = {one["status"]: one["mean"]["mean"] for one in told["train_home"]["net"]}
    assert net["in post"] == pytest.approx(-net["abroad"]) and net["in post"] > 5.0
    groups = {(one["plan"], one["group"]["label"]) for one in data["retention"]}
    assert ("train_home", "trained at home") in groups and data["years_in_practice"]


def test_a_study_without_people_has_no_section_of_them(tmp_path: Path) -> None:
    study = run_comparison(tmp_path, 40, series=0)
    told = account(study)
    assert told.careers is None
    text = write_report(told).read_text("utf-8")
    assert "The same people under two plans" not in text and "How long people stay" not in text and "In short" in text
    assert "same_people" not in json.loads((tmp_path / "summary.json").read_text())


def test_what_auto_decided_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = run_comparison(tmp_path, 60)
    driver = {"party": "ministry", "metric": fake.OUTCOMES[0], "future": "baseline", "plan": "train_home",
              "against": "send_abroad", "matters": 1.0}  # fmt: skip
    picked = {"party": "ministry", "matters": 1.0, "survivors": ["train_home"], "chosen": "train_home", "batches": 2}
    study.manifest["stopping"] = {
        "pilot": 25, "blocks": 50, "wanted": 70, "driver": driver, "capped": "time", "looks": [50],
        "few_differ": ["a_plan against b_plan: identical in 25 blocks; at most 0.12 of blocks differ (95%)"],
        "selection_blocks": 60, "selection": [picked | {"future": future} for future in study.futures],
    }  # fmt: skip
    text = " ".join(printed(study, monkeypatch, 100).split())
    for words in (
        "Stopped by the time given at 50 blocks: train home against send abroad for Ministry of Health (baseline) "
        "would need 70.",
        "Another 10 blocks were run to select a plan, and count for nothing else.",
        "Ministry of Health: selected: train home (in every future)",
        "with probability >= 90% the chosen plan's mean primary outcome is within `matters` of the best",
        "a plan against b plan: identical in 25 blocks; at most 0.12 of blocks differ (95%)",
    ):
        assert words in text, words
    study.manifest["stopping"] |= {"selection_blocks": 0}
    found = account(study)
    assert found.look.kind == "sequence"
    page = write_report(found).read_text("utf-8")
    assert "asymptotic confidence sequence" in page and "How many blocks, and what may be claimed" in page
    assert json.loads((tmp_path / "summary.json").read_text())["stopping"]["driver"]["plan"] == "train_home"
