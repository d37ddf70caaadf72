"""Checks against closed forms: each mechanism alone on the stage, from a scenario file (docs/model.md)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.kinds import Kind, Place
from sim.verify.harness import Bench, Finding, bend_clock, bend_number, check, compared

__all__: list[str] = []


def outcome(worker: Any, name: str) -> NDArray[np.float64]:
    """An outcome at every report time of the latest history."""
    cell = worker.cell
    panel = worker.memory.tables["panel"].reshape(len(cell.times), len(cell.outcomes))
    return np.array(panel[:, cell.outcomes.index(name)])


def series(bench: Bench, scenario: str, kind: Kind, *names: str) -> list[NDArray[np.float64]]:
    """Outcomes over all histories: one array a name, one row a history; the clocks of `kind` may be bent."""
    cell = bench.cell(scenario)
    rows = [[outcome(w, n) for n in names] for w in bench.histories(cell, bend_clock(kind))]
    return [np.array([row[i] for row in rows]) for i in range(len(names))]


@check("the clock of leaving for work abroad", 600)
def constant_hazard(bench: Bench) -> list[Finding]:
    """Survival under a constant hazard: exp(−λt), with λ from a published share gone."""
    (stayed,) = series(bench, "constant_hazard", Kind.WORK_ABROAD, "here.doctor.in_country")
    return [
        compared(f"share in the country after {t} years", stayed[:, 4 * t] / 500, 0.6 ** (t / 5)) for t in (2, 5, 10)
    ]


@check("the clock of leaving for work abroad", 800)
def frailty_founders(bench: Bench) -> list[Finding]:
    """Survival of founders under gamma frailty: ((1 + θ(Λ0 + Λ)) / (1 + θΛ0))^(−1/θ), each with their own tenure."""
    theta = 0.8
    rate = (0.6**-theta - 1.0) / theta / 5.0
    cell = bench.cell("frailty")
    found = []
    for worker in bench.histories(cell, bend_clock(Kind.WORK_ABROAD)):
        people = worker.memory.tables["people"]
        before = rate * -people["joined"][:500]
        row = []
        for t in (2, 5, 10):
            expected = ((1 + theta * (before + rate * t)) / (1 + theta * before)) ** (-1 / theta)
            row.append(outcome(worker, "here.doctor.in_country")[4 * t] / expected.sum())
        found.append(row)
    values = np.array(found)
    return [compared(f"survivors after {t} years, over theory", values[:, i], 1.0) for i, t in enumerate((2, 5, 10))]


@check("the clock of leaving to specialise", 2500)
def competing_risks(bench: Bench) -> list[Finding]:
    """Cumulative incidence of three competing constant hazards: λi / Λ · (1 − exp(−Λt))."""
    cell = bench.cell("competing_risks")
    shares: list[list[float]] = []
    for worker in bench.histories(cell, bend_clock(Kind.SPECIALISE), trace=True):
        log = worker.memory.tables["log"][: int(worker.memory.tables["run"]["logged"][0])]
        first = log[log["time"] <= 5.0]
        gone = set()
        count = dict.fromkeys((Kind.SPECIALISE, Kind.WORK_ABROAD, Kind.LEAVE_POST), 0)
        for kind, who in zip(first["kind"].tolist(), first["who"].tolist(), strict=True):
            if kind in count and who not in gone:
                count[Kind(kind)] += 1
                gone.add(who)
        shares.append([c / 500 for c in count.values()])
    values = np.array(shares)
    other = -math.log(0.8) / 5
    total = leaving_under_competition(0.4, 5.0, 0.4 * other)
    rates = {"to specialise": 0.4 * total, "to work": 0.6 * total, "to other work": other}
    all_of_them = sum(rates.values())
    return [
        compared(f"left {name} first, by 5 years", values[:, i], r / all_of_them * (1 - math.exp(-5 * all_of_them)))
        for i, (name, r) in enumerate(rates.items())
    ]


def leaving_under_competition(share: float, years: float, competing: float) -> float:
    """The constant hazard whose crude incidence under a competing one is a published share."""
    from scipy.optimize import brentq

    def excess(rate: float) -> float:
        both = rate + competing
        return rate / both * (1 - math.exp(-both * years)) - share

    return float(brentq(excess, 1e-9, 10.0))


@check("the clock of searches for a post", 5000)
def seat_occupancy(bench: Bench) -> list[Finding]:
    """Filled posts of a search that takes 9 months on average: φ/(λ+φ) + λ/(λ+φ) · exp(−(λ+φ)t)."""
    (posts,) = series(bench, "seat_occupancy", Kind.FILL, "here.doctor.vacant_posts")
    leave, search = -math.log(0.6) / 5, 1 / 0.75
    both = leave + search

    def vacant(t: float) -> float:
        return leave / both * (1 - math.exp(-both * t))

    return [
        compared(f"vacant share after {t} years", posts[:, int(4 * t)] / 500, vacant(t), margin=0.02 * vacant(t))
        for t in (0.5, 2, 10)
    ]


@check("the clock of return from abroad", 500)
def diaspora(bench: Bench) -> list[Finding]:
    """People abroad of a closed group: λ/(λ+β) · (1 − exp(−(λ+β)t))."""
    (abroad,) = series(bench, "diaspora", Kind.RETURN, "here.doctor.abroad")
    leave, back = -math.log(0.6) / 5, -math.log(0.92)
    both = leave + back
    return [
        compared(f"share abroad after {t} years", abroad[:, 4 * t] / 500, leave / both * (1 - math.exp(-both * t)))
        for t in (2, 5, 10)
    ]


@check("the clock of dropping out", 2000)
def training_flow(bench: Bench) -> list[Finding]:
    """A yearly intake of 40 with drop-out: residents, drop-outs and graduates of an examination that 60% pass."""
    home, out, done = series(
        bench, "training_flow", Kind.DROP_OUT, "here.specialist.home.residents", "here.specialist.home.dropped_out",
        "here.specialist.home.graduates",
    )  # fmt: skip
    rate = -math.log(0.92)
    at = 3.75
    residents = sum(40 * math.exp(-rate * (at - k)) for k in range(4))
    # Cohorts that began in years 0 to 7 have sat the first examination by year 11.75, one of them the second only.
    graduates = 0.0
    for k in range(8):
        attempts = int((11.75 - k - 4) // 0.5) + 1
        for n in range(attempts):
            graduates += 40 * math.exp(-rate * (4 + 0.5 * n)) * 0.4**n * 0.6
    return [
        compared("residents at 3.75 years", home[:, 15], residents),
        compared("dropped out by 3.75 years", out[:, 15], 160 - residents),
        compared("graduates by 11.75 years", done[:, 47], graduates),
    ]


@check("the clock of settling abroad", 4000)
def settling(bench: Bench) -> list[Finding]:
    """The share that comes home from a stay abroad is the one in the file: 10%."""
    cell = bench.cell("training_flow")
    shares = []
    for worker in bench.histories(cell, bend_clock(Kind.SETTLE)):
        done = outcome(worker, "here.specialist.away.graduates")[-1]
        shares.append(1 - outcome(worker, "here.specialist.away.not_returned")[-1] / done)
    return [compared("share that came home", shares, 0.1, margin=0.002)]


@check("the variance of frailty", 400)
def frailty_moments(bench: Bench) -> list[Finding]:
    """Frailty of newcomers has mean 1 and the variance in the file."""
    cell = bench.cell("stationary")
    means, squares = [], []
    for worker in bench.histories(cell, bend_number("cadres", "numbers", "frailty")):
        count = int(worker.memory.tables["setting"]["people"][0])
        people = worker.memory.tables["people"][:count]
        new = people["frailty"][people["joined"] > 0]
        means.append(new.mean())
        squares.append(np.mean((new - 1) ** 2))
    return [compared("mean", means, 1.0), compared("variance", squares, 0.5)]


STATIONARY = 0.01
BANDS = ((0.0, 40.0), (40.0, 50.0), (50.0, 99.0))
STATES = {"in post": Place.IN_POST, "in other work": Place.ELSEWHERE, "abroad": Place.ABROAD}


def stocks_now(worker: Any, t: float) -> dict[str, float]:
    """People by state and age, and vacant posts, at a time."""
    tables = worker.memory.tables
    people = tables["people"][: int(tables["setting"]["people"][0])]
    place = tables["groups"]["place"][people["group"]]
    age = t - people["born"]
    stocks = {"vacant posts": float((tables["seats"]["holder"] < 0).sum())}
    for name, state in STATES.items():
        for low, high in BANDS:
            inside = (place == state) & (age >= low) & (age < high)
            stocks[f"{name}, aged {low:.0f} to {high:.0f}"] = float(inside.sum())
    return stocks


@check("the clock of leaving for work abroad", 30000)
def stationary(bench: Bench) -> list[Finding]:
    """A hospital in equilibrium stays there: stocks by state and age, after 10 to 40 years within 1% of the start."""
    cell = bench.cell("stationary")
    decades = [0.0, 10.0, 20.0, 30.0, 40.0]
    rows: dict[str, list[float]] = {}
    for i, worker in enumerate(bench.histories(cell, bend_clock(Kind.WORK_ABROAD), stops=decades)):
        for name, value in stocks_now(worker, decades[i % len(decades)]).items():
            rows.setdefault(name, []).append(value)
    findings = []
    for name, values in rows.items():
        x = np.array(values).reshape(-1, len(decades))
        findings += [
            compared(f"{name}, year {t:.0f} less year 0", x[:, k] - x[:, 0], 0.0, margin=STATIONARY * x[:, 0].mean())
            for k, t in enumerate(decades)
            if k > 0
        ]
    return findings
