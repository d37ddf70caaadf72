"""Small worlds with money: `partnered.yaml`, with whatever a test changes in it."""

from __future__ import annotations

import random
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from sim.scenario import Case, load
from sim.scenario.scenario import Scenario

FILE = Path(__file__).with_suffix(".yaml")
START = 1989.0
Plain = dict[str, Any]


@cache
def written() -> Plain:
    """The file, as the loader reads it."""
    return load(FILE).case("baseline", "none").scenario.model_dump(by_alias=True)


def plain(years: float = 6.0) -> Plain:
    """The scenario as a mapping; change it and make a `case` of it."""
    return {**deepcopy(written()), "years": years}


def case(raw: Plain, starts: tuple[str, ...] = ("home_residency", "faculty", "visiting"), **more: Any) -> Case:
    """The case of a scenario under a plan that starts some programmes."""
    return Case("test", "test", Scenario.model_validate(raw), {}, list(starts), None, more.get("shocks", []), [])


def donor(**terms: Any) -> Plain:
    """A donor's terms, with a date as years since the start."""
    base: Plain = {
        "by": "donor",
        "ends": None,
        "notice": 0.5,
        "taper": 0.0,
        "taken_over_by": None,
        "share": 0.0,
        "delay": 0.0,
    }
    base.update(terms)
    if base["ends"] is not None:
        base["ends"] += START
    return base


def random_money(r: random.Random, raw: Plain) -> None:
    """Draw everything about money at random, wild values included."""
    for party in raw["parties"].values():
        party["finance"].update(
            kind=r.choice(["earning", "budgeted"]), cash=r.uniform(-1e5, 1e6), revenue=r.uniform(0.0, 1e6),
            margin=r.uniform(-0.2, 0.2), margin_sd=r.uniform(0.0, 0.3), margin_memory=r.choice([0.0, 0.7, 1.0]),
            margin_noise=r.choice(["normal", "two_point"]), interest=r.choice([0.0, 0.06]), debt=r.uniform(0.0, 1e6),
            budget=r.choice([None, 0.0, r.uniform(0.0, 3e5)]), covenant=r.choice([None, 30.0]),
        )  # fmt: skip
    for name, programme in raw["programmes"].items():
        if r.random() < 0.6:
            programme["donor"] = donor(
                ends=r.uniform(-1.0, 8.0), taper=r.choice([0.0, r.uniform(0.0, 4.0)]), share=r.random(),
                taken_over_by=r.choice([None, "ministry", "donor"]), delay=r.choice([0.0, 1.0]),
            )  # fmt: skip
        programme["paid_by"] = r.choice([None, "ministry", "us_partner"])
        programme["partnership"] = r.choice([None, "link"])
        if name != "home_residency" and "asks" in programme:
            programme.update(places=4.0, visitors=r.choice([0.0, 5.0]) if name == "visiting" else 0.0)
    link = raw["partnerships"]["link"]
    link.update(account=r.uniform(0.0, 1e5), overdraft=r.choice([0.0, 1e12]), term=r.choice([None, 3.0]),
                fades_after=r.choice([0.3, 5.0]), leaves_at_limit=r.random())  # fmt: skip
    for stake in link["parties"].values():
        stake.update(contributes=r.uniform(0.0, 1e5), willing_to_lose=r.choice([None, r.uniform(0.0, 2e5)]))
