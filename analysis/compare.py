"""Plans beside each other and against each other, on the same people, the same numbers and the same luck."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.controls import Controls
from analysis.definition import Definition
from analysis.differences import Difference, differ
from analysis.totals import totals
from sim.study.intervals import Spread, benjamini_hochberg, spread
from sim.study.plan import CellKey
from sim.study.results import StoredStudy
from sim.study.stopping import Look, look_at
from sim.study.study import NO_PARTNERSHIP

__all__ = [
    "Aim",
    "Comparison",
    "Difference",
    "FutureTable",
    "Row",
    "aim_definition",
    "aims_of",
    "compare",
    "look_of",
    "smallest_that_matters",
    "values_at",
]

Floats = NDArray[np.float64]

SAME_TIME = 1.0 / 24.0
"""Dates less than half a month apart are one date."""


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

    @property
    def indifferent(self) -> bool:
        """Whether all plans are about the same, in every future."""
        words = {found.word for row in self.rows.values() for found in row.differences}
        return words == {"about the same"}


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


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a future that count, and what is known to have mean 0 over them."""

    future: str
    complete: NDArray[np.bool_]
    """Blocks in which every plan finished."""
    surplus: dict[str, Floats]
    """The controls by plan: a row a block."""
    scores: Floats
    """What the draws of parameters came to: a row a block."""
    look: Look
    """What may be said of the study as it stands."""
    _pairs: dict[tuple[str, str, int], Controls] = field(default_factory=dict)

    def controls(self, plan: str, other: str, size: int) -> Controls:
        """The controls of a pair of plans, among the first `size` blocks of the study."""
        key = plan, other, size
        if key not in self._pairs:
            rows = self.complete[:size]
            luck = self.surplus[plan][:size][rows] - self.surplus[other][:size][rows]
            drawn = self.scores[:size][rows]
            drawn = drawn[:, np.isfinite(drawn).all(axis=0)]
            self._pairs[key] = Controls(np.hstack([luck, drawn, drawn**2 - 1.0]))  # a normal's square has mean 1
        return self._pairs[key]


def compare(study: StoredStudy) -> Comparison:
    """Compare the plans of a stored study in every outcome and in every future."""
    known, stated = _definitions(study), _stated_aims(study)
    futures = [_blocks(study, future) for future in study.futures]
    primary = {aim["metric"] for aim in stated.values()}
    wanted = {metric.rpartition(".")[0] for metric in primary}
    definitions = sorted(known.values(), key=lambda definition: definition.group not in wanted)  # the decision's first
    sums = totals(study, known)
    tables = []
    for blocks in futures:
        rows = [make_row(definition, blocks, study.plans, study.column(definition.name)) for definition in definitions]
        rows += [make_row(total.definition, blocks, study.plans, total.column(study)) for total in sums]
        kept = int(blocks.complete.sum())
        tables.append(FutureTable(blocks.future, kept, blocks.look.blocks - kept, _soberly(rows, primary)))
    aims = [_aim(study, party, aim, futures, known) for party, aim in stated.items()]
    return Comparison(tuple(aims), tuple(tables), tuple(study.plans))


def aims_of(study: StoredStudy) -> tuple[Aim, ...]:
    """What every party of the scenario's decision wants most, with its rows; nothing without a decision.

    Differences are plain ones: no controls are tried, which take longer than all the rest.
    """
    known, futures = _definitions(study), [_blocks(study, future, controls=False) for future in study.futures]
    return tuple(_aim(study, party, aim, futures, known) for party, aim in _stated_aims(study).items())


def look_of(study: StoredStudy) -> Look:
    """What may be said of a study as it stands: of which blocks, and with which interval."""
    complete = study.ok + study.failed >= study.plan.total
    return look_at(study.manifest.get("stopping"), study.plan.replications, complete)


def _definitions(study: StoredStudy) -> dict[str, Definition]:
    return {name: Definition(name, **fields) for name, fields in study.manifest["outcomes"].items()}


def _stated_aims(study: StoredStudy) -> dict[str, dict[str, Any]]:
    return (study.manifest["scenario"]["decision"] or {}).get("aims") or {}


def _blocks(study: StoredStudy, future: str, controls: bool = True) -> Blocks:
    """The blocks of a future that count: none of those that were run to select a plan only."""
    look, complete = look_of(study), study.complete(future)
    complete[look.blocks :] = False
    none = np.empty((study.plan.replications, 0))
    surplus = study.controls(future) if controls else dict.fromkeys(study.plans, none)
    return Blocks(future, complete, surplus, study.scores if controls else none, look)


def make_row(
    definition: Definition, blocks: Blocks, plans: Sequence[str], values: dict[CellKey, Floats], pairs: bool = False
) -> Row:
    """One outcome: its spread by plan and its differences; with `pairs` plan against plan, too.

    Where two plans have no block in which the outcome is defined under both, there is no difference to speak of.
    """
    found = {plan: values[CellKey(blocks.future, plan)] for plan in plans if CellKey(blocks.future, plan) in values}
    kept = {plan: column[blocks.complete[: len(column)]] for plan, column in found.items()}
    spreads = {plan: spread(column) for plan, column in kept.items()}
    names = list(kept)
    wanted = [(plan, NO_PARTNERSHIP) for plan in names if plan != NO_PARTNERSHIP and NO_PARTNERSHIP in kept]
    if pairs:
        others = [plan for plan in names if plan != NO_PARTNERSHIP]
        wanted += [(later, earlier) for place, later in enumerate(others) for earlier in others[:place]]
    differences = [
        differ(
            plan, other, kept[plan], kept[other], smallest_that_matters(definition, spreads[plan], spreads[other]),
            blocks.controls(plan, other, len(found[plan])), blocks.look,
        )
        for plan, other in wanted
        if (np.isfinite(kept[plan]) & np.isfinite(kept[other])).any()
    ]  # fmt: skip
    return Row(definition, spreads, tuple(differences))


def values_at(study: StoredStudy, name: str, at: float, future: str | None = None) -> dict[CellKey, Floats]:
    """An outcome at a calendar year: of all runs at the horizon and where the decision asks, else of kept series.

    With a `future`, series of the others are not read, which takes a while. Outside the run, or for an outcome without
    a series, there are none.
    """
    scenario = study.manifest["scenario"]
    since = at - float(scenario["start"])
    if abs(since - float(scenario["years"])) < SAME_TIME and name in study.outcome_names:
        return study.column(name)
    if kept := study.plan.watching(name, since):
        return study.column(kept)
    if not study.times.size or not -SAME_TIME <= since <= study.times[-1] + SAME_TIME:
        return {}
    column = int(np.abs(study.times - since).argmin())
    if future is None:
        series = study.series_of([name]).get(name, {})
    else:
        here = [cell for cell in study.plan.cells if cell.future == future]
        series = {cell: found[name][cell] for cell in here if name in (found := study.series_of([name], only=cell))}
    return {cell: rows[:, column] for cell, rows in series.items()}


def _aim(
    study: StoredStudy,
    party: str,
    aim: dict[str, Any],
    futures: Sequence[Blocks],
    definitions: dict[str, Definition],
) -> Aim:
    """What one party wants; its own `matters` and direction take the place of the outcome's."""
    name, at = aim["metric"], float(aim["at"])
    definition = aim_definition(aim, definitions.get(name))
    values = values_at(study, name, at)
    rows = {blocks.future: make_row(definition, blocks, study.plans, values, pairs=True) for blocks in futures}
    return Aim(party, definition, at, rows)


def aim_definition(aim: dict[str, Any], known: Definition | None) -> Definition:
    """The outcome of an aim as its party sees it: in its own direction, and with what matters to it."""
    known = known or Definition(aim["metric"], aim["metric"], "", "", None)
    return replace(known, better=aim["better"], matters=_stated(aim.get("matters"), known.matters))


def _stated(own: dict[str, Any] | None, default: float | str | None) -> float | str | None:
    """A party's smallest difference that matters, if it has stated one."""
    if own is None:
        return default
    return f"{100.0 * own['value']:g}%" if own["relative"] else float(own["value"])


def smallest_that_matters(definition: Definition, *compared: Spread) -> float:
    """The smallest difference that counts, in the outcome's unit; a share is of the compared plans' mean.

    Of these plans alone: whether two plans differ must not depend on which others were run.
    """
    stated = str(definition.matters or "5%")
    if not stated.endswith("%"):
        return float(stated)
    return float(stated[:-1]) / 100.0 * sum(abs(found.mean) for found in compared) / len(compared)


def _soberly(rows: Sequence[Row], primary: Collection[str]) -> tuple[Row, ...]:
    """Of many differences some look real by luck: what Benjamini-Hochberg doesn't keep is not resolved.

    What an aim is about was asked beforehand: it is neither counted among the many nor held back by them.
    """
    every = [difference for row in rows if row.definition.name not in primary for difference in row.differences]
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
        if row.definition.name not in primary
        else row
        for row in rows
    )
