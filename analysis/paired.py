"""What a stored study says of its decision's aims: differences to stop by, plans to select from, and precision."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from analysis.compare import Aim, aims_of, values_at
from analysis.limits import limits, violations
from sim.study.plan import CellKey
from sim.study.planner import Outcome
from sim.study.results import StoredStudy
from sim.study.selection import Selection, select

__all__ = ["Choice", "Pair", "choices", "paired", "to_resolve", "widest"]

Floats = NDArray[np.float64]

FAILED = ".ended_badly"
"""The end of the name of an outcome that is 1 where a partnership ended in failure."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two plans that a party compares in one future."""

    party: str
    metric: str
    future: str
    plan: str
    against: str
    matters: float
    """The smallest difference that counts, in the outcome's unit."""

    def __str__(self) -> str:
        return f"{self.plan} against {self.against} in {self.future}, for {self.party}"


@dataclass(frozen=True, slots=True)
class Choice:
    """The selection of a plan for one party in one future."""

    party: str
    future: str
    matters: float
    """The indifference zone: the smallest difference that counts between any two plans, in the outcome's unit."""
    survivors: tuple[str, ...]
    """Plans that may still be the best."""
    chosen: str | None
    """The plan selected; None while the procedure has not ended."""
    selection: Selection


def paired(study: StoredStudy) -> tuple[list[Pair], Floats]:
    """Every pair of plans of every aim and future, and their differences: a row a block, a column a pair.

    NaN where the outcome is undefined under either plan, or a run of the block failed under any.
    """
    pairs: list[Pair] = []
    columns: list[Floats] = []
    for aim in aims_of(study):
        values = values_at(study, aim.definition.name, aim.at)
        for future, row in aim.rows.items():
            complete = study.complete(future)
            for found in row.differences:
                one, other = (values[CellKey(future, plan)] for plan in (found.plan, found.against))
                metric = aim.definition.name
                pairs.append(Pair(aim.party, metric, future, found.plan, found.against, found.matters))
                columns.append(np.where(complete[: one.size], one - other, np.nan))
    return pairs, np.column_stack(columns) if columns else np.empty((0, 0))


def widest(pairs: list[Pair], differences: Floats) -> Floats:
    """The largest difference seen in any block between two plans of the same aim and future, by column."""
    sizes = np.max(np.abs(np.nan_to_num(differences)), axis=0, initial=0.0)
    largest: dict[tuple[str, str], float] = {}
    for pair, size in zip(pairs, sizes, strict=True):
        key = pair.party, pair.future
        largest[key] = max(largest.get(key, 0.0), float(size))
    return np.array([largest[pair.party, pair.future] for pair in pairs])


def choices(study: StoredStudy) -> list[Choice]:
    """The selection of a plan by future and party, on all stored blocks in which every plan's outcome is defined.

    Without a difference that matters (two plans with a mean of 0, say) there is nothing to select by.
    """
    return [found for aim in aims_of(study) for future in aim.rows if (found := _choice(study, aim, future))]


def _choice(study: StoredStudy, aim: Aim, future: str) -> Choice | None:
    row = aim.rows[future]
    matters = min((found.matters for found in row.differences), default=0.0)
    if not matters > 0.0:
        return None
    values, plans = values_at(study, aim.definition.name, aim.at), list(row.spreads)
    table = np.column_stack([values[CellKey(future, plan)] for plan in plans])
    kept = study.complete(future)[: len(table)] & np.isfinite(table).all(axis=1)
    found = select(table[kept], matters, aim.definition.better == "more")
    survivors = tuple(plans[place] for place in found.survivors)
    return Choice(aim.party, future, matters, survivors, None if found.chosen is None else plans[found.chosen], found)


def to_resolve(study: StoredStudy) -> list[Outcome]:
    """What a decision hangs on, with the largest standard deviation of a pair of plans in any future.

    The aims, what must not happen, and the failure of partnerships.
    """
    found: dict[str, Outcome] = {}

    def add(label: str, group: str, unit: str, values: dict[CellKey, Floats]) -> None:
        label = f"{label} ({group})" if label in found else label
        found[label] = Outcome(label, unit, _deviation(study, values))

    for aim in aims_of(study):
        definition = aim.definition
        add(definition.label, definition.group, definition.unit, values_at(study, definition.name, aim.at))
    for name in study.outcome_names:
        if name.endswith(FAILED):
            add("failure probability", name.removesuffix(FAILED), "share", study.column(name))
    for limit in limits(study):
        label = f'the chance of "{limit.label}" {"under" if limit.below else "over"} its limit'
        add(label, limit.metric, "share", violations(study, limit))
    return list(found.values())


def _deviation(study: StoredStudy, values: dict[CellKey, Floats]) -> float:
    """The largest standard deviation of the paired differences of an outcome."""
    largest = 0.0
    for future in study.futures:
        complete = study.complete(future)
        columns = [values[cell] for cell in study.plan.cells if cell.future == future and cell in values]
        for one, other in combinations(columns, 2):
            difference = (one - other)[complete[: one.size]]
            difference = difference[np.isfinite(difference)]
            if difference.size > 1:
                largest = max(largest, float(difference.std(ddof=1)))
    return largest
