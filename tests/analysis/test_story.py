"""What a plan did for each party: chapters, sums, endings, payroll by year, disagreement; on a terminal and a page."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from analysis import say
from analysis.account import account
from analysis.endings import alike, endings
from analysis.report import write_report
from analysis.say_accord import say_accord
from analysis.story import concerned, tell
from analysis.table import console_for, show_comparison
from analysis.years import payrolls
from sim.study.intervals import MeanInterval, Spread, wilson
from sim.study.plan import CellKey
from sim.study.results import StoredStudy
from tests.analysis.partnered import partnered
from tests.study import fake


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoredStudy:
    return partnered(monkeypatch, tmp_path)


def printed(study: StoredStudy, monkeypatch: pytest.MonkeyPatch, width: int = 100) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    file = io.StringIO()
    show_comparison(account(study), console_for(file))
    return file.getvalue()


def test_every_party_has_a_chapter_of_what_moves_and_of_what_does_not(study: StoredStudy) -> None:
    found = account(study)
    chapters = {chapter.holder: chapter for chapter in tell(study, found.tables[0], concerned(study))}
    assert list(chapters) == ["ghana.obgyn", "ministry", "school", "centre"]
    home = {line.row.definition.metric: line for line in chapters["ghana.obgyn"].lines}
    graduates = home["graduates"].row
    assert graduates.definition.name == "ghana.obgyn.all_programmes.graduates"
    assert graduates.spreads["train_home"].mean == 13.0  # of both schools
    assert [line.label for line in chapters["ghana.obgyn"].same] == ["need for care that is met"]
    school = {line.label: line for line in chapters["school"].lines}
    assert set(school) == {"work done", "months of visitors, hosted"}
    centre = chapters["centre"]
    assert [line.label for line in centre.lines] == ["months of people, sent"]  # and not the cost, whoever paid it
    assert [line.label for line in centre.unresolved] == ["present value"]
    assert chapters["ministry"].rest == ["About the same under every plan: reputation"]


def test_posts_of_cadres_that_nobody_decides_about_are_left_to_the_report(study: StoredStudy) -> None:
    table = account(study).tables[0]
    assert concerned(study) == {"obgyn"}
    narrow = {chapter.holder: chapter for chapter in tell(study, table, {"midwife"})}
    assert [line.label for line in narrow["school"].lines] == ["months of visitors, hosted"]
    assert "ghana.obgyn" in narrow  # what happens to people is told of every cadre


def test_endings_are_shares_of_runs_by_cause(study: StoredStudy) -> None:
    fates = {(fate.future, fate.plan): fate for fate in endings(study)}
    assert {plan for _, plan in fates} == {"train_home", "train_home_bonded"}  # the others never sign it
    fate = fates["baseline", "train_home"]
    assert [(one.label, one.part.count, one.lasted.median) for one in fate.endings] == [
        ("handed over", 80, 3.0), ("funder left", 20, 2.0)
    ]  # fmt: skip
    assert fate.running.count == 0
    ran = fate.ran_on["ghana.obgyn.day_school"]
    assert (ran.count, ran.runs) == (79, 99)  # of the runs that saw three years more
    assert len(alike(list(fates.values()))) == 1


def test_wilson_is_the_published_interval() -> None:
    """Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20 and 1 of 29, at 95%."""
    expected = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (count, runs), (low, high) in expected.items():
        assert wilson(count, runs, 0.95) == pytest.approx((low, high), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_year_of_payroll_is_the_growth_of_what_was_paid(study: StoredStudy) -> None:
    (found,) = payrolls(study)
    assert found.party == "ministry" and found.years == ("1989", "1990", "1991", "1992")
    home = [year.mean for year in found.spreads["baseline"]["train_home"]]
    assert home == pytest.approx([1e5 * (1 + (2 * year + 1) / 4) for year in range(4)])
    assert [year.mean for year in found.spreads["baseline"]["no_partnership"]] == pytest.approx([1e5] * 4)
    assert found.runs[CellKey("baseline", "train_home")].shape == (100, 4)


def test_a_part_of_a_year_is_called_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = payrolls(partnered(monkeypatch, tmp_path, 5, start=1989.5))
    assert found.years == ("1989-07 to 1990-01", "1990", "1991", "1992", "1993-01 to 1993-07")
    assert [year.mean for year in found.spreads["baseline"]["no_partnership"]] == pytest.approx(
        [5e4, 1e5, 1e5, 1e5, 5e4]
    )


def test_parties_that_disagree_are_said_to(study: StoredStudy) -> None:
    said = say_accord(account(study))
    assert said[0].startswith("School: ") and said[1].startswith("Ministry: train home")  # who asks comes first
    loss = [text for text in said if text.startswith("They disagree")]
    assert loss[0].startswith("They disagree: train home, which serves Ministry best, leaves School with 4 less than")
    assert "no partnership" in loss[0] and "work done" in loss[0] and "in every future" in loss[0]
    gain = "They disagree: no partnership, which serves School best, leaves Ministry with"
    assert any(text.startswith(gain) for text in loss)


def test_parties_that_agree_are_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aim: dict[str, Any] = {"metric": "ghana.obgyn.public_practice", "at": 1993.0, "better": "more", "matters": None}
    decision = fake.Entry(asked_by="ministry", aims={"ministry": aim, "centre": dict(aim)}, must_not=[], weights=None)
    said = say_accord(account(partnered(monkeypatch, tmp_path, 40, decision=decision)))
    assert said[-1] == "No party's preferred plan is a loss to another, by the aims that they stated."


def test_the_terminal_tells_the_story_in_words_and_units(study: StoredStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    text = printed(study, monkeypatch)
    assert max(map(len, text.splitlines())) <= 100 and len(text.splitlines()) < 115
    plain = " ".join(text.split())
    for words in (
        "What each plan did for each party",
        "work done, FTE 10 = ▼ 4 ▼ 4",
        "cost of training, whoever paid $0 – ▲ $100k ▲ $100k",
        "train home: a specialist-year by local staff cost $",
        "train home, train home bonded (in every future): handed over 80% (73–86%) after 3 years; "
        "funder left 20% (14–27%) after 2 years. Still running three years later: day school in 79 of 99 runs",
        "What Ministry paid its staff, by year",
        "1992 $100k",
        "Not resolved by these runs: present value (Centre)",
        "- School: no partnership or send abroad (in every future). - How sure is not defined: parameters are at",
        "With the same luck for each person, no partnership against send abroad: better in 0 runs, equal in 100,",
        "no plan is among the best for all of ",
        "How the partnership ends over time, in the future: baseline",
        "train home: 4 years after its first programme started, in 20 (",
        "of 100 simulated histories it had failed (most often: funder left), in 80 it had ended in success.",
    ):
        assert words in plain, words


def test_the_page_and_summary_hold_the_same_story(study: StoredStudy) -> None:
    page = write_report(account(study)).read_text("utf-8")
    for words in ("What each plan did for each party", "A pact of two", "Ministry paid its staff, year by year"):
        assert words in page
    assert page.count("They disagree") == 2 and "million USD a year" in page
    data = json.loads((study.path / "summary.json").read_text())
    assert {"ratios", "endings", "payroll", "answers", "disagreements", "withheld"} <= set(data)
    assert data["payroll"][0]["spreads"]["baseline"]["train_home"][0]["mean"] == pytest.approx(125_000)
    names = [row["definition"]["name"] for row in data["futures"]["baseline"]["rows"]]
    assert "ghana.obgyn.all_programmes.graduates" in names and "school.visitors_received.exchange_months" in names


def test_published_counts_that_are_private_are_kept_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "PRIVATE", {"targets.secret.count"})
    target = {"metric": "ghana.obgyn.day_school.graduates_in_country", "at": 1992.0, "count": 4321, "of": 5432,
              "role": "target", "source": "mine", "grade": "D", "note": ""}  # fmt: skip
    targets = {"secret": fake.Entry(**target), "open": fake.Entry(**{**target, "count": 77})}
    study = partnered(monkeypatch, tmp_path, 5, targets=targets)
    assert list(study.manifest["scenario"]["targets"]) == ["open"]
    page = write_report(account(study)).read_text("utf-8")
    assert "marked private in the scenario" in page and "77 of 5432" in page and "4321" not in page


@pytest.mark.parametrize(
    ("mean", "low", "high", "word", "unit", "text"),
    [
        (43.2, 38.6, 47.8, "more", "people", "▲ 43 ±5"),
        (-43.2, -47.8, -38.6, "less", "people", "▼ 43 ±5"),
        (2.6, -1.0, 6.2, "not resolved", "people", "? +3 ±4"),
        (0.1, -0.1, 0.2, "about the same", "people", "="),
        (14.6e6, 12.5e6, 16.7e6, "more", "USD", "▲ $15M ±2"),
        (0.168, 0.146, 0.192, "more", "share", "▲ 17 ±2 pts"),
        (0.041, 0.033, 0.049, "more", "from 0 to 1", "▲ 0.04 ±0.01"),
        (14_776.0, 12_413.0, 17_139.0, "more", "hours", "▲ 15k ±2"),
        (6.0, 6.0, 6.0, "more", "people", "▲ 6"),
    ],
)
def test_differences_are_as_precise_as_their_interval(
    mean: float, low: float, high: float, word: str, unit: str, text: str
) -> None:
    assert say.gain(MeanInterval(mean, low, high, 0.01, 60, 60), word, unit) == text


def test_ratios_shares_and_means_are_written_for_readers() -> None:
    assert say.ratio(1.66e-4, 1.49e-4, 1.88e-4, "person-years per USD") == "17 ±2"
    assert say.labelled("specialist-years per public dollar", "person-years per USD") == (
        "specialist-years per $100,000 of public money"
    )
    nan = float("nan")
    assert say.ratio(nan, nan, nan, "USD") == "–" and say.ratio(12_000.0, nan, nan, "USD") == "$12k (no bound)"
    assert say.share(59, *wilson(59, 60), 60) == "98% (93–100%)"
    assert say.mean_text(Spread(0.0, 130_000, 563_000, 339_000.0, 60), "USD") == "$339k (130–563)"
    assert say.difference(MeanInterval(0.092, 0.079, 0.107, 0.01, 9, 9), "share") == "+9.2 pts (+7.9 to +10.7)"
