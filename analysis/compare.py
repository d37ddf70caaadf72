"""Plans beside each other and against each other, on the same people with the same luck."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.intervals import ENOUGH_DIFFER, MeanInterval, Spread, benjamini_hochberg, mean_interval, spread
from sim.study.plan import CellKey
from sim.study.results import StoredStudy
from sim.study.study import NO_PARTNERSHIP

__all__ = ["Aim", "Comparison", "Difference", "FutureTable", "Row", "compare", "sharpness", "values_at"]

Floats = NDArray[np.float64]

SAME_TIME = 1.0 / 24.0
"""Dates less than half a month apart are one date."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What an outcome means, as its results carry it."""

    name: str
    label: str
    unit: str
    better: str
    """`more`, `less` or empty."""
    matters: float | str | None
    """The smallest difference that counts: a number, or a share of the centre as in `5%`."""
    note: str = ""

    @property
    def group(self) -> str:
        """Whose outcome it is: the name without its metric."""
        return self.name.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Difference:
    """One plan against another in one outcome: the mean paired difference, and what it amounts to."""

    plan: str
    against: str
    interval: MeanInterval
    matters: float
    word: str
    """`more`, `less`, `about the same` or `not resolved`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One outcome under every plan of one future."""

    definition: Definition
    spreads: dict[str, Spread]
    """By plan."""
    differences: tuple[Difference, ...]
    """Every plan against `no_partnership`; for an aim, then plan against plan."""

    def against(self, plan: str, other: str = NO_PARTNERSHIP) -> Difference | None:
        """The difference between two plans, if it was asked."""
        return next((d for d in self.differences if (d.plan, d.against) == (plan, other)), None)


@dataclass(frozen=True, slots=True)
class Aim:
    """What one party wants most, and how every plan serves it, by future."""

    party: str
    definition: Definition
    at: float
    """Calendar year."""
    rows: dict[str, Row]
    """By future."""


@dataclass(frozen=True, slots=True)
class FutureTable:
    """All outcomes in one future."""

    future: str
    blocks: int
    """Blocks in which every plan finished."""
    dropped: int
    """Blocks left out because a run failed or is missing."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A study as a planner reads it."""

    aims: tuple[Aim, ...]
    tables: tuple[FutureTable, ...]
    plans: tuple[str, ...]


def compare(study: StoredStudy) -> Comparison:
    """Compare the plans of a stored study in every outcome and in every future."""
    definitions = [Definition(name, **fields) for name, fields in study.manifest["outcomes"].items()]
    complete = {future: study.complete(future) for future in study.futures}
    stated = (study.manifest["scenario"]["decision"] or {}).get("aims") or {}
    wanted = {aim["metric"].rpartition(".")[0] for aim in stated.values()}
    definitions.sort(key=lambda definition: definition.group not in wanted)  # what the decision is about first
    tables = []
    for future in study.futures:
        rows = [
            make_row(definition, future, study.plans, study.column(definition.name), complete[future])
            for definition in definitions
        ]
        kept = int(complete[future].sum())
        tables.append(FutureTable(future, kept, study.plan.replications - kept, _soberly(rows)))
    aims = [
        _aim(study, party, aim, complete, {definition.name: definition for definition in definitions})
        for party, aim in stated.items()
    ]
    return Comparison(tuple(aims), tuple(tables), tuple(study.plans))


def make_row(
    definition: Definition,
    future: str,
    plans: Sequence[str],
    values: dict[CellKey, Floats],
    complete: NDArray[np.bool_],
    pairs: bool = False,
) -> Row:
    """One outcome: its spread by plan and its differences; with `pairs` plan against plan, too."""
    kept = {
        plan: values[CellKey(future, plan)][complete[: len(values[CellKey(future, plan)])]]
        for plan in plans
        if CellKey(future, plan) in values
    }
    spreads = {plan: spread(column) for plan, column in kept.items()}
    names = list(kept)
    wanted = [(plan, NO_PARTNERSHIP) for plan in names if plan != NO_PARTNERSHIP and NO_PARTNERSHIP in kept]
    if pairs:
        others = [plan for plan in names if plan != NO_PARTNERSHIP]
        wanted += [(later, earlier) for place, later in enumerate(others) for earlier in others[:place]]
    differences = [
        Difference(plan, other, interval, matters, judge(interval, matters))
        for plan, other in wanted
        for interval in [mean_interval(kept[plan], kept[other])]
        for matters in [_matters(definition, spreads[plan], spreads[other])]
    ]
    return Row(definition, spreads, tuple(differences))


def sharpness(differences: Iterable[Difference]) -> tuple[float, float] | None:
    """How many times as many runs with separate luck these differences would take: the least and the most.

    Those of less than a tenth of what matters are left out: where plans hardly differ, any ratio is easy.
    """
    ratios = [
        found.interval.sharper
        for found in differences
        if abs(found.interval.mean) > found.matters / 10.0 and found.interval.differ >= ENOUGH_DIFFER
    ]
    return (min(ratios), max(ratios)) if ratios else None


def judge(interval: MeanInterval, matters: float) -> str:
    """A difference in words: it counts, it is too small to count, or the runs don't tell.

    Identical runs are about the same, however few. A difference counts when its interval leaves out zero
    and its mean is at least the smallest that matters.
    """
    if not interval.pairs:
        return "not resolved"
    if not interval.differ:
        return "about the same"
    if -matters <= interval.low and interval.high <= matters:
        return "about the same"
    if interval.low > 0.0 and interval.mean >= matters:
        return "more"
    if interval.high < 0.0 and interval.mean <= -matters:
        return "less"
    return "not resolved"


def values_at(study: StoredStudy, name: str, at: float) -> dict[CellKey, Floats]:
    """An outcome at a calendar year: of all runs at the horizon, else of the runs whose series is kept.

    Outside the run, or for an outcome without a series, there are none.
    """
    scenario = study.manifest["scenario"]
    since = at - float(scenario["start"])
    if abs(since - float(scenario["years"])) < SAME_TIME and name in study.outcome_names:
        return study.column(name)
    if not study.times.size or not -SAME_TIME <= since <= study.times[-1] + SAME_TIME:
        return {}
    column = int(np.abs(study.times - since).argmin())
    series = study.series_of([name]).get(name, {})
    return {cell: rows[:, column] for cell, rows in series.items()}


def _aim(
    study: StoredStudy,
    party: str,
    aim: dict[str, Any],
    complete: dict[str, NDArray[np.bool_]],
    definitions: dict[str, Definition],
) -> Aim:
    """What one party wants; its own `matters` and direction take the place of the outcome's."""
    name, at = aim["metric"], float(aim["at"])
    known = definitions.get(name, Definition(name, name, "", "", None))
    definition = replace(known, better=aim["better"], matters=_stated(aim.get("matters"), known.matters))
    values = values_at(study, name, at)
    rows = {
        future: make_row(definition, future, study.plans, values, complete[future], pairs=True)
        for future in study.futures
    }
    return Aim(party, definition, at, rows)


def _stated(own: dict[str, Any] | None, default: float | str | None) -> float | str | None:
    """A party's smallest difference that matters, if it has stated one."""
    if own is None:
        return default
    return f"{100.0 * own['value']:g}%" if own["relative"] else float(own["value"])


def _matters(definition: Definition, *compared: Spread) -> float:
    """The smallest difference that counts, in the outcome's unit; a share is of the compared plans' mean.

    Of these plans alone: whether two plans differ must not depend on which others were run.
    """
    stated = str(definition.matters or "5%")
    if not stated.endswith("%"):
        return float(stated)
    return float(stated[:-1]) / 100.0 * sum(abs(found.mean) for found in compared) / len(compared)


def _soberly(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Of many differences some look real by luck: what Benjamini-Hochberg doesn't keep is not resolved."""
    every = [difference for row in rows for difference in row.differences]
    kept = iter(benjamini_hochberg([difference.interval.p for difference in every]))
    return tuple(
        replace(
            row,
            differences=tuple(
                replace(difference, word="not resolved")
                if not next(kept) and difference.word in ("more", "less")
                else difference
                for difference in row.differences
            ),
        )
        for row in rows
    )
