"""How partnerships end: each cause from a world made for it, its consequences, and which of two causes counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.tables import NONE
from sim.model.fire import advance
from sim.model.kinds import Cause
from sim.model.simulate import ALL, Worker, build
from sim.scenario.contingency import RunProgramme, When
from tests.model import partnered
from tests.model.test_money import accounts, outcome, party, played

FOREVER = 50.0


def agreement(worker: Worker) -> Any:
    return worker.memory.tables["agreements"][0]


def ended(worker: Worker) -> tuple[str | None, float]:
    """The cause and the time of the ending."""
    row = agreement(worker)
    return (None, row["ended"]) if row["cause"] == NONE else (Cause(row["cause"]).name, row["ended"])


def world(years: float = 6.0, **partnership: Any) -> partnered.Plain:
    raw = partnered.plain(years)
    raw["partnerships"]["link"].update(partnership)
    return raw


def goal(years: float, above: float, metric: str = "ghana.obgyn.home_residency.admitted") -> dict[str, Any]:
    return {"metric": metric, "above": {"value": above, "relative": False}, "by": partnered.START + years}


def test_a_partnership_without_a_reason_to_end_goes_on() -> None:
    worker = played(partnered.case(world()))
    assert ended(worker)[0] is None and agreement(worker)["running"] == 1
    assert outcome(worker, "link.lasted")[-1] == 6.0 and outcome(worker, "link.ended")[-1] == 0.0


def test_goals_met() -> None:
    """At the first report that shows all of them; programmes run on, and nobody is punished."""
    worker = played(partnered.case(world(goals=[goal(5.0, 4.0), goal(5.0, 8.0)])))
    cause, t = ended(worker)
    admitted = outcome(worker, "ghana.obgyn.home_residency.admitted")
    assert cause == "GOALS_MET" and admitted[int(4 * t)] >= 8.0 > admitted[int(4 * t) - 1]
    assert agreement(worker)["failed"] == 0 and worker.memory.tables["programmes"]["running"].sum() == 3
    # The report that ended it says so.
    assert outcome(worker, "link.ended_goals_met")[int(4 * t)] == 1.0
    assert outcome(worker, "link.ended_goals_met")[int(4 * t) - 1] == 0.0
    assert outcome(worker, "link.ended_well")[-1] == 1.0


def test_goals_missed() -> None:
    """The last one to be decided ends it, and one that was missed earlier counts."""
    worker = played(partnered.case(world(goals=[goal(2.0, 1e6), goal(4.0, 1e6)])))
    assert ended(worker) == ("TARGETS_MISSED", 4.0)
    assert agreement(worker)["failed"] == 1 and worker.memory.tables["programmes"]["running"].sum() == 0
    worker = played(partnered.case(world(goals=[goal(2.0, 1e6), goal(5.0, 8.0)])))
    admitted = outcome(worker, "ghana.obgyn.home_residency.admitted")
    assert ended(worker)[0] == "TARGETS_MISSED" and admitted[int(4 * ended(worker)[1])] >= 8.0


def test_a_goal_that_is_due_with_the_term_is_judged_first() -> None:
    worker = played(partnered.case(world(goals=[goal(4.0, 1.0, "ghana.obgyn.public_practice")], term=4.0)))
    assert ended(worker)[0] == "GOALS_MET"
    worker = played(partnered.case(world(goals=[goal(4.0, 1e6)], term=4.0)))
    assert ended(worker) == ("TARGETS_MISSED", 4.0)


def test_the_end_of_the_term_is_no_failure() -> None:
    worker = played(partnered.case(world(term=2.0)))
    cause, t = ended(worker)
    assert cause == "EXPIRED" and t == pytest.approx(2.0 + 1 / 12) and agreement(worker)["failed"] == 0
    assert outcome(worker, "link.ended_badly")[-1] == 0.0 and worker.memory.tables["programmes"]["running"].sum() == 0


def test_never_started() -> None:
    """Only where the plan means to start something: without the partnership nothing can fail."""
    late = partnered.case(world(starts_within=1.0), ())
    assert ended(played(late))[0] is None
    late.contingency.append(
        RunProgramme(do="start", when=When(date=partnered.START + 3.0), programme="home_residency", paid_by="ministry")
    )
    worker = played(late)
    assert ended(worker) == ("NEVER_STARTED", 1.0)
    assert (accounts(worker)["partnership_spent"] == 0.0).all(), "nothing is wound down, and nothing starts afterwards"


def test_faded() -> None:
    raw = world(fades_after=1.0)
    raw["programmes"]["visiting"]["visitors"] = 0.0
    worker = played(partnered.case(raw, ("visiting",)))
    assert ended(worker) == ("FADED", 1.0)


@pytest.mark.parametrize(("share", "cause"), [(0.6, "HANDED_OVER"), (0.4, "FUNDER_EXIT")])
def test_the_donors_end(share: float, cause: str) -> None:
    raw = world()
    donor = partnered.donor(ends=3.0, taken_over_by="ministry", share=share)
    raw["programmes"]["home_residency"]["donor"] = donor
    worker = played(partnered.case(raw, ("home_residency",)))
    assert ended(worker) == (cause, 3.0)
    assert worker.memory.tables["programmes"]["running"].sum() == (1 if cause == "HANDED_OVER" else 0)
    both = partnered.case(raw, ("home_residency", "visiting"))
    assert ended(played(both))[0] is None, "a programme without a donor goes on"


def test_the_account_is_exhausted() -> None:
    """It ends at the first close beyond the overdraft; what is owed falls on the parties in equal parts."""
    raw = world(overdraft=1e5, wind_down=777.0)
    worker = played(partnered.case(raw, ("visiting",)))
    cause, t = ended(worker)
    assert cause == "ACCOUNT_EXHAUSTED"
    account = outcome(worker, "link.account")
    assert account[: int(4 * t)].min() >= -1e5
    assert account[-1] == pytest.approx(0.0, abs=1e-6)
    cost = worker.memory.tables["programmes"]["cost"].sum()
    assert (worker.memory.tables["stakes"]["lost"] >= cost / 2 + 777.0 - 1e-6).all()


def test_a_party_insolvent_and_a_covenant_missed() -> None:
    for terms, cause in (({"cash": -1.0, "covenant": None}, "PARTY_INSOLVENT"), ({"covenant": 30.0}, "COVENANT")):
        raw = world()
        raw["parties"]["us_partner"]["finance"].update(
            {"kind": "earning", "revenue": 1e5, "margin": 0.0, "margin_sd": 0.0, "cash": 1.0, "debt": 0.0, **terms}
        )
        raw["programmes"]["visiting"]["visitors"] = 0.0
        worker = played(partnered.case(raw, ("visiting",)))
        # The first close sees the insolvency; the covenant has to be missed twice.
        assert ended(worker)[0] == cause
        assert ended(worker)[1] == pytest.approx(1 / 12 if cause == "PARTY_INSOLVENT" else 2 / 12)


def test_a_party_at_its_limit_leaves_as_often_as_stated() -> None:
    raw = world(3.0, leaves_at_limit=0.3)
    raw["partnerships"]["link"]["parties"]["us_partner"].update(contributes=12e3, willing_to_lose=10.5e3)
    raw["programmes"]["visiting"]["visitors"] = 0.0
    worker = build(partnered.case(raw, ("visiting",)), 3).worker()
    at = []
    for replication in range(600):
        worker.prepare(0, "central")
        advance(worker.memory.world, np.uint64(3), 0, replication, 3.0, ALL)
        at.append(ended(worker))
    first, second, third = (sum(t == pytest.approx(months / 12) for _, t in at) for months in (11, 22, 32))
    assert {cause for cause, _ in at} == {"STRATEGIC_EXIT", None}
    # Reviews at 11, 22 and 32 months. Standard error 0.019: fails by chance once in 10,000 seeds.
    assert abs(first / 600 - 0.3) < 0.075 and abs(second / 600 - 0.21) < 0.07
    assert first + second + third + sum(cause is None for cause, _ in at) == 600


def test_the_first_cause_counts() -> None:
    raw = world(term=4.0, overdraft=0.0)
    assert ended(played(partnered.case(raw)))[0] == "ACCOUNT_EXHAUSTED"
    raw["partnerships"]["link"].update(term=0.5, account=1e9)
    assert ended(played(partnered.case(raw)))[0] == "EXPIRED"


def test_three_more_years() -> None:
    """Programmes of a partnership that succeeded run on; those of one that failed do not."""
    for goals, ran_on in (([goal(2.0, 1.0, "ghana.obgyn.public_practice")], 1.0), ([goal(1.0, 1e6)], 0.0)):
        worker = played(partnered.case(world(6.0, goals=goals), ("home_residency",)))
        t = ended(worker)[1]
        observed = outcome(worker, "ghana.obgyn.home_residency.observed")
        assert observed[int(4 * (t + 3.0)) - 1] == 0.0 and observed[int(4 * (t + 3.0))] == 1.0
        assert outcome(worker, "ghana.obgyn.home_residency.ran_on")[-1] == ran_on


def test_nobody_new_after_a_failure_and_those_inside_finish() -> None:
    worker = played(partnered.case(world(8.0, goals=[goal(2.0, 1e6)]), ("home_residency",)))
    admitted = outcome(worker, "ghana.obgyn.home_residency.admitted")
    assert admitted[8] > 0.0 and (admitted[8:] == admitted[8]).all()
    assert outcome(worker, "ghana.obgyn.home_residency.residents")[8] > 0.0
    assert outcome(worker, "ghana.obgyn.home_residency.graduates")[-1] > 0.0


def test_a_failure_is_felt() -> None:
    """Morale and reputation of those who were in it, and of nobody else, are lower than without an end."""
    raw = world(4.0, goals=[goal(1.0, 1e6)])
    raw["morale"].update(failure=0.2)
    raw["standing"].update(failure=0.2, running=0.0)
    case = partnered.case(raw, ())
    failing = build(case, 3).worker()
    failing.prepare(0, "central")
    table = failing.memory.tables["agreements"]
    table["failed"], table["ended"], table["cause"] = 1, 0.0, int(Cause.FADED)
    advance(failing.memory.world, np.uint64(3), 0, 0, 1.0, ALL)
    untouched = build(case, 3).worker()
    untouched.prepare(0, "central")
    advance(untouched.memory.world, np.uint64(3), 0, 0, 1.0, ALL)
    a, b = (w.memory.tables["parties"]["reputation"] for w in (failing, untouched))
    members = [party(failing, name) for name in ("accra_school", "us_partner")]
    assert (a[members] < b[members] - 0.01).all()
    assert a[party(failing, "ministry")] == pytest.approx(b[party(failing, "ministry")], abs=1e-9)


def test_nothing_ends_with_endings_switched_off() -> None:
    raw = world(goals=[goal(1.0, 1e6)], term=2.0, overdraft=0.0, fades_after=0.1)
    raw["switches"]["endings"] = False
    worker = played(partnered.case(raw))
    assert ended(worker) == (None, np.inf)


def test_one_cause_for_every_ending() -> None:
    """Over random worlds: ended is the sum of its causes, and well, badly and expired make all of it."""
    import random

    seen = set()
    for seed in range(60):
        r = random.Random(f"endings {seed}")
        raw = partnered.plain(5.0)
        partnered.random_money(r, raw)
        worker = played(partnered.case(raw))
        last = {name: outcome(worker, f"link.{name}")[-1] for name in ("ended", "ended_well", "ended_badly")}
        causes = {cause: outcome(worker, f"link.ended_{cause.name.lower()}")[-1] for cause in Cause}
        assert sum(causes.values()) == last["ended"]
        assert last["ended_well"] + last["ended_badly"] + causes[Cause.EXPIRED] == last["ended"]
        seen |= {cause.name for cause, value in causes.items() if value}
    assert {"EXPIRED", "FADED", "ACCOUNT_EXHAUSTED", "PARTY_INSOLVENT", "STRATEGIC_EXIT"} <= seen, seen
