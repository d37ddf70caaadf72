"""Checks of money against closed forms: ruin, compound costs, discounting and interest."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from sim.engine.world import Memory
from sim.model.kinds import Kind
from sim.model.simulate import Cell
from sim.verify.harness import Bench, Finding, bend_clock, bend_number, check, compared

__all__ = ["ruined_by_steps", "ruined_with_memory"]

STEP = 0.05
"""Width of a cell in the recursion of `ruined_with_memory`, in standard deviations of a month's margin."""
FARTHEST = 6.0
"""Months beyond so many standard deviations are left out there."""


def ruined_by_steps(loss: int, months: int) -> float:
    """The chance that a walk of steps ±1 has lost so much within some months, by the reflection principle."""
    ways = [math.comb(months, down) for down in range(months + 1)]
    at_least = sum(w for down, w in enumerate(ways) if 2 * down - months >= loss)
    beyond = sum(w for down, w in enumerate(ways) if 2 * down - months > loss)
    return (at_least + beyond) / float(2**months)


def ruined_with_memory(cash: float, memory: float, months: int) -> float:
    """The chance that cash has been below 0 within some months of AR(1) margins of mean 0 and standard deviation 1.

    Backwards recursion of u(n, b, x), the chance of ruin within n months given cash b and the latest margin x, on a
    grid: u(n, b, x) is the mean of u(n - 1, b + x', x') over the next margin x', and 1 where b + x' < 0. Cash lies at
    the middle of cells, so no point of the grid is at the edge of ruin.
    """
    margins = np.arange(-FARTHEST, FARTHEST + STEP / 2, STEP)
    shifts = np.rint(margins / STEP).astype(int)
    levels = STEP * (np.arange(round((cash + 60.0) / STEP)) + 0.5)
    innovation = math.sqrt(1.0 - memory * memory)
    density = np.exp(-0.5 * ((margins[None, :] - memory * margins[:, None]) / innovation) ** 2)
    onward = density / density.sum(axis=1, keepdims=True)
    ruined = np.zeros((len(levels), len(margins)))
    for _ in range(months):
        then = np.empty_like(ruined)
        for j, shift in enumerate(shifts):
            cell = np.arange(len(levels)) + shift
            then[:, j] = np.where(cell < 0, 1.0, ruined[np.clip(cell, 0, len(levels) - 1), j])
        first, ruined = then, then @ onward.T
    stationary = np.exp(-0.5 * margins**2)
    by_level = first @ (stationary / stationary.sum())
    return float(np.interp(cash, levels, by_level))


def share_ruined(
    bench: Bench, scenario: str, bend: Callable[[Memory, Cell, float], None], expected: Callable[[int], float]
) -> list[Finding]:
    """The share of a file's hospitals that are ruined after 2 and 3 years, against theory by the number of months."""
    years = [2.0, 3.0]
    rows = []
    for worker in bench.histories(bench.cell(scenario), bend, stops=years):
        parties = worker.memory.tables["parties"]
        rows.append(parties["insolvent"][parties["earning"] == 1].mean())
    shares = np.array(rows).reshape(-1, len(years))
    return [
        compared(f"ruined within {12 * t:.0f} months", shares[:, i], expected(round(12 * t)))
        for i, t in enumerate(years)
    ]


@check("the cash of the start", 6000)
def ruin(bench: Bench) -> list[Finding]:
    """Ruin of cash that goes up or down by 1 each month: the gambler's ruin, by the reflection principle."""
    return share_ruined(bench, "ruin", bend_number("accounts", "balance"), partial(ruined_by_steps, 2))


@check("the size of monthly margins", 12000)
def ruin_memory(bench: Bench) -> list[Finding]:
    """Ruin of AR(1) margins, which has no closed form, against a numerical recursion."""
    margin_sd = bend_number("parties", "finance", "margin_sd")
    return share_ruined(bench, "ruin_memory", margin_sd, partial(ruined_with_memory, 10.0, 0.7))


@check("the stream of visitors", 25000)
def visits_cost(bench: Bench) -> list[Finding]:
    """Compound cost of Poisson visits: mean λ ∫ c(u) du and variance λ ∫ c(u)² du, c the cost of one so far."""
    rate, stay, years, journey, living = 6.0, 0.5, 10.0, 5000.0, 24000.0
    whole = journey + living * stay
    mean = rate * (whole * (years - stay) + journey * stay + living * stay**2 / 2)
    cut_off = (whole**3 - journey**3) / (3 * living)
    variance = rate * (whole**2 * (years - stay) + cut_off)
    costs = np.array(
        [w.memory.tables["programmes"]["cost"][0]
         for w in bench.histories(bench.cell("visits_cost"), bend_clock(Kind.VISITOR))]
    )  # fmt: skip
    return [
        compared("mean cost", costs, mean),
        compared("variance of the cost", (costs - mean) ** 2, variance, margin=0.04 * variance),
    ]


@check("the discount rate", 2)
def annuity(bench: Bench) -> list[Finding]:
    """Constant pay discounted month by month, and a margin that bears interest: the geometric sums."""
    months = 120
    discount, growth = 1.05 ** (-1 / 12), 1.06 ** (1 / 12)
    pay = 500 * 6000.0 / 12
    value = -pay * discount * (1 - discount**months) / (1 - discount)
    cash = 1000.0 * growth**months + 100.0 * (growth**months - 1) / (growth - 1)
    found = []
    for worker in bench.histories(bench.cell("annuity"), bend_number("accounts", "discount")):
        accounts = worker.memory.tables["accounts"]
        found.append((accounts["present_value"][0], accounts["balance"][0], accounts["balance"][1]))
    x = np.array(found)
    return [
        compared("present value of pay", x[:, 0], value, margin=1e-9 * abs(value)),
        compared("pay", x[:, 1], -pay * months, margin=1e-9 * pay * months),
        compared("cash with interest", x[:, 2], cash, margin=1e-9 * cash),
    ]
