"""How partnerships end: shares of simulated histories by cause, how long they lasted, and what still ran later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.study.intervals import Spread, spread, wilson
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

__all__ = ["Ending", "Fate", "Part", "alike", "endings"]

Bools = NDArray[np.bool_]

CAUSES = "ended_"
"""What the metric of a cause begins with."""

NO_CAUSE = ("ended_well", "ended_badly")
"""Metrics that sum over causes."""


@dataclass(frozen=True, slots=True)
class Part:
    """So many of so many simulated histories, with Wilson's 90% interval for their share."""

    count: int
    runs: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share itself."""
        return self.count / self.runs


@dataclass(frozen=True, slots=True)
class Ending:
    """One cause."""

    label: str
    part: Part
    lasted: Spread
    """Years from the first programme's start to this end."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a partnership under one plan in one future."""

    partnership: str
    future: str
    plan: str
    running: Part
    """Histories in which it still runs at the end of the run."""
    endings: tuple[Ending, ...]
    """Causes that occur, the most frequent first."""
    ran_on: dict[str, Part]
    """By programme, whether it took people in three years after the end, of the histories that saw so far."""


def alike(fates: Sequence[Fate]) -> list[list[Fate]]:
    """Fates with the same causes and numbers, and of which the same ran on: many plans and futures end alike."""
    found: dict[tuple[object, ...], list[Fate]] = {}
    for fate in fates:
        ran = tuple((name, part) for name, part in fate.ran_on.items() if part.count)
        seen = max((part.runs for part in fate.ran_on.values()), default=0)
        key = fate.partnership, fate.running, fate.endings, ran, seen
        found.setdefault(key, []).append(fate)
    return list(found.values())


def endings(study: StoredStudy) -> list[Fate]:
    """The fate of every partnership under every plan that signs it, by future."""
    found = []
    for partnership in study.manifest["scenario"].get("partnerships", {}):
        if f"{partnership}.ended" in study.outcome_names:
            found += [_fate(study, partnership, cell) for cell in study.plan.cells]
    return [fate for fate in found if fate is not None]


def _fate(study: StoredStudy, partnership: str, cell: CellKey) -> Fate | None:
    """None where the plan never signs it."""
    complete = study.complete(cell.future)

    def values(metric: str) -> NDArray[np.float64]:
        return study.column(metric)[cell][complete]

    ended, lasted = values(f"{partnership}.ended") > 0.0, values(f"{partnership}.lasted")
    if not ended.size or not (ended.any() or lasted.any()):
        return None
    causes = []
    for name in study.outcome_names:
        group, _, metric = name.rpartition(".")
        if group == partnership and metric.startswith(CAUSES) and metric not in NO_CAUSE:
            here = values(name) > 0.0
            if here.any():
                label = study.manifest["outcomes"][name]["label"].removeprefix("ended: ")
                causes.append(Ending(label, _part(here), spread(lasted[here])))
    causes.sort(key=lambda ending: -ending.part.count)
    ran_on = {}
    for name in study.outcome_names:
        programme, _, metric = name.rpartition(".")
        if metric == "ran_on":
            seen = values(f"{programme}.observed") > 0.0
            if seen.any():
                ran_on[programme] = _part(values(name)[seen] > 0.0)
    return Fate(partnership, cell.future, cell.plan, _part(~ended), tuple(causes), ran_on)


def _part(here: Bools) -> Part:
    count = int(np.count_nonzero(here))
    return Part(count, here.size, *wilson(count, here.size))
