"""What must not happen: in how many simulated histories it does, under every plan and in every future."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.compare import values_at
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

__all__ = ["Limit", "Odds", "limits", "violations"]

Floats = NDArray[np.float64]


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
    scenario, name = study.manifest["scenario"], limit["metric"]
    horizon = float(scenario["start"]) + float(scenario["years"])
    at = horizon if limit.get("at") is None else float(limit["at"])
    level = limit["below" if below else "above"]
    label = study.manifest["outcomes"].get(name, {}).get("label", name)
    odds: dict[str, dict[str, Odds]] = {future: {} for future in study.futures}
    found = Limit(name, label, at, below, float(level["value"]), level["relative"], float(limit["in_more_than"]), odds)
    for cell, happened in violations(study, found).items():
        known = happened[np.isfinite(happened)]
        if known.size:
            count = int(known.sum())
            odds[cell.future][cell.plan] = Odds(count, known.size, count <= found.in_more_than * known.size)
    return found


def violations(study: StoredStudy, limit: Limit) -> dict[CellKey, Floats]:
    """By cell, 1 in blocks in which what must not happen does, 0 in others, NaN in blocks that don't count.

    Levels at the start are known of the runs whose series is kept: only so many blocks are judged then.
    """
    values = values_at(study, limit.metric, limit.at)
    starts = values_at(study, limit.metric, float(study.manifest["scenario"]["start"])) if limit.relative else {}
    found = {}
    for cell, column in values.items():
        if limit.relative and cell not in starts:
            continue
        size = min(column.size, starts[cell].size) if limit.relative else column.size
        bound = limit.level * (starts[cell][:size] if limit.relative else np.ones(size))
        happened = column[:size] < bound if limit.below else column[:size] > bound
        found[cell] = np.where(study.complete(cell.future)[:size], happened.astype(float), np.nan)
    return found
