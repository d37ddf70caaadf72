"""What must not happen: in how many simulated histories it does, under every plan and in every future."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.compare import values_at
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

__all__ = ["Limit", "Odds", "limits"]


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
    values = values_at(study, name, at)
    starts = values_at(study, name, float(scenario["start"])) if level["relative"] else {}
    odds: dict[str, dict[str, Odds]] = {future: {} for future in study.futures}
    for future in study.futures:
        complete = study.complete(future)
        for plan in study.plans:
            cell = CellKey(future, plan)
            if cell not in values or (level["relative"] and cell not in starts):
                continue
            # levels at the start are known of the runs whose series is kept
            size = min(values[cell].size, starts[cell].size) if level["relative"] else values[cell].size
            kept = complete[:size]
            bound = level["value"] * (starts[cell][:size][kept] if level["relative"] else 1.0)
            found = values[cell][:size][kept]
            if not found.size:
                continue
            count = int(np.count_nonzero(found < bound if below else found > bound))
            odds[future][plan] = Odds(count, found.size, count <= limit["in_more_than"] * found.size)
    label = study.manifest["outcomes"].get(name, {}).get("label", name)
    return Limit(name, label, at, below, float(level["value"]), level["relative"], float(limit["in_more_than"]), odds)
