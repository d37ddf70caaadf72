"""What counts as a failure of a plan, and in which simulated histories it happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis import say
from analysis.compare import values_at
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

__all__ = ["FEWEST", "Failure", "failures"]

Floats = NDArray[np.float64]

FEWEST = 20
"""With fewer histories that fail, or that do not, nothing is looked for."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A plan fails where an outcome is past a level: strictly under it, or strictly over it."""

    outcome: str
    """Its full name."""
    level: float
    """In the outcome's unit, or the part of the run's own value at the start."""
    below: bool = True
    """Whether being under the level is the failure; over it, otherwise."""
    relative: bool = False
    """Whether the level is a part of the value at the start: then only runs with a stored series are judged."""
    at: float | None = None
    """Calendar year at which it is judged; the horizon, unless given."""

    def of(self, values: Floats, starts: Floats | None = None) -> Floats:
        """1 where values fail, 0 where they don't, NaN where that isn't known; `starts` when the level is relative.

        Raises:
            ValueError: a relative level without the values at the start.
        """
        if self.relative and starts is None:
            raise ValueError("a level that is a part of the start needs the values at the start")
        bound = self.level * (starts if starts is not None and self.relative else np.ones_like(values))
        past = values < bound if self.below else values > bound
        return np.where(np.isnan(values) | np.isnan(bound), np.nan, past.astype(float))

    def words(self, study: StoredStudy) -> str:
        """The failure for a reader: `Ghana, obgyn, in public practice below 15 in 2010-01`."""
        known = study.manifest["outcomes"].get(self.outcome, {})
        unit, label = known.get("unit", ""), known.get("label", self.outcome)
        level = f"{say.number(self.level, 'share')} of its start" if self.relative else say.number(self.level, unit)
        names = study.manifest["scenario"].get("names", {})
        where = say.entity(self.outcome.rpartition(".")[0], names)
        return f"{where}, {label} {'below' if self.below else 'above'} {level} in {say.date(horizon(study, self))}"


def horizon(study: StoredStudy, failure: Failure) -> float:
    """The calendar year at which a failure is judged."""
    scenario = study.manifest["scenario"]
    return float(scenario["start"]) + float(scenario["years"]) if failure.at is None else failure.at


def failures(study: StoredStudy, cell: CellKey, failure: Failure) -> Floats:
    """Whether each block of a cell fails: 1 or 0, NaN where the run failed, is missing, or isn't known at that date.

    Raises:
        KeyError: the study has no such outcome.
    """
    values = values_at(study, failure.outcome, horizon(study, failure)).get(cell)
    if values is None:
        raise KeyError(f"{failure.outcome} isn't known of {cell.plan} in {cell.future} at that date")
    if not failure.relative:
        return _padded(study, failure.of(values))
    starts = values_at(study, failure.outcome, float(study.manifest["scenario"]["start"])).get(cell)
    if starts is None:
        raise KeyError(f"{failure.outcome} has no series, so its value at the start isn't known")
    size = min(values.size, starts.size)
    return _padded(study, failure.of(values[:size], starts[:size]))


def _padded(study: StoredStudy, fails: Floats) -> Floats:
    """One value a block: those beyond the kept series aren't known."""
    whole = np.full(study.plan.replications, np.nan)
    whole[: fails.size] = fails
    return whole
