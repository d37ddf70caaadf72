"""What became of everybody agrees with what the outcomes count."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import sim
from sim.model.simulate import Cell, build

CADRE = "ghana.obgyn"


@pytest.fixture(scope="module")
def cell() -> Cell:
    scenario = sim.load("ghana_obgyn")
    return build(scenario.case("baseline", "train_home_bonded"), 11)


@pytest.mark.parametrize("row", range(3))
def test_people_are_where_the_outcomes_count_them(cell: Cell, row: int) -> None:
    worker, words = cell.worker(), cell.people_words
    run = worker.run(row, 0, "sampled")
    people = worker.lives()
    outcomes = dict(zip(cell.outcomes, run.values, strict=True))
    ours = people["cadre"] == words["cadre"].index(CADRE)
    status = Counter(words["status"][place] for place in people["status"][ours])
    for metric, places in (("public_practice", ("in_post",)), ("abroad", ("abroad", "settled"))):
        assert sum(status[place] for place in places) == outcomes[f"{CADRE}.{metric}"]
    assert status["waiting"] == outcomes[f"{CADRE}.waiting"]
    programme = people["programme"] == words["programme"].index("home_residency")
    assert programme.sum() == outcomes[f"{CADRE}.home_residency.graduates"]
    home = programme & np.isin(people["status"], [words["status"].index(place) for place in ("abroad", "settled")])
    gone_or_dead = programme & ~np.isnan(people["left_country"])
    assert home.sum() <= gone_or_dead.sum()


def test_nobody_is_two_people_and_the_dates_are_in_order(cell: Cell) -> None:
    worker = cell.worker()
    worker.run(5, 0, "sampled")
    people = worker.lives()
    assert len(set(people["person"].tolist())) == len(people["person"])
    with np.errstate(invalid="ignore"):
        for name in ("left_public", "left_country"):
            assert not (people[name] < people["qualified"]).any()
            assert not (people[name] > people["ended"]).any()
        assert not (people["left_country"] < people["left_public"]).any()
        assert not (people["qualified"] > 21.0).any()
    out = ~np.isnan(people["left_country"])
    assert (people["left_cause"][out & (people["origin"] == 1)] >= 0).all()


def test_people_keep_their_names_under_every_plan_and_future(cell: Cell) -> None:
    scenario = sim.load("ghana_obgyn")
    known = []
    for future, plan in (("baseline", "no_partnership"), ("nobody_takes_over", "train_home")):
        worker = build(scenario.case(future, plan), 11).worker()
        worker.run(2, 0, "sampled")
        people = worker.lives()
        known.append(set(people["person"][people["origin"] < 2].tolist()))
    worker = cell.worker()
    worker.run(2, 0, "sampled")
    people = worker.lives()
    known.append(set(people["person"][people["origin"] < 2].tolist()))
    assert known[0] == known[1] == known[2] and len(known[0]) > 100
