"""A party's aim in one future as plans × design rows: what is expected of every plan under every set of parameters.

Plans are fitted as they are, and as paired differences from the plan with the best mean, the leader. Two plans that are
nearly the same are then told apart by the fit of their difference, whose luck has mostly gone, and not by the
difference of two fits. Levels don't come from differences: their errors would add up to fewer people than none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.compare import Aim, values_at
from analysis.definition import Definition
from analysis.fitted import Fit, fit, halves
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

__all__ = ["Expected", "Runs", "expect", "read_runs", "weighted"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Runs:
    """A party's aim in one future, run by run."""

    party: str
    future: str
    definition: Definition
    """The aim's outcome, with the party's own direction and smallest difference that matters."""
    values: dict[str, Floats]
    """By plan, a value a block; blocks that count for all plans only."""
    rows: Whole
    """The design row of each of these blocks."""
    scores: Floats
    """The standard normal numbers behind the parameters: a row a block; no columns where parameters are central."""
    seed: int

    @property
    def sign(self) -> float:
        """What makes more better."""
        return -1.0 if self.definition.better == "less" else 1.0

    @property
    def sampled(self) -> bool:
        """Whether parameters differ between blocks: with one set of them there are no design rows to count."""
        return self.scores.shape[1] > 0 and len(np.unique(self.rows)) > 1


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of every plan in every design row of a future; signs are such that more is better."""

    runs: Runs
    plans: tuple[str, ...]
    """In order of their means, the best first: the first is the leader."""
    levels: dict[str, Fit]
    """By plan, its outcome."""
    behind: dict[str, Fit]
    """By plan, its outcome less the leader's."""
    first: NDArray[np.intp]
    """The first block of every design row."""

    @property
    def leader(self) -> str:
        """The plan with the best mean."""
        return self.plans[0]

    def matrix(self) -> Floats:
        """Expected outcomes: a row a plan, a column a design row, or one column where parameters are central."""
        return np.array([self.levels[plan].expected for plan in self.plans])[:, self._states()]

    def gaps(self) -> Floats:
        """Expected differences from the leader, in the same shape."""
        return np.array([self.behind[plan].expected for plan in self.plans])[:, self._states()]

    def halved(self) -> Floats:
        """The differences as either half of the blocks alone lets expect: halves × plans × design rows."""
        return np.stack([self.behind[plan].halved for plan in self.plans], axis=1)[:, :, self._states()]

    def _states(self) -> NDArray[np.intp]:
        return self.first if self.runs.sampled else self.first[:1]


def read_runs(study: StoredStudy, aims: Sequence[Aim]) -> list[Runs]:
    """Every aim in every future in which it was run under two plans or more."""
    rows = np.array([study.plan.block(place).design_point for place in range(len(study.scores))], np.int64)
    found = []
    for aim in aims:
        values = values_at(study, aim.definition.name, aim.at)
        for future in study.futures:
            held = {plan: values[CellKey(future, plan)] for plan in study.plans if CellKey(future, plan) in values}
            if len(held) < 2:
                continue
            size = min(len(column) for column in held.values())
            kept = study.complete(future)[:size] & np.all([np.isfinite(v[:size]) for v in held.values()], axis=0)
            if not kept.any():
                continue
            scores = study.scores[:size][kept]
            scores = scores[:, np.isfinite(scores).all(axis=0)]
            columns = {plan: column[:size][kept] for plan, column in held.items()}
            found.append(Runs(aim.party, future, aim.definition, columns, rows[:size][kept], scores, study.plan.seed))
    return found


def weighted(runs: Sequence[Runs], weights: Mapping[str, float]) -> Runs | None:
    """One party's runs averaged over futures, block by block, with the weights that the decision states.

    Blocks share parameters and luck over futures, so the average of a block is an outcome like any other. None where a
    future with a weight was not run.
    """
    wanted = {future: weight for future, weight in weights.items() if weight > 0.0}
    by_future = {one.future: one for one in runs}
    if not wanted or not wanted.keys() <= by_future.keys():
        return None
    chosen = [by_future[future] for future in wanted]
    rows, plans = chosen[0].rows, list(chosen[0].values)
    if len({one.rows.tobytes() for one in chosen}) > 1 or any(list(one.values) != plans for one in chosen):
        return None
    total = sum(wanted.values())
    values = {
        plan: np.sum([weight / total * by_future[future].values[plan] for future, weight in wanted.items()], axis=0)
        for plan in plans
    }
    one = chosen[0]
    return Runs(one.party, "", one.definition, values, rows, one.scores, one.seed)


def expect(runs: Runs) -> Expected:
    """Fit every plan's outcome, and its difference from the leader's."""
    turned = {plan: runs.sign * column for plan, column in runs.values.items()}
    plans = tuple(sorted(turned, key=lambda plan: -float(turned[plan].mean())))
    half = halves(runs.rows, runs.seed)
    leader = turned[plans[0]]
    levels = {plan: fit(turned[plan], runs.scores, half) for plan in plans}
    behind = {plan: fit(turned[plan] - leader, runs.scores, half) for plan in plans}
    _, first = np.unique(runs.rows, return_index=True)
    return Expected(runs, plans, levels, behind, first)
