"""Chance against knowledge: how much of an outcome's variance is luck, how much the parameters.

One-way random-effects ANOVA with the design row as the effect, which needs no more than a second luck for some rows
(Y. Sun, D. W. Apley and J. Staum 2011, Efficient nested simulation for estimating the variance of a conditional
expectation, Oper. Res. 59, 998-1007; S. R. Searle 1971, Linear Models, chapter 10, for rows of unequal size). Plans and
futures are choices and assumptions, not draws: they are shown as ranges of means and never as variance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.sensitivity.estimates import Estimate, Refusal, bootstrap, percentiles
from analysis.sensitivity.gates import LEAST_ROWS, constant, few_rows, refuse_failed
from sim.study.intervals import MeanInterval, interval_of

__all__ = ["Range", "Split", "ranges", "split"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Split:
    """The variance of one plan's outcome in one future, in the outcome's unit squared."""

    chance: Estimate
    """Mean over the parameters of the variance between lucks."""
    parameters: Estimate
    """Variance over the parameters of the expected outcome; 0 where the estimate is negative."""
    share: Estimate
    """The parameters' share of both."""
    truncated: bool
    """Whether the estimate of the parameters' variance was negative and is shown as 0."""
    rows: int
    runs: int
    left_out: int
    """Failed runs, which are left out."""

    @property
    def note(self) -> str:
        """What a reader must know beside the numbers; empty when there is nothing."""
        parts = []
        if self.truncated:
            parts.append(
                "Rows differ no more than luck alone makes them differ: the parameters' variance was estimated below "
                "zero and is shown as 0."
            )
        elif self.parameters.low <= 0.0:
            parts.append("The parameters' variance cannot be told from zero.")
        if self.left_out:
            parts.append(f"{self.left_out:,} failed runs are left out.")
        return " ".join(parts)


def split(y: Floats, seed: int, failed: int = 0) -> Split | Refusal:
    """The variance split of one plan in one future.

    Args:
        y: outcomes, (design rows, replications); NaN where there was no run or it failed. Rows need not have the same
            number of runs, and most may have a single one.
        seed: the study's; it keys the bootstrap by row.
        failed: how many of the missing runs failed, which the note then says.
    """
    known = np.isfinite(y)
    rows = known.sum(axis=1) > 0
    if not rows.any():
        return refuse_failed(~known) or Refusal("There are no runs.", "Run the study first.")
    repeated = int((known.sum(axis=1) >= 2).sum())
    if repeated < LEAST_ROWS:
        return Refusal(
            f"Only {repeated} design rows were run with two lucks, so chance cannot be told from the parameters.",
            f"Run a second replication of {max(200, LEAST_ROWS)} design rows.",
        )
    refused = constant(y[known]) or few_rows(int(rows.sum()), LEAST_ROWS)
    if refused:
        return refused
    sums = _sums(y[rows], known[rows])
    value = _components(sums, np.full((1, len(sums)), 1.0 / len(sums)))[0]
    drawn = bootstrap(len(sums), lambda weights: _components(sums, weights), seed, "chance")
    chance, parameters = (percentiles(value[place], drawn[:, place]) for place in range(2))
    kept = np.maximum(0.0, drawn)
    share = percentiles(
        max(0.0, value[1]) / (max(0.0, value[1]) + value[0]), kept[:, 1] / np.maximum(kept.sum(axis=1), 1e-300)
    )
    floored = Estimate(*(max(0.0, end) for end in (parameters.value, parameters.low, parameters.high)))
    return Split(chance, floored, share, bool(value[1] < 0.0), int(rows.sum()), int(known.sum()), failed)


def _sums(y: Floats, known: NDArray[np.bool_]) -> Floats:
    """By row: runs, sum, sum² / runs, squares within the row, runs², 1."""
    y = np.where(known, y - y[known].mean(), 0.0)
    runs, total = known.sum(axis=1).astype(np.float64), y.sum(axis=1)
    within = (np.where(known, y - (total / runs)[:, None], 0.0) ** 2).sum(axis=1)
    return np.stack([runs, total, total**2 / runs, within, runs**2, np.ones_like(runs)], axis=1)


def _components(sums: Floats, weights: Floats) -> Floats:
    """Chance and parameters by resample: mean square within, and between less within over the effective size."""
    runs, total, squares, within, sizes, rows = (weights @ sums * len(sums)).T
    chance = within / np.maximum(runs - rows, 1e-300)
    between = (squares - total**2 / runs) / (rows - 1.0)
    return np.stack([chance, (between - chance) / ((runs - sizes / runs) / (rows - 1.0))], axis=1)


@dataclass(frozen=True, slots=True)
class Range:
    """How far a mean outcome goes over the plans of one future, or over the futures of one plan."""

    name: str
    lowest: tuple[str, MeanInterval]
    highest: tuple[str, MeanInterval]

    @property
    def width(self) -> float:
        """From the lowest mean to the highest, in the outcome's unit; noise makes it a little too wide."""
        return self.highest[1].mean - self.lowest[1].mean


def ranges(cells: Mapping[tuple[str, str], Floats]) -> tuple[tuple[Range, ...], tuple[Range, ...]]:
    """Ranges of means: (over futures, a plan an entry), (over plans, a future an entry).

    Args:
        cells: by (future, plan), outcomes as `split` takes them. Cells without two finished rows are left out.
    """
    means: dict[tuple[str, str], MeanInterval] = {}
    for cell, y in cells.items():
        rows = y[np.isfinite(y).any(axis=1)]
        if len(rows) >= 2:
            values = np.nanmean(rows, axis=1)
            means[cell] = interval_of(values, int(np.count_nonzero(values)))
    by_plan, by_future = (_ranged(means, own, other) for own, other in ((1, 0), (0, 1)))
    return by_plan, by_future


def _ranged(means: Mapping[tuple[str, str], MeanInterval], own: int, other: int) -> tuple[Range, ...]:
    """A range for every name in one place of the key, over the names in the other."""
    found = []
    for name in dict.fromkeys(cell[own] for cell in means):
        line = [(cell[other], mean) for cell, mean in means.items() if cell[own] == name and math.isfinite(mean.mean)]
        if line:
            found.append(Range(name, min(line, key=lambda e: e[1].mean), max(line, key=lambda e: e[1].mean)))
    return tuple(found)
