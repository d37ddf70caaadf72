"""The verbs that read and write scenario files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from sim.scenario import LIBRARY, Loaded, ScenarioError, load, problems, verbs
from sim.scenario.interview import QUESTIONS
from sim.scenario.manual import PAGES, pages

GHANA = str(LIBRARY / "ghana_obgyn.yaml")


def test_list_names_the_library() -> None:
    answer = verbs.list_scenarios()
    assert "ghana_obgyn" in answer.text
    assert "defaults" not in [row["name"] for row in answer.data]


def test_validate_praises_and_explains(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("extends: ghana_obgyn.yaml\nyears: 0\n")
    answer = verbs.validate([GHANA, str(path)])
    assert answer.status == 2
    assert "fine" in answer.text
    assert "x.yaml:2: years: got `0`" in answer.text
    assert json.loads(json.dumps(answer.data))[-1]["field"] == "years"
    assert verbs.validate(["ghana_obgyn"]).status == 0


def test_show_fed_back_means_the_same(tmp_path: Path) -> None:
    def conversions(loaded: Loaded) -> Mapping[str, str]:
        return {"people.medical_officer.leave_country": "conditional rate 0.16 a year"}

    for origin in (False, True):
        answer = verbs.show(GHANA, origin, conversions)
        assert "conditional rate 0.16 a year" in answer.text
        assert ("defaults.yaml:" in answer.text) == origin
        path = tmp_path / "shown.yaml"
        path.write_text(answer.text, encoding="utf-8")
        assert load(path).hash == load(GHANA).hash == answer.data["hash"]


def test_show_says_what_a_planners_number_comes_to() -> None:
    text = verbs.show(GHANA).text
    assert "6 months, low: 3 months" in text
    assert "0.5 years (80%: 0.25 to 1, log-normal)" in text


def test_schema_is_json() -> None:
    assert json.loads(verbs.schema().text)["title"] == "Scenario"


def test_explain_knows_fields_outcomes_and_sources() -> None:
    assert "gamma frailty" in verbs.explain("frailty").text
    assert "default defaults.people.frailty: value 0.15" in verbs.explain("people.obgyn.frailty").text
    outcome = {"public_practice": {"definition": "people in public practice", "unit": "people"}}
    assert "in public practice" in verbs.explain("ghana.obgyn.public_practice", outcome).text
    assert "Dovlo" in verbs.explain("dovlo1999").text
    wrong = verbs.explain("frailti")
    assert (wrong.status, wrong.data["nearest"]) == (2, "frailty")


def test_new_writes_a_scenario_that_runs(tmp_path: Path) -> None:
    verbs.new("mine", folder=tmp_path)
    assert problems(tmp_path / "mine.yaml") == []
    assert load(tmp_path / "mine.yaml").plans == [
        "no_partnership",
        "send_abroad",
        "train_at_home",
        "train_at_home_bonded",
    ]
    with pytest.raises(ScenarioError, match="a file that exists"):
        verbs.new("mine", folder=tmp_path)


def test_new_from_another_changes_nothing_until_edited(tmp_path: Path) -> None:
    verbs.new("child.yaml", GHANA, tmp_path)
    text = (tmp_path / "child.yaml").read_text()
    assert load(tmp_path / "child.yaml").hash == load(GHANA).hash
    assert "extends: ghana_obgyn.yaml" in text
    (tmp_path / "edited.yaml").write_text("\n".join(line.removeprefix("# ") for line in text.splitlines()[1:4]))
    verbs.new("grandchild", str(tmp_path / "child.yaml"), tmp_path)
    assert load(tmp_path / "grandchild.yaml").hash == load(GHANA).hash


def test_new_says_why_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="can be written"):
        verbs.new("no/such/folder/x", folder=tmp_path)


@pytest.mark.parametrize("country", ["Ghana", "Côte d'Ivoire", "日本", "O: {brien}", "- x", "ministry", "🩺", "."])
def test_the_interview_makes_a_scenario_of_any_answers(country: str, tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(question: str, hint: str) -> str:
        asked.append(question)
        if "called" in question:
            return "talk"
        if "Which country" in question:
            return country
        if "expected" in question:
            return "40%"
        return "lots" if "left the country" in question else ""

    answer = verbs.interview(ask, tmp_path)
    assert [str(p) for p in problems(tmp_path / "talk.yaml")] == []
    assert country in {c.name for c in load(answer.data["file"]).scenario.countries.values()}
    assert len(asked) == len(QUESTIONS) + 2
    assert 10 <= len(QUESTIONS) <= 16


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_spreadsheet_out_and_back_changes_nothing(suffix: str, tmp_path: Path) -> None:
    table, overlay = tmp_path / f"numbers{suffix}", tmp_path / "overlay.yaml"
    verbs.sheet(GHANA, table)
    answer = verbs.apply(table, GHANA, overlay)
    assert answer.data["changed"] == []
    whole = tmp_path / "whole.yaml"
    whole.write_text("extends: ghana_obgyn.yaml\n")
    assert load(whole).hash == load(GHANA).hash


RICH = """extends: ghana_obgyn.yaml
people:
  obgyn:
    waiting_leave: {choice: [x1, x2], why: contested}
    frailty: {value: 20, low: 5, high: 70, unit: '', why: x}
futures:
  f:
    people.obgyn.rejoin: 9% a year
    shocks: [{kind: destination_recruits, from: 1998-01, for: 5 years, leaving: x3}]
plans:
  p:
    start: [home_residency]
    contingency: [{when: {date: 1995-01}, do: raise_pay, cadre: obgyn, size: 15% of pay}]
"""


def edit(table: Path, edits: dict[str, dict[str, str]]) -> None:
    if table.suffix == ".csv":
        import csv

        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row.update(edits.get(row["path"], {}))
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return
    from openpyxl import load_workbook

    book = load_workbook(table)
    page = book.worksheets[0]
    head = [cell.value for cell in page[1]]
    for cells in page.iter_rows(min_row=2):
        for key, text in edits.get(str(cells[0].value), {}).items():
            cells[head.index(key)].value = float(text) if text == "0.4" else text
    book.save(table)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_edited_rows_come_back_and_nothing_else(suffix: str, tmp_path: Path) -> None:
    path, table, overlay = tmp_path / "rich.yaml", tmp_path / f"n{suffix}", tmp_path / "overlay.yaml"
    path.write_text(RICH)
    verbs.sheet(str(path), table)
    edits = {
        "people.medical_officer.leave_country": {
            "value": "26% after 5 years",
            "low": "4 years",
            "high": "6 years",
        },
        "people.obgyn.withdrawn": {"value": "0.4", "low": "", "high": "", "why": "+ seen by us"},
        "people.obgyn.waiting_leave": {"value": "x1, x3"},
        "programmes.overseas_residency.return_home": {"value": "5 of 30"},
        "people.medical_officer.pay_growth_home": {"low": "-3% a year"},
        "futures.f.people.obgyn.rejoin": {"value": "8% a year"},
        "futures.f.shocks.0.leaving": {"value": "x4"},
        "futures.f.shocks.0.for": {"value": "6 years"},
        "plans.p.contingency.0.size": {"value": "20% of pay"},
        "years": {"value": "22"},
    }
    edit(table, edits)
    answer = verbs.apply(table, str(path), overlay)
    assert answer.data["changed"] == sorted(edits)
    whole = tmp_path / "whole.yaml"
    whole.write_text("extends: rich.yaml\noverlays: [overlay.yaml]\n")
    before, after = load(path), load(whole)
    moved = {key for key, one in after.passports.items() if one.text != before.passports[key].text}
    assert moved == set(edits) - {"people.medical_officer.pay_growth_home"}
    assert after.passports["people.obgyn.withdrawn"].value == 0.4
    assert after.passports["people.obgyn.withdrawn"].why == "+ seen by us"
    shock = after.scenario.futures["f"].shocks[0]
    assert (shock.kind, shock.begins, shock.model_dump()["lasts"]) == ("destination_recruits", 1998.0, 6.0)
    assert after.case("f", "p").scenario.people["obgyn"].rejoin == pytest.approx(0.08338, abs=1e-5)
    verbs.sheet(str(whole), table)
    assert verbs.apply(table, str(whole), tmp_path / "again.yaml").data["changed"] == []


def test_a_wrong_row_is_explained_and_nothing_is_written(tmp_path: Path) -> None:
    table, overlay = tmp_path / "n.csv", tmp_path / "overlay.yaml"
    verbs.sheet(GHANA, table)
    edit(table, {"people.obgyn.frailty": {"value": "lots"}})
    with pytest.raises(ScenarioError, match=r"n\.csv:\d+: people\.obgyn\.frailty\S* got `lots`"):
        verbs.apply(table, GHANA, overlay)
    edit(table, {"people.obgyn.frailty": {"path": "people.obgyn.fraility"}})
    with pytest.raises(ScenarioError, match=r"did you mean `people\.obgyn\.frailty`"):
        verbs.apply(table, GHANA, overlay)
    assert not overlay.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", b""), ("a.csv", b"x,y\n1,2\n"), ("a.xlsx", b"no book"), ("none.csv", None)],
)
def test_what_is_no_spreadsheet_is_explained(name: str, content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ScenarioError):
        verbs.apply(tmp_path / name, GHANA, tmp_path / "o.yaml")


def test_formulas_stay_text_in_a_spreadsheet(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = tmp_path / "x.yaml"
    path.write_text('extends: ghana_obgyn.yaml\npeople: {obgyn: {frailty: {value: 0.2, why: "=1+1"}}}\n')
    verbs.sheet(str(path), tmp_path / "n.xlsx")
    verbs.sheet(str(path), tmp_path / "n.csv")
    cells = [c for row in load_workbook(tmp_path / "n.xlsx").worksheets[0].iter_rows() for c in row]
    assert {c.data_type for c in cells if c.value == "=1+1"} <= {"s"}
    assert "'=1+1" in (tmp_path / "n.csv").read_text()


def test_the_reference_pages_are_current() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    assert written == pages(), "run `python -m sim.scenario.manual`"
