"""What must not happen: in how many simulated histories it does, under every plan and in every future."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.compare import values_at
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

__all__ = ["Limit", "Odds", "limits", "occurrences"]


@dataclass(frozen=True, slots=True)
class Odds:
    """So many of so many simulated histories."""

    count: int
    runs: int
    holds: bool
    """Whether that is no more than may happen."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that a plan must not risk."""

    metric: str
    label: str
    at: float
    """Calendar year at which it is judged."""
    below: bool
    """Whether being under the level is what must not happen; over it, otherwise."""
    level: float
    relative: bool
    """Whether the level is a part of the run's own value at the start."""
    in_more_than: float
    """The share of runs in which it may happen."""
    odds: dict[str, dict[str, Odds]]
    """By future and plan."""


def limits(study: StoredStudy) -> list[Limit]:
    """Every limit of the scenario's decision."""
    decision = study.manifest["scenario"]["decision"] or {}
    return [found for limit in decision.get("must_not") or [] for found in _sides(study, limit)]


def _sides(study: StoredStudy, limit: dict[str, Any]) -> list[Limit]:
    """A limit for each of the levels that it gives."""
    return [_one(study, limit, side == "below") for side in ("below", "above") if limit.get(side) is not None]


def _one(study: StoredStudy, limit: dict[str, Any], below: bool) -> Limit:
    name, at, level = limit["metric"], _judged(study, limit), limit["below" if below else "above"]
    happened = occurrences(study, limit, below)
    odds: dict[str, dict[str, Odds]] = {future: {} for future in study.futures}
    for future in study.futures:
        complete = study.complete(future)
        for plan in study.plans:
            cell = CellKey(future, plan)
            if cell not in happened:
                continue
            found = happened[cell][complete[: happened[cell].size]]
            if not found.size:
                continue
            count = int(np.count_nonzero(found == 1.0))
            odds[future][plan] = Odds(count, found.size, count <= limit["in_more_than"] * found.size)
    label = study.manifest["outcomes"].get(name, {}).get("label", name)
    return Limit(name, label, at, below, float(level["value"]), level["relative"], float(limit["in_more_than"]), odds)


def _judged(study: StoredStudy, limit: dict[str, Any]) -> float:
    """The calendar year at which a limit is judged."""
    scenario = study.manifest["scenario"]
    return float(scenario["start"]) + float(scenario["years"]) if limit.get("at") is None else float(limit["at"])


def occurrences(study: StoredStudy, limit: dict[str, Any], below: bool) -> dict[CellKey, NDArray[np.float64]]:
    """By cell whether it happened, 1 or 0 a block; NaN where the outcome is undefined.

    Levels at the start are known only of the runs whose series is kept: the first blocks.
    """
    level = limit["below" if below else "above"]
    values = values_at(study, limit["metric"], _judged(study, limit))
    relative = bool(level["relative"])
    starts = values_at(study, limit["metric"], float(study.manifest["scenario"]["start"])) if relative else {}
    happened = {}
    for cell, found in values.items():
        if relative and cell not in starts:
            continue
        size = min(found.size, starts[cell].size) if relative else found.size
        bound = level["value"] * (starts[cell][:size] if relative else np.ones(size))
        beyond = found[:size] < bound if below else found[:size] > bound
        happened[cell] = np.where(np.isfinite(found[:size]), beyond, np.nan)
    return happened
