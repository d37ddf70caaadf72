"""Money: every dollar from an account into an account, and each flow by its rule."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.fire import advance
from sim.model.simulate import ALL, Worker, build
from sim.scenario import Case
from tests.model import partnered

ONE = 1


def played(case: Case, until: float | None = None, replication: int = 0) -> Worker:
    """A worker whose world has been played to a time."""
    worker = build(case, 7).worker()
    worker.prepare(0, "central")
    years = case.scenario.years if until is None else until
    advance(worker.memory.world, np.uint64(7), 0, replication, years, ALL)
    return worker


def accounts(worker: Worker) -> Any:
    return worker.memory.tables["accounts"]


def party(worker: Worker, name: str) -> int:
    return worker.cell.blueprint.parties.index(name)


def outcome(worker: Worker, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    cell = worker.cell
    panel = np.array(worker.memory.tables["panel"]).reshape(len(cell.times), len(cell.outcomes))
    return panel[:, cell.outcomes.index(name)]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 100_000))
def test_no_event_makes_or_loses_money(seed: int) -> None:
    """After every single event the balances of all accounts add up to what they were; so do receipts and spending."""
    r = random.Random(seed)
    raw = partnered.plain(r.choice([2.0, 5.3]))
    partnered.random_money(r, raw)
    worker = build(partnered.case(raw), seed).worker()
    worker.prepare(0, "central")
    opening = accounts(worker)["balance"].copy()
    run = worker.memory.tables["run"]
    before = -1
    while run["steps"][0] != before:
        before = int(run["steps"][0])
        advance(worker.memory.world, np.uint64(seed), 0, 0, raw["years"], ONE)
        book = accounts(worker)
        size = 1.0 + float(np.abs(book["balance"]).max() + book["received"].max())
        assert abs(book["balance"].sum() - opening.sum()) < 1e-9 * size
        assert abs(book["received"].sum() - book["spent"].sum()) < 1e-9 * size
        assert abs(book["partnership_received"].sum() - book["partnership_spent"].sum()) < 1e-9 * size
        assert np.abs(opening + book["received"] - book["spent"] - book["balance"]).max() < 1e-9 * size
        assert (book["received"] >= 0.0).all() and (book["spent"] >= 0.0).all()
    assert before > 30


def test_nothing_moves_with_money_switched_off() -> None:
    raw = partnered.plain()
    raw["switches"]["money"] = False
    raw["programmes"]["home_residency"]["donor"] = partnered.donor(ends=1.0)
    worker = played(partnered.case(raw))
    assert (accounts(worker)["received"] == 0.0).all() and (accounts(worker)["spent"] == 0.0).all()
    assert (outcome(worker, "ghana.obgyn.home_residency.funded") == 1.0).all()


def test_a_budget_pays_what_it_can_and_owes_the_rest() -> None:
    """Half of what is needed: half is owed, the posts' staff know it, and arrears are paid when money comes."""
    raw = partnered.plain(2.0)
    before = played(partnered.case(raw, ()), 1 / 12)
    ministry = before.memory.tables["parties"]["payroll"][party(before, "ministry")]
    raw["parties"]["ministry"]["finance"]["budget"] = float(ministry) / 2
    worker = played(partnered.case(raw, ()), 1 / 12)
    at = party(worker, "ministry")
    row = worker.memory.tables["parties"][at]
    assert row["unpaid"] == pytest.approx(0.5) and row["arrears"] == pytest.approx(ministry / 24)
    units = worker.memory.tables["units"]
    payers = worker.memory.tables["parties"]["payer"][units["party"]]
    assert (units["unpaid"][payers == at] == row["unpaid"]).all() and (units["unpaid"][payers != at] == 0.0).all()
    worker.memory.tables["parties"]["finance"]["budget"][at] = 10 * ministry
    advance(worker.memory.world, np.uint64(7), 0, 0, 2 / 12, ALL)
    assert worker.memory.tables["parties"]["arrears"][at] == pytest.approx(0.0, abs=1e-6)
    assert worker.memory.tables["parties"]["unpaid"][at] == 0.0
    paid = worker.memory.tables["parties"]["payroll_paid"][at]
    assert paid == pytest.approx(ministry / 24 + worker.memory.tables["parties"]["payroll"][at] / 12 + ministry / 24)


def given_by(worker: Worker, *names: str) -> list[float]:
    """What parties have paid into the partnership's programmes."""
    return [float(accounts(worker)["partnership_spent"][party(worker, name)]) for name in names]


TERMS: list[dict[str, Any]] = [
    {"ends": None},
    {"ends": 3.0},
    {"ends": 3.0, "taken_over_by": "ministry", "share": 1.0},
    {"ends": 4.0, "taper": 2.0, "taken_over_by": "ministry", "share": 0.5, "delay": 0.5},
]


@pytest.mark.parametrize("terms", TERMS)
def test_a_programme_is_paid_for_once(terms: dict[str, Any]) -> None:
    """Donor, successor and payer together pay what the programme costs; the donor by its own schedule."""
    raw = partnered.plain(8.0)
    raw["work"].update(bought_out=0.0)
    raw["switches"]["endings"] = False
    raw["programmes"]["home_residency"].update(donor=partnered.donor(**terms), paid_by="us_partner")
    worker = played(partnered.case(raw, ("home_residency",)))
    donor, ministry, partner = given_by(worker, "donor", "ministry", "us_partner")
    cost = worker.memory.tables["programmes"]["cost"][worker.cell.blueprint.programmes.index("home_residency")]
    assert donor + ministry + partner == pytest.approx(cost) and cost > 0.0
    costs = outcome(worker, "ghana.obgyn.home_residency.cost")
    ends = terms["ends"]
    if ends is None:
        assert donor == pytest.approx(cost)
    elif "taper" not in terms:
        assert donor == pytest.approx(costs[int(4 * ends)])
        assert (ministry == pytest.approx(cost - donor)) if "share" in terms else (ministry == 0.0)
    else:
        assert costs[int(4 * (ends - terms["taper"]))] < donor < costs[int(4 * ends)] and ministry > 0.0


def test_what_a_donor_pays_shrinks_in_a_straight_line_and_is_taken_over() -> None:
    raw = partnered.plain(8.0)
    raw["switches"]["endings"] = False
    terms = {"ends": 4.0, "taper": 2.0, "taken_over_by": "ministry", "share": 0.5, "delay": 1.0}
    raw["programmes"]["home_residency"]["donor"] = partnered.donor(**terms)
    funded = outcome(played(partnered.case(raw)), "ghana.obgyn.home_residency.funded")
    assert funded[[4, 8, 12, 16, 20]] == pytest.approx([1.0, 1.0, 0.5, 0.25, 0.5])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.floats(0.0, 8.0), st.just(0.0) | st.floats(0.1, 5.0), st.floats(0.0, 4.0), st.floats(0.0, 1.0))
def test_a_plans_takeover_replaces_the_files(handover: float, years: float, taper: float, share: float) -> None:
    """Whatever the donor and the file say, a handover reaches all of it, and nothing is ever paid twice."""
    raw = partnered.plain(8.0)
    terms = {"ends": 4.0, "taper": taper, "taken_over_by": "us_partner", "share": share}
    raw["programmes"]["home_residency"]["donor"] = partnered.donor(**terms)
    worker = played(partnered.case(raw), 0.01)
    at = worker.cell.blueprint.programmes.index("home_residency")
    row = worker.memory.tables["programmes"][at : at + 1]
    row["handover"], row["handover_years"], row["handover_by"] = handover, years, party(worker, "ministry")
    for t in np.linspace(0.0, 13.0, 40):
        ready = 1.0 if t < 4.0 - taper else max(0.0, (4.0 - t) / taper) if taper > 0 and t < 4.0 else float(t < 4.0)
        taken = 0.0 if t < handover else min(1.0, (t - handover) / years) if years > 0 else 1.0
        given_now, taken_now = parts(worker, float(t), at)
        assert taken_now == pytest.approx(taken) and given_now == pytest.approx(min(ready, 1.0 - taken))
        assert given_now + taken_now <= 1.0 + 1e-12


def parts(worker: Worker, t: float, programme: int) -> tuple[float, float]:
    """The donor's and the successor's part, by the rules themselves, uncompiled."""
    from types import SimpleNamespace

    from sim.model import funding

    tables = worker.memory.tables
    world = SimpleNamespace(
        programmes=tables["programmes"].view(np.recarray), setting=tables["setting"].view(np.recarray)[0]
    )
    plain = {name: getattr(getattr(funding, name), "py_func", getattr(funding, name)) for name in NAMES}
    with pytest.MonkeyPatch.context() as patch:
        for name, function in plain.items():
            patch.setattr(funding, name, function)
        return plain["donor_part"](world, t, programme), plain["successor_part"](world, t, programme)


NAMES = ("ready", "handed", "donor_part", "successor", "successor_part")


def test_backfill_is_paid_back_by_the_programme() -> None:
    """The sender hires in the absent's stead, and the programme pays it back: its own loss is nothing."""
    raw = partnered.plain(6.0)
    raw["work"].update(bought_out=0.0)
    faculty = raw["programmes"]["faculty"]
    faculty.update(backfilled=1.0, paid_by="us_partner", asks=5.0, willing=1.0, travel_cost=0.0, living_cost=0.0)
    faculty.update(duty_of_care=0.0, places=5.0)
    worker = played(partnered.case(raw, ("faculty",)))
    blueprint = worker.cell.blueprint
    exchange = worker.memory.tables["exchanges"][list(blueprint.exchanges).index("faculty")]
    pay = raw["people"]["obgyn"]["pay_home"] * faculty["backfill_pay"]
    school, partner = (worker.memory.tables["stakes"]["lost"][i] for i in range(2))
    assert exchange["months"] > 1.0
    assert partner == pytest.approx(exchange["months_paid"] / 12 * pay)
    assert school == pytest.approx(0.0, abs=1e-6)


def test_margins_are_stationary_and_remember() -> None:
    """Two-point margins: half up, half down from the first month on, with the correlation in the file."""
    raw = partnered.plain(0.5)
    partner = raw["parties"]["us_partner"]["finance"]
    partner.update(
        kind="earning", revenue=1200.0, margin=0.0, margin_sd=0.01, margin_memory=0.6, margin_noise="two_point"
    )
    case = partnered.case(raw, ())
    first: list[float] = []
    second: list[float] = []
    worker = build(case, 3).worker()
    for replication in range(2000):
        worker.prepare(0, "central")
        for until, seen in ((1 / 12, first), (2 / 12, second)):
            advance(worker.memory.world, np.uint64(3), 0, replication, until, ALL)
            seen.append(float(worker.memory.tables["parties"]["noise"][party(worker, "us_partner")]))
    assert set(first) == {-1.0, 1.0}
    # Standard error 0.022 and 0.018: each fails by chance once in 10,000 seeds.
    assert abs(np.mean(first)) < 0.09 and abs(np.mean(np.multiply(first, second)) - 0.6) < 0.07


def test_days_of_cash() -> None:
    raw = partnered.plain(0.5)
    raw["parties"]["us_partner"]["finance"].update(
        kind="earning", revenue=36500.0, margin=0.0, margin_sd=0.0, cash=2999.0, covenant=30.0, debt=1e9
    )
    worker = played(partnered.case(raw, ()), 2 / 12)
    assert worker.memory.tables["parties"]["missed"][party(worker, "us_partner")] == 2
    raw["parties"]["us_partner"]["finance"]["cash"] = 3001.0
    worker = played(partnered.case(raw, ()), 2 / 12)
    assert worker.memory.tables["parties"]["missed"][party(worker, "us_partner")] == 0


def test_public_training_cost_is_lost_with_each_departure() -> None:
    worker = played(partnered.case(partnered.plain(8.0)))
    cadres = worker.memory.tables["cadres"]
    lost = float((cadres["emigrated"] * cadres["numbers"]["training_cost"]).sum())
    assert outcome(worker, "ministry.training_lost")[-1] == pytest.approx(lost) and lost > 0.0


def test_costs_of_a_cadre() -> None:
    raw = partnered.plain(8.0)
    raw["programmes"]["home_residency"]["donor"] = partnered.donor(ends=None)
    worker = played(partnered.case(raw))
    local, public = (outcome(worker, f"ghana.obgyn.{m}")[-1] for m in ("local_cost", "public_cost"))
    programme = outcome(worker, "ghana.obgyn.home_residency.cost")[-1]
    cadre = worker.memory.tables["cadres"][worker.cell.blueprint.cadres.index("obgyn")]
    assert public == pytest.approx(cadre["payroll_due"]) and local == pytest.approx(public + programme)
    visits = worker.memory.tables["programmes"]["cost"][worker.cell.blueprint.programmes.index("visiting")]
    assert outcome(worker, "ghana.obgyn.visiting_cost")[-1] == visits > 0.0
