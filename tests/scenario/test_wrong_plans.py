"""Wrong partners, shocks and plans: each is explained at its line, with the name that was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.model.outcomes import OUTCOMES, names
from sim.scenario import LIBRARY, ScenarioError, load, problems

GHANA = "extends: ghana_obgyn.yaml\n"
BASE = GHANA + "programmes:\n  "


def action(text: str) -> str:
    return f"{GHANA}plans: {{p: {{contingency: [{{{text}}}]}}}}\n"


def shock(text: str) -> str:
    return f"{GHANA}futures: {{f: {{shocks: [{{{text}}}]}}}}\n"


def exchange(text: str) -> str:
    return f"{BASE}x: {{preset: faculty_exchange, sends: accra_school, hosts: us_partner, {text}}}\n"


RAISE = "do: raise_pay, size: 15%"
ALLOW = "do: retention_allowance, cadre: obgyn, size: 15%, at_most: 1 year"
TAKE = "do: ministry_takes_payroll, by: ministry, over: 1 year"
LEAVING = "metric: ghana.obgyn.applications_to_leave"
SECOND = "partnerships: {second: {parties: {ministry: {}, us_partner: {}}}}\n"

# name: (text of the file, line of the problem, words that one message must hold)
WRONG: dict[str, tuple[str, int, tuple[str, ...]]] = {
    "an event in other words": (action(f"when: donor leaves, {RAISE}"), 2, ("`donor leaves`", "donor gives notice")),
    "no occasion": (action(f"when: {{}}, {RAISE}"), 2, ("none of them", "`event`, `date` and `metric`")),
    "two occasions": (action(f"when: {{date: 1995-01, {LEAVING}, above: 3}}, {RAISE}"), 2, ("`date` and `metric`",)),
    "no level": (action(f"when: {{{LEAVING}}}, {RAISE}"), 2, ("neither", "either `above` or `below`")),
    "two levels": (action(f"when: {{{LEAVING}, above: 1, below: 2}}, {RAISE}"), 2, ("both",)),
    "a level that is none": (action(f"when: {{{LEAVING}, above: much}}, {RAISE}"), 2, ("`much`", "10% a year")),
    "a level beside a date": (action(f"when: {{date: 1995-01, above: 3}}, {RAISE}"), 2, ("above", "beside `date`")),
    "a time beside an event": (action(f"when: {{event: funding ends, for: 1 year}}, {RAISE}"), 2, ("beside `event`",)),
    "a programme beside a date": (
        action(f"when: {{date: 1995-01, programme: home_residency}}, {RAISE}"), 2, ("nothing like it but beside",)),
    "a date after the end": (action(f"when: {{date: 2095-01}}, {RAISE}"), 2, ("a date within the run",)),
    "a metric of something else": (
        action(f"when: {{metric: ghana.obgyn.reputation, above: 1}}, {RAISE}"), 2, ("measured of a party",)),
    "a metric of nothing": (
        action(f"when: {{metric: ghana.obgyn.aplications_to_leave, above: 1}}, {RAISE}"),
        2, ("did you mean `ghana.obgyn.applications_to_leave`?",)),
    "no action": (action("when: funding ends"), 2, ("`do`: one of",)),
    "an unknown action": (action("when: funding ends, do: rase_pay, size: 1%"), 2, ("`raise_pay`",)),
    "no size": (action("when: funding ends, do: raise_pay"), 2, ("size",)),
    "never": (action(f"when: funding ends, times: 0, {RAISE}"), 2, ("1 or more",)),
    "nobody acts": (action("when: funding ends, do: ministry_takes_payroll, over: 1 year"), 2, ("by",)),
    "an unknown party acts": (action(f"when: funding ends, by: ministri, {RAISE}"), 2, ("did you mean `ministry`?",)),
    "unknown consent": (action(f"when: funding ends, needs: [acra_school], {RAISE}"), 2, ("`accra_school`",)),
    "consent of nobody": (action(f"when: funding ends, consents: 50%, {RAISE}"), 2, ("those who are asked",)),
    "a cost for nobody": (action(f"when: funding ends, cost: $3k, {RAISE}"), 2, ("the party that pays",)),
    "a negative cost": (action(f"when: funding ends, cost: -3000, by: ministry, {RAISE}"), 2, ("paid, not received",)),
    "a payer of nothing": (
        action("when: funding ends, do: stop, programme: home_residency, paid_by: ministry"), 2, ("a `cost`",)),
    "an allowance that others pay": (
        action(f"when: funding ends, {ALLOW}, paid_by: us_partner"), 2, ("part of their pay: `ministry`",)),
    "a takeover of one of several": (action(f"when: funding ends, {TAKE}"), 2, ("one of `",)),
    "a takeover from nobody": (
        action(f"when: funding ends, {TAKE}, programme: overseas_residency"), 2, ("that a donor pays for",)),
    "a takeover in no time": (
        action("when: funding ends, do: ministry_takes_payroll, by: ministry, over: 0 months"), 2, ("over",)),
    "posts of a party without": (
        action("when: funding ends, do: fund_posts, party: us_partner, cadre: obgyn"), 2, ("a party with posts",)),
    "an unknown programme": (action("when: funding ends, do: stop, programme: residency"), 2, ("`home_residency`",)),
    "half a programme of nothing": (
        action("when: funding ends, do: scale, programme: home_residency, places: x0"), 2, ("places", "0.001")),
    "a shock without what is left": (shock("kind: pay_falls, from: 1995-01"), 2, ("pay",)),
    "pay that rises": (shock("kind: pay_falls, from: 1995-01, pay: x3"), 2, ("pay", "and 1")),
    "a crisis without an end": (shock("kind: crisis, from: 1995-01, leaving: x3"), 2, ("shocks.0.for",)),
    "a crisis of nobody": (
        shock("kind: crisis, from: 1995-01, for: 1 year, leaving: x3, country: united_states, cadre: obgyn"),
        2, ("the country of `obgyn`",)),
    "a withdrawal from nobody": (
        shock("kind: funding_withdrawn, from: 1995-01, notice: 1 year, programme: overseas_residency"),
        2, ("that a donor pays for",)),
    "a degree of another country": (
        shock("kind: degree_not_recognised, from: 1995-01, programme: overseas_residency"),
        2, ("a training programme at home",)),
    "an exchange with oneself": (
        f"{BASE}x: {{preset: faculty_exchange, sends: accra_school, hosts: accra_school, cadre: obgyn}}\n",
        3, ("another party than `sends`",)),
    "staff without posts": (exchange("cadre: medical_officer"), 3, ("for which `accra_school` has posts",)),
    "hosts without posts": (exchange("cadre: obgyn, host_cadre: obgyn"), 3, ("for which `us_partner` has posts",)),
    "staff who never ask": (exchange("cadre: obgyn, asks: 0"), 3, ("its own staff ask to go",)),
    "nobody who goes": (exchange("visitors: 0"), 3, ("or a `cadre` that goes",)),
    "help for training abroad": (
        exchange("cadre: obgyn, supports: overseas_residency"), 3, ("a training programme at home",)),
    "a partnership of one": (
        f"{GHANA}partnerships: {{obgyn_partnership: {{parties: null}}, lonely: {{parties: {{ministry: {{}}}}}}}}\n",
        2, ("two parties or more",)),
    "a programme of one of several": (GHANA + SECOND, 0, ("`obgyn_partnership` or `second`",)),
    "a goal without a level": (
        f"{GHANA}partnerships: {{obgyn_partnership: {{goals: [{{{LEAVING}, by: 2000-01}}]}}}}\n", 2, ("neither",)),
    "a goal after the end": (
        f"{GHANA}partnerships: {{obgyn_partnership: {{goals: [{{{LEAVING}, above: 1, by: 2090-01}}]}}}}\n",
        2, ("a date within the run",)),
    "a donor of two": (
        f"{GHANA}parties: {{fund: {{name: Fund, kind: donor, country: ghana}}}}\n", 0, ("the file has 2 donors",)),
    "a share for nobody": (
        f"{BASE}home_residency: {{donor: {{taken_over_by: null}}}}\n", 0, ("who takes that over", "nobody")),
    "a donor that follows itself": (
        f"{BASE}home_residency: {{donor: {{taken_over_by: donor}}}}\n", 3, ("another party than gives",)),
    "a donor that left before": (
        f"{BASE}home_residency: {{donor: {{ends: 1970-01}}}}\n", 3, ("a date within the run",)),
    "a party that pays itself": (f"{GHANA}parties: {{ministry: {{paid_by: ministry}}}}\n", 2, ("another party",)),
    "a payer that is paid": (
        f"{GHANA}parties: {{accra_school: {{paid_by: kumasi_school}}}}\n", 2, ("pays its own staff",)),
    "a name for two": (f"{GHANA}countries: {{ministry: {{name: M}}}}\n", 0, ("a name that `countries` does not have",)),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_each_is_explained(name: str, tmp_path: Path) -> None:
    text, line, words = WRONG[name]
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        load(path, metrics=OUTCOMES)
    errors = [one for one in raised.value.problems if one.severity == "error"]
    assert any(all(word in str(one) for word in words) for one in errors), [str(one) for one in errors]
    if line:
        assert ("case.yaml", line) in {(Path(one.file).name, one.line) for one in errors}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (action(f"when: crisis begins, {RAISE}"), "no future has such a shock"),
        (action(f"when: {{event: funding ends, programme: overseas_residency}}, {RAISE}"), "no donor pays"),
    ],
)
def test_an_event_that_cannot_happen_is_a_warning(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    assert [one.severity for one in problems(path, metrics=OUTCOMES) if words in str(one)] == ["warning"]


def test_every_outcome_of_a_scenario_may_be_named(tmp_path: Path) -> None:
    """What the model measures and what the checks let pass are the same names."""
    columns = [column.name for column in names(load(LIBRARY / "ghana_obgyn.yaml").scenario)]
    aims = ", ".join(f"{{metric: {name}, below: 1, in_more_than: 10% of runs}}" for name in columns)
    path = tmp_path / "case.yaml"
    path.write_text(f"{GHANA}decision: {{asked_by: ministry, must_not: [{aims}]}}\n", encoding="utf-8")
    assert [str(one) for one in problems(path, metrics=OUTCOMES) if one.severity == "error"] == []
