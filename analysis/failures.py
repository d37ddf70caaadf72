"""Cumulative incidence of a partnership's endings by cause, and how long it runs in the mean, up to the horizon.

The causes compete: whichever comes first ends the partnership, and the horizon of the run cuts off what still runs.
An ending whose goals are met, or that is handed over, is a success, and the end of an agreed term is neither; they
compete with the failures all the same, and are told apart from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.survival import Band, Curve, Estimate, Floats, Spells, estimate, grid, incidence, paired
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

__all__ = ["Ended", "Incidence", "Longer", "failures", "longer"]

Outcome = Literal["failure", "neither", "success"]

WELL: dict[str, Outcome] = {"goals_met": "success", "handed_over": "success", "expired": "neither"}
"""Causes that are no failures, by the name that follows `ended_`."""

PREFIX = "ended_"
SUMS = ("ended_well", "ended_badly")
"""Metrics that sum over causes."""

ORDER: tuple[Outcome, ...] = ("failure", "neither", "success")


@dataclass(frozen=True, slots=True)
class Ended:
    """One cause: the share of histories that it has ended, by years since the first programme started."""

    cause: str
    label: str
    outcome: Outcome
    curve: Curve
    count: int
    """Histories that it ended before the horizon."""


@dataclass(frozen=True, slots=True)
class Incidence:
    """How one partnership ends under one plan in one future.

    Never started is an ending at year 0.
    """

    partnership: str
    future: str
    plan: str
    runs: int
    horizon: float
    """Years since the first programme started up to which the curves are told.

    The longest that it was seen to run, if any history still runs; else the length of the run.
    """
    causes: tuple[Ended, ...]
    """Failures first, then what is neither, then successes; the most frequent first among each."""
    failed: Curve
    """All failures together."""
    years: Estimate
    """Mean years that it runs, up to the horizon (restricted mean survival time)."""


@dataclass(frozen=True, slots=True)
class Longer:
    """How much longer a partnership runs in the mean under one plan than under another, up to a common horizon."""

    partnership: str
    future: str
    plan: str
    against: str
    horizon: float
    years: Estimate


def failures(study: StoredStudy) -> list[Incidence]:
    """Cumulative incidence by cause, of every partnership under every plan that signs it, by future."""
    found = []
    for future, partnership, cells in _signed(study):
        band = _band(study, future)
        for cell in cells:
            spells, causes = _spells(study, partnership, cell)
            found.append(_incidence(study, partnership, cell, spells, causes, band))
    return found


def longer(study: StoredStudy) -> list[Longer]:
    """Each plan that signs a partnership against the first of them that does: restricted means, block by block."""
    found = []
    for future, partnership, cells in _signed(study):
        band = _band(study, future)
        every = {cell: _spells(study, partnership, cell)[0] for cell in cells}
        last = min((_horizon(study, spells) for spells in every.values()), default=0.0)
        if last <= 0.0:
            continue
        means = {cell: band.means(spells, last) for cell, spells in every.items()}
        first = cells[0]
        found += [
            Longer(partnership, future, cell.plan, first.plan, last, paired([means[cell], means[first]]))
            for cell in cells[1:]
        ]
    return found


def _signed(study: StoredStudy) -> list[tuple[str, str, list[CellKey]]]:
    """By future and partnership, the cells in which it is signed."""
    found = []
    for future in study.futures:
        complete = study.complete(future)
        for partnership in study.manifest["scenario"].get("partnerships", {}):
            if f"{partnership}.ended" not in study.outcome_names or not complete.any():
                continue
            ended, lasted = study.column(f"{partnership}.ended"), study.column(f"{partnership}.lasted")
            cells = [
                cell
                for cell in study.plan.cells
                if cell.future == future and ((ended[cell][complete] > 0) | (lasted[cell][complete] > 0)).any()
            ]
            if cells:
                found.append((future, partnership, cells))
    return found


def _band(study: StoredStudy, future: str) -> Band:
    return Band.of(study.plan.seed, f"endings {future}", int(study.complete(future).sum()))


def _spells(study: StoredStudy, partnership: str, cell: CellKey) -> tuple[Spells, list[str]]:
    """How long the partnership lasted in each complete block, and the causes that its statuses stand for."""
    complete = study.complete(cell.future)
    lasted = study.column(f"{partnership}.lasted")[cell][complete]
    status = np.zeros(lasted.size, np.int64)
    causes: list[str] = []
    for name in _causes(study, partnership):
        here: NDArray[np.bool_] = study.column(name)[cell][complete] > 0.0
        if here.any():
            causes.append(name)
            status[here] = len(causes)
    return Spells(lasted, status, np.arange(lasted.size), lasted.size), causes


def _causes(study: StoredStudy, partnership: str) -> list[str]:
    """The outcomes that say by what the partnership ended."""
    found = []
    for name in study.outcome_names:
        group, _, metric = name.rpartition(".")
        if group == partnership and metric.startswith(PREFIX) and metric not in SUMS:
            found.append(name)
    return found


def _horizon(study: StoredStudy, spells: Spells) -> float:
    """How far the curves can be told: a history that has ended is known for good."""
    years = float(study.manifest["scenario"]["years"])
    return years if spells.status.all() else float(spells.time.max(initial=0.0))


def _incidence(
    study: StoredStudy, partnership: str, cell: CellKey, spells: Spells, names: Sequence[str], band: Band
) -> Incidence:
    last = _horizon(study, spells)
    times = grid(last)
    outcomes = [WELL.get(_cause(name), "failure") for name in names]
    bad = np.array([outcome == "failure" for outcome in outcomes], bool)

    def shares(some: Spells, weights: Floats | None) -> Floats:
        by_cause = incidence(some, times, weights, len(names))
        return np.concatenate([by_cause, by_cause[..., bad, :].sum(axis=-2, keepdims=True)], axis=-2)

    *by_cause, failed = band.curves(spells, times, shares)
    causes = [
        Ended(
            _cause(name), study.manifest["outcomes"][name]["label"].removeprefix("ended: "), outcome, found,
            int((spells.status == place).sum()),
        )
        for place, (name, outcome, found) in enumerate(zip(names, outcomes, by_cause, strict=True), 1)
    ]  # fmt: skip
    causes.sort(key=lambda ended: (ORDER.index(ended.outcome), -ended.count))
    mean, drawn = band.means(spells, last)
    return Incidence(
        partnership, cell.future, cell.plan, spells.time.size, last, tuple(causes), failed, estimate(mean, drawn)
    )


def _cause(name: str) -> str:
    return name.rpartition(".")[2].removeprefix(PREFIX)
