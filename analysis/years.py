"""What parties pay their staff, by calendar year: mean and spread over runs, under every plan and in every future."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis import say
from sim.study.intervals import Spread, spread
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

__all__ = ["Payroll", "payrolls"]

Floats = NDArray[np.float64]

PAID = "payroll_paid"
"""The running total of which a year's payroll is the growth."""


@dataclass(frozen=True, slots=True)
class Payroll:
    """What one party paid its staff in each calendar year."""

    party: str
    unit: str
    years: tuple[str, ...]
    """A year, or the months of it that were simulated."""
    middles: tuple[float, ...]
    """The middle of each, as a calendar year with its fraction."""
    spreads: dict[str, dict[str, tuple[Spread, ...]]]
    """By future and plan, one a year."""
    runs: dict[CellKey, Floats]
    """By cell, a row a run and a column a year."""


def payrolls(study: StoredStudy) -> list[Payroll]:
    """The payroll of every party that pays staff, from the runs whose series is kept."""
    found = []
    for party in study.manifest["scenario"].get("parties", {}):
        name = f"{party}.{PAID}"
        totals = study.series_of([name]).get(name) if name in study.outcome_names else None
        if totals:
            found.append(_payroll(study, party, totals))
    return found


def _payroll(study: StoredStudy, party: str, totals: dict[CellKey, Floats]) -> Payroll:
    start = float(study.manifest["scenario"]["start"])
    edges = _edges(start, start + float(study.times[-1]))
    columns = [int(np.abs(study.times - (edge - start)).argmin()) for edge in edges]
    runs: dict[CellKey, Floats] = {}
    spreads: dict[str, dict[str, tuple[Spread, ...]]] = {}
    for future in study.futures:
        complete = study.complete(future)
        for cell, rows in totals.items():
            if cell.future == future:
                kept = rows[complete[: len(rows)]]
                runs[cell] = np.diff(kept[:, columns], axis=1)
                spreads.setdefault(future, {})[cell.plan] = tuple(spread(year) for year in runs[cell].T)
    spans = list(pairwise(edges))
    return Payroll(
        party,
        "USD",
        tuple(_label(since, until) for since, until in spans),
        tuple((since + until) / 2.0 for since, until in spans),
        spreads,
        runs,
    )


def _edges(start: float, end: float) -> list[float]:
    """The start, every first of January after it, and the end."""
    inside = [float(year) for year in range(math.floor(start) + 1, math.ceil(end))]
    return [start, *(year for year in inside if start < year < end), end]


def _label(since: float, until: float) -> str:
    """`1989`, or `1989-07 to 1990-01` for a part of a year."""
    whole = since == math.floor(since) and until == since + 1.0
    return f"{since:.0f}" if whole else f"{say.date(since)} to {say.date(until)}"
