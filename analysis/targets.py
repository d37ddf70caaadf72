"""Published figures beside the simulated distribution of the same figure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.compare import values_at
from sim.study.intervals import Spread, spread
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

__all__ = ["Published", "published"]

_PARTS = re.compile(r"(?:graduates_in_country|first_jobs_at_home)((?:_\d{4}_\d{4})?)", re.ASCII)
"""Measures that are a part of `graduates`, of all or of a cohort: a published `37 of 38` is compared with the ratio."""


@dataclass(frozen=True, slots=True)
class Published:
    """A published count, and what the runs of each plan give for it in one future."""

    name: str
    metric: str
    at: float
    """Calendar year of the published figure."""
    read_at: float
    """Calendar year at which the runs are read; the horizon where they have nothing at that of the figure."""
    count: float
    of: float
    role: str
    """`input` where a parameter was taken from it, `target` where the simulation has not seen it."""
    source: str
    note: str
    future: str
    """The future whose runs are read."""
    shares: dict[str, Spread]
    """The simulated share, by plan; empty where the model has no such share."""
    wholes: dict[str, Spread]
    """The simulated number of which it is a share, by plan."""


def published(study: StoredStudy) -> list[Published]:
    """Every published figure of the scenario, beside the runs of the future in which it was counted."""
    targets = study.manifest["scenario"].get("targets") or {}
    return [_one(study, name, target) for name, target in targets.items()]


def _one(study: StoredStudy, name: str, target: dict[str, Any]) -> Published:
    scenario = study.manifest["scenario"]
    shares: dict[str, Spread] = {}
    wholes: dict[str, Spread] = {}
    at = float(target["at"])
    future = target.get("future") or study.futures[0]
    for read_at in (at, float(scenario["start"]) + float(scenario["years"])):
        shares, wholes = _shares(study, target["metric"], read_at, future)
        if shares:
            break
    kept = {field: target[field] for field in ("metric", "count", "of", "role", "source", "note")}
    return Published(name, at=at, read_at=read_at, **kept, future=future, shares=shares, wholes=wholes)


def _shares(study: StoredStudy, metric: str, at: float, future: str) -> tuple[dict[str, Spread], dict[str, Spread]]:
    """The part and its whole at a date, by plan, where the model has both."""
    group, _, measure = metric.rpartition(".")
    shares: dict[str, Spread] = {}
    wholes: dict[str, Spread] = {}
    part = _PARTS.fullmatch(measure)
    if part is None or future not in study.futures:
        return shares, wholes
    whole = f"{group}.graduates{part[1]}"
    counted, total = values_at(study, metric, at, future), values_at(study, whole, at, future)
    for plan in study.plans:
        cell = CellKey(future, plan)
        if cell in counted and cell in total:
            some = total[cell] > 0
            share = np.divide(counted[cell], total[cell], out=np.full(some.shape, np.nan), where=some)
            if some.any():
                shares[plan], wholes[plan] = spread(share), spread(total[cell])
    return shares, wholes
