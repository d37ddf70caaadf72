"""Shocks and contingency actions: what sets them off, who agrees, what they do, and when that ends."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.model.simulate import Cell, Run, Worker, build
from sim.scenario import load

ALONE = "extends: verify/alone.yaml\n"
GHANA = "extends: ghana_obgyn.yaml\n"
ALWAYS = "{metric: here.doctor.public_practice, above: 0}"
Entry = tuple[float, str, str, str]


def cell_of(folder: Path, text: str, plan: str = "p", future: str = "baseline") -> Cell:
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return build(load(path).case(future, plan), 1)


def acting(folder: Path, actions: str, start: str = ALONE, **more: str) -> Cell:
    return cell_of(folder, f"{start}plans:\n  p: {{contingency: [{actions}]}}\n", **more)


def traced(cell: Cell, replication: int = 0) -> tuple[Worker, Run, list[Entry]]:
    worker = cell.worker(trace=True)
    run = worker.run(0, replication)
    kinds = ("policy", "consent", "notice", "funding_ends")
    return worker, run, [entry for entry in cell.event_rows(run) if entry[1] in kinds]


def times_of(entries: list[Entry], kind: str, detail: str = "") -> list[float]:
    return [round(t, 9) for t, k, _, d in entries if k == kind and (not detail or d == detail)]


def test_delay_duration_cooldown_and_limit(tmp_path: Path) -> None:
    """A condition that always holds: decided at 0, begun a month later, ended, and again after the cooldown."""
    action = f"{{when: {ALWAYS}, do: raise_pay, size: 10%, at_most: 6 months, delay: 1 months, "
    action += "cooldown: 24 months, times: 3}"
    worker, _, seen = traced(acting(tmp_path, action))
    assert times_of(seen, "policy", "begins") == pytest.approx([1 / 12, 2 + 1 / 12, 4 + 1 / 12])
    assert times_of(seen, "policy", "ends") == pytest.approx([7 / 12, 2 + 7 / 12, 4 + 7 / 12])
    assert worker.memory.tables["triggers"]["acted"][0] == 3
    assert worker.memory.tables["cadres"]["pay_raised"][0] == pytest.approx(1.0)


def test_an_action_in_force_is_not_set_off_again(tmp_path: Path) -> None:
    action = f"{{when: {ALWAYS}, do: raise_pay, size: 10%, at_most: 9 months, times: 100}}"
    _, _, seen = traced(acting(tmp_path, action))
    begun, ended = times_of(seen, "policy", "begins"), times_of(seen, "policy", "ends")
    assert begun[:3] == [0.0, 0.75, 1.5]  # it ends at 0.75, before that quarter's report
    assert ended[:2] == [0.75, 1.5]


@pytest.mark.parametrize(
    ("level", "held", "passed"),
    [
        ("below: 450", "0 months", lambda series: series < 450),
        ("below: 80% of start", "6 months", lambda series: series < 400),
        ("above: 25", "0 months", lambda series: series > 25),
    ],
)
def test_a_metric_is_seen_as_reported(tmp_path: Path, level: str, held: str, passed: Any) -> None:
    """It acts at the first report with which the level has been passed for long enough, told from the series."""
    metric = "here.doctor.abroad" if "above" in level else "here.doctor.public_practice"
    action = f"{{when: {{metric: {metric}, {level}, for: {held}}}, do: raise_pay, size: 10%}}"
    text = f"{ALONE}switches: {{leave_to_work: true}}\nplans: {{p: {{contingency: [{action}]}}}}\n"
    cell = cell_of(tmp_path, text)
    quarters = max(1, round(float(held.split()[0]) / 3))
    for replication in range(3):
        _, run, seen = traced(cell, replication)
        known = passed(run.series[:, cell.outcomes.index(metric)])
        first = next(
            i for i in range(len(known)) if known[max(0, i - quarters + 1) : i + 1].all() and i + 1 >= quarters
        )
        assert 0 < first < len(known) - 1
        assert times_of(seen, "policy") == [cell.times[first]]


def test_ten_percent_a_year_is_a_level_of_applications(tmp_path: Path) -> None:
    action = "{when: {metric: here.doctor.applications_to_leave, above: 10% a year}, do: raise_pay, size: 10%}"
    cell = acting(tmp_path, action)
    level = cell.case.contingency[0].when.above
    assert level is not None and level.value == pytest.approx(0.1) and not level.relative


def test_consent_is_asked_at_the_next_quarter_and_given_as_often_as_stated(tmp_path: Path) -> None:
    """Two parties that each agree with 60% agree together with 36%. It fails by chance once in 16,000 seeds."""
    text = (
        f"{ALONE}parties: {{other: {{name: Other, kind: agency, country: here}}}}\n"
        f"plans: {{p: {{contingency: [{{when: {ALWAYS}, do: raise_pay, size: 1%, at_most: 1 month, "
        "needs: [employer, other], consents: 60%, times: 1000}]}}\n"
    )
    cell = cell_of(tmp_path, text)
    worker = cell.worker(trace=True)
    agreed = decided = 0
    for replication in range(20):
        run = worker.run(0, replication)
        entries = [entry for entry in cell.event_rows(run) if entry[1] == "consent"]
        assert entries[0][0] == 0.25
        assert {4.0 * entry[0] % 1.0 for entry in entries} == {0.0}
        trigger = worker.memory.tables["triggers"][0]
        assert trigger["refused"] == sum(entry[3] == "refused" for entry in entries)
        assert trigger["acted"] == sum(entry[3] == "agreed" for entry in entries)
        agreed, decided = agreed + int(trigger["acted"]), decided + len(entries)
    assert abs(agreed - 0.36 * decided) < 4.0 * math.sqrt(0.36 * 0.64 * decided)
    assert decided >= 400


def test_a_date_waits_for_the_quarter_only_where_somebody_is_asked(tmp_path: Path) -> None:
    alone = "{when: {date: 2002-02}, do: raise_pay, size: 1%}"
    asked = "{when: {date: 2002-02}, do: raise_pay, size: 1%, needs: [employer], consents: 100%}"
    _, _, seen = traced(acting(tmp_path, f"{alone}, {asked}"))
    assert times_of(seen, "policy") == pytest.approx([2 + 1 / 12, 2.25])


def test_the_beginning_of_a_shock_sets_off_an_action(tmp_path: Path) -> None:
    text = (
        f"{ALONE}futures: {{f: {{shocks: [{{kind: pay_falls, from: 2003-07, for: 1 year, pay: x0.5}}]}}}}\n"
        "plans: {p: {contingency: [{when: pay_falls begins, do: raise_pay, size: 100%, "
        "at_most: 1 year, delay: 1 months}]}}\n"
    )
    _, _, seen = traced(cell_of(tmp_path, text, future="f"))
    assert [(round(12 * t, 6), who, what) for t, _, who, what in seen] == [
        (42.0, "pay_falls", "begins"),
        (43.0, "raise_pay", "begins"),
        (54.0, "pay_falls", "ends"),
        (55.0, "raise_pay", "ends"),
    ]
    assert traced(cell_of(tmp_path, text))[2] == []


@pytest.mark.parametrize(
    ("shock", "field", "value"),
    [
        ("{kind: pay_falls, from: 2001-01, pay: x0.2}", "pay_raised", 0.2),
        ("{kind: pay_falls, from: 2001-01, pay: x0.2, for: 2 years}", "pay_raised", 1.0),
        ("{kind: crisis, from: 2001-01, for: 50 years, leaving: x3}", "openness", 3.0),
        ("{kind: crisis, from: 2001-01, for: 50 years, leaving: x3, cadre: doctor, country: here}", "openness", 3.0),
        ("{kind: destination_recruits, from: 2001-01, for: 2 years, leaving: x3}", "openness", 1.0),
    ],
)
def test_shocks_move_leaving_and_their_ends_undo_them(tmp_path: Path, shock: str, field: str, value: float) -> None:
    text = f"{ALONE}switches: {{leave_to_work: true}}\nfutures: {{f: {{shocks: [{shock}]}}}}\n"
    worker, _, _ = traced(cell_of(tmp_path, text, "none", "f"))
    assert worker.memory.tables["cadres"][field][0] == pytest.approx(value)


def test_pay_in_dollars_acts_on_leaving_by_its_elasticity(tmp_path: Path) -> None:
    """Leaving for work at a fifth of the pay is 5^ε times as frequent: the clock's rate itself."""
    shock = "{kind: pay_falls, from: 2001-01, pay: x0.2}"
    text = f"{ALONE}switches: {{leave_to_work: true}}\nfutures: {{f: {{shocks: [{shock}]}}}}\n"
    rates = []
    for future in ("baseline", "f"):
        worker, _, _ = traced(cell_of(tmp_path, text, "none", future))
        rates.append(worker.memory.tables["clocks"]["rate"].copy())
    elasticity = worker.cell.case.scenario.people["doctor"].pay_elasticity
    changed = rates[1] != rates[0]
    assert changed.any()
    assert rates[1][changed] / rates[0][changed] == pytest.approx(5.0**elasticity)


def test_freezes_and_the_funding_of_posts(tmp_path: Path) -> None:
    """Frozen posts stay vacant; funded in spite of the freeze they are searched for again; new posts are added."""
    start = ALONE + "switches: {leave_post: true}\nparties: {employer: {posts: {doctor: {outsiders: true}}}}\n"
    freeze = "{when: {date: 2001-01}, do: freeze_posts, at_most: 8 years}"
    fund = "{when: {date: 2005-01}, do: fund_posts, posts: 7, at_most: 2 years}"
    for actions, rising in ((freeze, False), (f"{freeze}, {fund}", True)):
        cell = acting(tmp_path, actions, start)
        worker, run, _ = traced(cell)
        filled = run.series[:, cell.outcomes.index("here.doctor.public_practice")]
        assert filled[16] < filled[4] - 50
        assert bool(filled[26] > filled[20] + 30) is rising
        assert filled[34] < filled[28]  # the freeze holds, or bites again
        assert filled[40] > filled[36]
        assert worker.memory.tables["units"]["seats"][0] == 500 + 7 * rising
        assert worker.memory.tables["units"]["frozen"][0] == worker.memory.tables["units"]["exempt"][0] == 0


def test_a_programme_is_started_scaled_and_stopped(tmp_path: Path) -> None:
    """Training abroad has no limit but its places: 4 a year, then 8, then none."""
    actions = (
        "{when: {date: 1992-01}, do: start, programme: overseas_residency}, "
        "{when: {date: 1995-01}, do: scale, programme: overseas_residency, places: x2, at_most: 3 years}, "
        "{when: {date: 2001-01}, do: stop, programme: overseas_residency}"
    )
    cell = acting(tmp_path, actions, GHANA + "switches: {endings: false}\n")
    _, run, _ = traced(cell)
    admitted = run.series[:, cell.outcomes.index("ghana.obgyn.overseas_residency.admitted")]
    yearly = np.diff(admitted[::4])
    assert yearly.tolist() == [0, 0, 0, 4, 4, 4, 8, 8, 8, 4, 4, 4, *[0] * 9]


def test_a_degree_that_is_not_recognised_is_of_no_use_abroad(tmp_path: Path) -> None:
    text = GHANA + (
        "futures: {f: {shocks: [{kind: degree_not_recognised, from: 1990-01, programme: home_residency}]},\n"
        "  g: {shocks: [{kind: degree_not_recognised, from: 1990-01, programme: home_residency, intake: off}]}}\n"
    )
    for future, intake in (("baseline", True), ("f", True), ("g", False)):
        worker, run, _ = traced(cell_of(tmp_path, text, "train_home", future))
        people = worker.memory.tables["people"]
        graduates = people["usable"][people["trained"] == list(worker.cell.blueprint.trainings).index("home_residency")]
        assert graduates.any() == (future == "baseline")
        admitted = run.series[:, worker.cell.outcomes.index("ghana.obgyn.home_residency.admitted")]
        assert bool(admitted[-1] > admitted[8]) is intake


TAKEOVER = (
    "{when: {event: donor gives notice, programme: home_residency}, do: ministry_takes_payroll, by: ministry, "
    "programme: home_residency, over: 24 months, needs: [accra_school], consents: 100%}"
)


def test_a_takeover_replaces_the_one_that_the_file_has(tmp_path: Path) -> None:
    """Notice in 1998-01 is agreed to a quarter later; two years on the ministry pays all, whatever the file's share."""
    text = GHANA + (
        "futures: {f: {programmes.home_residency.donor.share: 0%}}\n"
        f"plans: {{p: {{start: [home_residency], contingency: [{TAKEOVER}]}}}}\n"
    )
    worker, run, seen = traced(cell_of(tmp_path, text, "p", "f"))
    times = [(t, k) for t, k, who, _ in seen if t > 0.0 and who.endswith(("home_residency", "payroll"))]
    assert times == [(9.0, "notice"), (9.25, "consent"), (9.25, "policy"), (11.0, "funding_ends")]
    programme = worker.memory.tables["programmes"][list(worker.cell.case.scenario.programmes).index("home_residency")]
    assert (programme["handover"], programme["handover_years"]) == (9.25, 2.0)
    assert worker.cell.blueprint.parties[programme["handover_by"]] == "ministry"
    column = worker.cell.outcomes.index("ghana.obgyn.home_residency.funded")
    assert run.series[-1, column] == 1.0
    _, without, _ = traced(cell_of(tmp_path, text, "train_home", "f"))
    assert without.series[-1, column] == 0.0


def test_a_donor_that_withdraws_gives_notice_first(tmp_path: Path) -> None:
    shock = "{kind: funding_withdrawn, from: 1993-01, notice: 12 months, programme: home_residency}"
    text = f"{GHANA}futures: {{f: {{shocks: [{shock}]}}}}\n"
    _, _, seen = traced(cell_of(tmp_path, text, "train_home", "f"))
    times = [(t, k) for t, k, who, _ in seen if who == "home_residency"]
    assert times == [(4.0, "notice"), (5.0, "funding_ends")]


def test_a_cost_is_paid_once_when_the_action_begins(tmp_path: Path) -> None:
    start = ALONE + "switches: {money: true}\n"
    action = "{when: {date: 2001-01}, do: raise_pay, size: 0%, by: employer, cost: $1M}"
    balances = []
    for actions in (action, action.replace("$1M", "$0")):
        worker, _, _ = traced(acting(tmp_path, actions, start))
        balances.append(float(worker.memory.tables["accounts"]["balance"][0]))
        assert worker.memory.tables["accounts"]["balance"].sum() == pytest.approx(0.0, abs=1e-3)
    assert balances[1] - balances[0] == pytest.approx(1e6)


EVERYTHING = """
futures:
  f:
    shocks:
      - {kind: destination_recruits, from: 1990-04, for: 5 years, leaving: x2}
      - {kind: crisis, from: 1991-04, for: 4 years, leaving: x3}
      - {kind: pay_falls, from: 1992-04, for: 3 years, pay: x0.3}
      - {kind: posts_not_funded, from: 1993-04, for: 2 years}
      - {kind: funding_withdrawn, from: 1994-04, notice: 7 months}
      - {kind: degree_not_recognised, from: 1995-04, programme: home_residency}
plans:
  p:
    contingency:
      - {when: {metric: ghana.obgyn.abroad, above: 3, for: 9 months}, do: retention_allowance, size: 15% of pay,
         at_most: 3 years, delay: 2 months, cooldown: 5 months, needs: [ministry], consents: 55%}
      - {when: {date: 1996-04}, do: scale, programme: home_residency, places: x1.7, at_most: 6 years}
      - {when: donor gives notice, do: bond, years: 4, served: 66%, by: ministry, cost: $30k}
      - {when: funding ends, do: ministry_takes_payroll, by: ministry, programme: home_residency, over: 30 months}
      - {when: crisis begins, do: fund_posts, at_most: 4 years}
      - {when: partnership ends, do: freeze_posts, at_most: 1 year}
"""


def test_every_number_of_a_shock_or_an_action_has_its_place(tmp_path: Path) -> None:
    """Whatever address a number has, a study can write there what the file's own value came to."""
    cell = cell_of(tmp_path, GHANA + EVERYTHING, "p", "f")
    memory = cell.worker().memory
    addresses = [a for a in cell.case.passports if a.startswith(("shocks.", "contingency."))]
    assert len(addresses) == 29
    for address in addresses:
        (record, name), convert = cell.blueprint.place(memory, address)
        assert record[name][0] == pytest.approx(convert(cell.case.passports[address].value)), address


def test_an_uncertain_number_of_an_action_is_a_factor(tmp_path: Path) -> None:
    action = "{when: {date: 2001-01}, do: raise_pay, size: {value: 20% of pay, low: 10%, high: 40%}}"
    cell = acting(tmp_path, action)
    assert [one.address for one in cell.case.factors if one.address.startswith("contingency")] == ["contingency.0.size"]
    worker = cell.worker()
    drawn = worker.run(3, 0, "sampled").factors["contingency.0.size"]
    assert drawn != 0.2
    assert worker.memory.tables["cadres"]["pay_raised"][0] == pytest.approx(1.0 + drawn)


def test_a_case_is_told_apart_by_what_its_actions_say(tmp_path: Path) -> None:
    one = "{when: {date: 2001-01}, do: raise_pay, size: 20%, consents: 50%, needs: [employer]}"
    hashes = {
        acting(tmp_path, text).case.hash
        for text in (one, one.replace("20%", "21%"), one.replace("2001-01", "2001-02"), one.replace("50%", "51%"))
    }
    assert len(hashes) == 4
