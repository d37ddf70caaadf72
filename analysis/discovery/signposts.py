"""Signposts: what to watch at year 1, 2 and 3, when acting still helps, and what an action bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis import say
from analysis.discovery.failure import Failure, failures, horizon
from analysis.discovery.landmark import Foretold, foretell
from analysis.refusal import Refusal
from sim.study.intervals import MeanInterval, mean_interval
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

if TYPE_CHECKING:
    from sim.scenario import Loaded

__all__ = ["Landmark", "Signposts", "bought", "candidates", "signposts", "triggered"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LAG, QUARTER = 0.25, 0.25
"""Years: a quarter's report is in its readers' hands when the next quarter has ended."""
ERROR = 0.05
"""How often a signpost may be announced, at any of the landmarks, where there is none."""
AT_ONCE = 32
"""Series that are read at a time, to bound memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Landmark:
    """What can be told at one date, of histories still running that haven't failed yet."""

    year: float
    """Years since the start."""
    report: float
    """The date of the latest report that is known then."""
    found: Foretold | Refusal
    announced: bool
    """Whether the best candidate beats the best of as many by chance, over all landmarks together."""
    lead: tuple[float, float, float] | None
    """Years from the landmark until those alarmed fail for good: median, 10th and 90th percentile; of the histories
    that fail."""
    blocks: NDArray[np.int64]
    """The blocks at risk, in the order of `found.alarmed`."""


@dataclass(frozen=True, slots=True, eq=False)
class Signposts:
    """What to watch under one plan in one future."""

    study: StoredStudy
    cell: CellKey
    failure: Failure
    landmarks: tuple[Landmark, ...]
    delay: float
    """Years that an action takes to begin."""

    @property
    def last_date(self) -> float | None:
        """The latest landmark, in years, at which acting can still help.

        By definition here: a signpost is announced there, and the median time that is left until those alarmed fail
        is longer than the action's delay. Whether an action does help is told by `bought`, from runs.
        """
        helps = [
            one.year for one in self.landmarks if one.announced and one.lead is not None and one.lead[0] > self.delay
        ]
        return max(helps, default=None)

    def label(self, name: str) -> str:
        """A reported value for a reader."""
        known = self.study.manifest["outcomes"].get(name, {})
        names = self.study.manifest["scenario"].get("names", {})
        return f"{say.entity(name.rpartition('.')[0], names)}, {known.get('label', name)}"

    def level(self, name: str, value: float) -> str:
        """A level of a reported value with its unit."""
        unit = str(self.study.manifest["outcomes"].get(name, {}).get("unit", ""))
        text = say.number(value, unit)
        return text if unit in ("people", "share", "count", "") or unit.startswith("USD") else f"{text} {unit}"

    def words(self) -> list[str]:
        """A sentence a landmark, and one on the last date."""
        said = [self._sentence(one) for one in self.landmarks]
        if self.last_date is not None:
            said.append(
                f"Of these dates year {self.last_date:g} is the last at which acting can still help: failures that are "
                f"foretold then are on the median more than {self.delay:g} years away, the time an action takes."
            )
        return said

    def _sentence(self, one: Landmark) -> str:
        if isinstance(one.found, Refusal):
            return f"Year {one.year:g}: {one.found.reason}; {one.found.what_would_help}."
        found = one.found
        if not one.announced:
            return (
                f"Year {one.year:g}: none of {len(found.signs)} reported values foretells failure better than the best "
                f"of as many would by chance ({found.histories} histories, {found.failing} fail)."
            )
        side = "below" if found.best.below else "above"
        lead = ""
        if one.lead is not None:
            lead = f" Those that fail do so {one.lead[0]:.1f} ({one.lead[1]:.1f}–{one.lead[2]:.1f}) years later."
        return (
            f"Year {one.year:g}: watch {self.label(found.best.name)}. {side.capitalize()} "
            f"{self.level(found.best.name, found.threshold)} foretells failure (AUC {found.held.value:.2f}, "
            f"{found.held.low:.2f}–{found.held.high:.2f}, on histories not used): it misses "
            f"{say.number(found.misses[0], 'share')} of failures ({say.span(*found.misses[1:], 'share')}) and gives a "
            f"false alarm in {say.number(found.false_alarms[0], 'share')} of the others "
            f"({say.span(*found.false_alarms[1:], 'share')}).{lead}"
        )


def candidates(study: StoredStudy, failure: Failure) -> list[str]:
    """Reported values of the decision's parties, of what their aims and limits are measured of, and of partnerships."""
    scenario = study.manifest["scenario"]
    decision: dict[str, Any] = scenario.get("decision") or {}
    metrics = [aim["metric"] for aim in (decision.get("aims") or {}).values()]
    metrics += [limit["metric"] for limit in decision.get("must_not") or []]
    stems = {name.rpartition(".")[0] for name in (*metrics, failure.outcome)}
    stems |= {decision.get("asked_by") or "", *(decision.get("aims") or {}), *scenario.get("partnerships", {})} - {""}
    return [name for name in study.outcome_names if any(name.startswith(f"{stem}.") for stem in stems)]


def triggered(loaded: Loaded, cell: CellKey) -> set[str]:
    """Reported values on which the plan acts already: there they no longer foretell what they would without it."""
    actions = loaded.case(cell.future, cell.plan).contingency
    return {action.when.metric for action in actions if action.when.metric is not None}


def signposts(
    study: StoredStudy,
    cell: CellKey,
    failure: Failure,
    loaded: Loaded,
    years: Sequence[float] = (1.0, 2.0, 3.0),
    delay: float = 0.0,
    lag: float = LAG,
) -> Signposts:
    """What foretells failure under a plan in a future, from the blocks whose series is kept.

    Histories count at a landmark while a partnership runs and they haven't failed already: those that were on the
    right side of the failure's level at the start and are past it now have. Who began past it can still grow out of
    it. Values on which the plan has a trigger are no candidates.

    Args:
        study: where it is stored.
        cell: the future and the plan.
        failure: what counts as one, judged at its date, wherever the outcome was in between.
        loaded: the study's scenario, for the plan's triggers.
        years: landmarks, in years since the start.
        delay: years that an action takes to begin.
        lag: years after its date at which a report is known.

    Raises:
        KeyError: the study has no such outcome.
    """
    fails = failures(study, cell, failure)
    names = [name for name in candidates(study, failure) if name not in triggered(loaded, cell)]
    dates = [_latest(study.times, year - lag) for year in years]
    levels, names = _reported(study, cell, names, dates)
    own = study.series_of([failure.outcome], cell).get(failure.outcome, {}).get(cell)
    past = None if own is None else failure.of(own, own[:, :1] if failure.relative else None)
    running = _running(study, cell)
    found = []
    for place, (year, date) in enumerate(zip(years, dates, strict=True)):
        if date < 0:
            none = Refusal("no report is out at this date", "choose a later year, or keep series of the study")
            found.append(Landmark(year, np.nan, none, False, None, np.empty(0, np.int64)))
            continue
        size = levels.shape[0]
        at_risk = ~np.isnan(fails[:size]) & ~np.isnan(levels[:, place, :]).any(axis=1) & running[:size, date]
        if past is not None:
            at_risk &= (past[:size, date] == 0.0) | (past[:size, 0] == 1.0)
        blocks = np.flatnonzero(at_risk)
        what = foretell(levels[blocks, place, :], fails[blocks] == 1.0, names, study.plan.seed)
        announced = isinstance(what, Foretold) and what.best.p * len(years) <= ERROR
        lead = _lead(study, failure, year, past, fails, blocks, what) if isinstance(what, Foretold) else None
        found.append(Landmark(year, float(study.times[date]), what, announced, lead, blocks))
    return Signposts(study, cell, failure, tuple(found), delay)


def bought(study: StoredStudy, without: CellKey, acting: CellKey, failure: Failure, one: Landmark) -> MeanInterval:
    """What acting changes in the chance of failure among the histories that are alarmed at a landmark.

    The paired difference, acting less without, by block with its 90% interval; below 0 acting helps. The last landmark
    with an interval below 0 is the last date at which the action was seen to help. The action must be one that is
    triggered about then: run the overlay of `triggers.write_overlay`.
    """
    if isinstance(one.found, Refusal):
        nothing = np.empty(0)
        return mean_interval(nothing, nothing)
    alarmed = one.blocks[one.found.alarmed]
    first, second = (failures(study, cell, failure)[alarmed] for cell in (acting, without))
    known = ~np.isnan(first) & ~np.isnan(second)
    return mean_interval(first[known], second[known])


def _latest(times: Floats, date: float) -> int:
    """The place of the latest report up to a date, or -1."""
    return int(np.searchsorted(times, date + 1e-9, "right")) - 1


def _reported(
    study: StoredStudy, cell: CellKey, names: Sequence[str], dates: Sequence[int]
) -> tuple[Floats, list[str]]:
    """Values at some reports: by block, report and name; and the names that have a series."""
    kept, columns = [], []
    for first in range(0, len(names), AT_ONCE):
        for name, cells in study.series_of(names[first : first + AT_ONCE], cell).items():
            values = cells[cell][:, list(dates)]
            if not np.isnan(values).all():
                kept.append(name)
                columns.append(values)
    return np.stack(columns, axis=2) if columns else np.empty((0, len(dates), 0)), kept


def _running(study: StoredStudy, cell: CellKey) -> Bools:
    """By block and report, whether a partnership still runs; always so where the study has none."""
    names = [f"{one}.ended" for one in study.manifest["scenario"].get("partnerships", {})]
    series = [cells[cell] for cells in study.series_of(names, cell).values()]
    if not series:
        return np.ones((study.plan.replications, study.times.size), bool)
    running: Bools = np.any([~(ended > 0.0) for ended in series], axis=0)
    return running


def _lead(
    study: StoredStudy,
    failure: Failure,
    year: float,
    past: Floats | None,
    fails: Floats,
    blocks: NDArray[np.int64],
    found: Foretold,
) -> tuple[float, float, float] | None:
    """Years from the landmark until the alarmed that fail pass the level for good.

    Until it is judged for those past it since before the landmark, who might yet grow out of it, and where the outcome
    has no series.
    """
    hit = blocks[found.alarmed & (fails[blocks] == 1.0)]
    if not hit.size:
        return None
    end = horizon(study, failure) - float(study.manifest["scenario"]["start"])
    if past is None:
        return (end - year,) * 3
    judged = _latest(study.times, end)
    fine = past[hit, : judged + 1] != 1.0
    last = np.where(fine.any(axis=1), judged - np.argmax(fine[:, ::-1], axis=1), 0)
    passed = np.where(study.times[last] >= year - QUARTER, np.minimum(study.times[last] + QUARTER, end), end)
    left = np.maximum(passed - year, 0.0)
    median, low, high = np.quantile(left, [0.5, 0.1, 0.9])
    return float(median), float(low), float(high)
