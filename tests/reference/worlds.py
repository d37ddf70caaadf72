"""Small random worlds: Ghana's scenario with few posts and candidates, the rest of it drawn at random."""

from __future__ import annotations

import math
import random
from functools import cache
from pathlib import Path
from typing import Any

from sim.scenario import Case, load
from sim.scenario.contingency import Action, BindGraduates, ChangePay, FreezePosts, RunProgramme, When
from sim.scenario.plans import Bond, DestinationRecruits, PostsNotFunded, Shock
from sim.scenario.scenario import Scenario
from tests.reference.exchanges import add_exchanges

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
START = 1989.0


@cache
def ghana() -> Case:
    """The shipped case that random worlds vary."""
    return load(SCENARIOS / "ghana_obgyn.yaml").case("baseline", "no_partnership")


def small_world(seed: int) -> Case:
    """A random case: the same seed gives the same world."""
    r = random.Random(f"world {seed}")
    raw = ghana().scenario.model_dump(by_alias=True)
    raw.update(futures={}, plans={}, targets={}, decision=None, seed=seed)
    raw["programmes"] = {name: one for name, one in raw["programmes"].items() if one["kind"] == "training"}
    raw["start"] = START + r.choice([0.0, 0.0, 0.37])
    raw["years"] = r.choice([3.0, 4.0, 5.3, 8.0])
    raw["stationary"] = r.random() < 0.15
    raw["switches"] = {name: r.random() > 0.12 for name in raw["switches"]}
    if r.random() < 0.4:
        del raw["parties"]["kumasi_school"]
        raw["programmes"]["home_residency"]["sites"] = ["accra_school"]
        raw["reviewed_by"] = {}
        for partnership in raw["partnerships"].values():
            partnership["parties"].pop("kumasi_school", None)
    for party in raw["parties"].values():
        for posts in party["posts"].values():
            posts.update(random_posts(r))
    for careers in raw["people"].values():
        careers.update(random_careers(r))
    raw["people"]["medical_officer"]["leave_country"] = {"gone": r.uniform(0.2, 0.9), "after": r.uniform(1.5, 5)}
    for stream in raw["streams"].values():
        stream.update(per_year=r.choice([0.0, 1.4, 3.0]), growth=r.uniform(-0.1, 0.3))
        stream["month"] = float(r.randint(1, 12))
    for programme in raw["programmes"].values():
        programme.update(random_programme(r, programme["place"] == "home"))
    add_exchanges(r, raw)
    starts = [name for name in raw["programmes"] if r.random() < 0.6]
    bond = Bond(years=r.uniform(0.1, 1.0), served=r.uniform(0.2, 1.0)) if r.random() < 0.8 else None
    end = raw["start"] + raw["years"]
    names = list(raw["programmes"])
    shocks = [random_shock(r, raw["start"], end) for _ in range(r.choice([0, 1, 2]))]
    actions = [random_action(r, raw["start"], end, names) for _ in range(r.choice([0, 1, 3]))]
    return Case("random", str(seed), Scenario.model_validate(raw), {}, starts, bond, shocks, actions)


def random_posts(r: random.Random) -> dict[str, Any]:
    established = float(r.randint(2, 7))
    return {
        "established": established,
        "funded": r.choice([None, established, established - 1.0]),
        "filled": r.choice([None, float(r.randint(0, 2)), established - 1.0]),
        "new_posts_a_year": r.choice([0.0, 0.0, 0.7]),
        "outsiders": r.random() < 0.5,
        "search": r.uniform(0.1, 1.0),
        "clearance": r.choice([0.0, r.uniform(0.05, 0.5)]),
        "weight": r.choice([0.0, 1.0, r.uniform(0.5, 4.0)]),
    }


def random_careers(r: random.Random) -> dict[str, Any]:
    return {
        "retirement_age": r.uniform(38.0, 60.0), "mortality_at_40": r.choice([0.0, 0.003, 0.05]),
        "frailty": r.choice([0.0, 0.15, 0.7]), "leave_to_specialise": r.uniform(0.1, 0.9),
        "leave_post": {"gone": r.uniform(0.02, 0.4), "after": 1.0}, "rejoin": r.uniform(0.1, 2.0),
        "return_home": r.uniform(0.05, 2.0), "preparing": r.uniform(0.05, 1.0),
        "withdrawn": r.uniform(0.0, 0.5), "waiting_leave": r.uniform(0.5, 3.0), "give_up_waiting": r.uniform(0.1, 1.0),
        "pay_growth_abroad": r.choice([0.0, 0.06, -0.04]), "degree_usable_abroad": r.choice([1.0, 0.5]),
        "unusable_degree_leaving": r.choice([0.0, 0.3]), "end_of_bond": r.choice([0.0, 1.0, 3.0]),
        "specialise_abroad": {"years": r.uniform(0.7, 3.0), "return_home": r.uniform(0.1, 0.9)},
    }  # fmt: skip


def random_programme(r: random.Random, at_home: bool) -> dict[str, Any]:
    years = r.uniform(1.0, 3.0)
    chosen = {
        "places_per_year": r.uniform(0.5, 4.0), "training_years": years, "cohorts": [1989, 1991, 1992, 2000],
        "intake_month": float(r.randint(1, 12)),
        "drop_out": r.uniform(0.02, 0.5), "exam_pass": r.uniform(0.4, 1.0), "exam_again": r.uniform(0.1, 0.6),
        "return_home": r.uniform(0.1, 0.95), "settle_grace": r.uniform(0.01, 0.3),
    }  # fmt: skip
    if at_home:
        chosen |= {
            "months_abroad": r.choice([0.0, 0.25, r.uniform(0.3, 0.9)]),
            "months_abroad_after": r.uniform(0.1, years),
            "first_job_abroad": r.choice([0.0, 2.0, 5.0]), "degree_usable_abroad": r.choice([1.0, 0.4]),
            "residents_per_supervisor": r.uniform(1.0, 4.0), "serves_at": r.choice([1.0, 10.0]),
        }  # fmt: skip
    return chosen


def random_date(r: random.Random, start: float, end: float) -> float:
    """A date of the run: a quarter's end as often as not, so that it ties with reports."""
    date = r.uniform(start, end)
    return math.floor(date * 4.0) / 4.0 if r.random() < 0.5 and date > start + 0.25 else date


def random_shock(r: random.Random, start: float, end: float) -> Shock:
    shared: dict[str, Any] = {"from": random_date(r, start, end), "for": r.uniform(0.3, 3.0)}
    if r.random() < 0.5:
        return DestinationRecruits(kind="destination_recruits", leaving=r.uniform(0.3, 4.0), **shared)
    party = r.choice([None, "ministry", "accra_school"])
    return PostsNotFunded(kind="posts_not_funded", party=party, **shared)


def random_action(r: random.Random, start: float, end: float, programmes: list[str]) -> Action:
    when = When(date=random_date(r, start, end))
    what = r.randrange(4)
    if what == 0:
        lasts = r.choice([None, r.uniform(0.3, 2.0)])
        cadre = r.choice(["medical_officer", "obgyn"])
        return ChangePay(do="raise_pay", when=when, cadre=cadre, size=r.uniform(0.05, 2.0), at_most=lasts)
    if what == 1:
        frozen = r.uniform(0.3, 2.0)
        return FreezePosts(do="freeze_posts", when=when, cadre=r.choice([None, "obgyn"]), at_most=frozen)
    if what == 2:
        return RunProgramme(do="start", when=when, programme=r.choice(programmes))
    return BindGraduates(do="bond", when=when, years=r.uniform(0.3, 2.0), served=r.uniform(0.2, 1.0))
