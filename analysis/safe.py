"""In which states every must-not holds.

A must-not allows something in no more than a share X of runs. In a state it holds when the fitted probability there is
no more than X. Where a fit tells states apart too little (its Brier skill is under analysis/fitted.py's `ENOUGH`), the
frequency over the whole future stands for every state, and it holds in all of them or in none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.fitted import fit_odds, halves
from analysis.limits import Limit, violations
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

__all__ = ["Held", "Judged", "Safety", "judge_limit", "safety"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """One must-not under one plan in one future, by state."""

    holds: NDArray[np.bool_]
    """By design row."""
    skill: float
    """Brier skill of the fit, out of sample; NaN where nothing was fitted."""
    fitted: bool
    """Whether states are told apart; the whole future's frequency stands for all of them, otherwise."""
    runs: int
    """Runs in which it could be judged."""
    frequency: float
    """Share of those in which it happened."""


@dataclass(frozen=True, slots=True)
class Held:
    """In how many states of a future every must-not holds under a plan."""

    future: str
    plan: str
    states: int
    held: int
    share: float
    by_state: bool
    """Whether every must-not is told apart by state; where one isn't, it holds in all states or in none."""


@dataclass(frozen=True, slots=True)
class Safety:
    """Must-nots by future, plan and design row."""

    limits: int
    """Must-nots of the decision."""
    rows: dict[str, NDArray[np.int64]]
    """By future, the design rows judged."""
    holds: dict[tuple[str, str], NDArray[np.bool_]]
    """By future and plan, whether all hold in each of those rows; without an entry where one can't be judged."""
    held: tuple[Held, ...]

    def matrix(self, future: str, plans: Sequence[str], rows: NDArray[np.int64], states: int) -> Floats | None:
        """1 where every must-not holds: plans × states; None where that isn't known of every plan."""
        if not self.limits or any((future, plan) not in self.holds for plan in plans):
            return None
        if states == 1:
            return np.array([[float(self.holds[future, plan][0])] for plan in plans])
        place = np.searchsorted(self.rows[future], rows)
        return np.array([self.holds[future, plan][place] for plan in plans], float)


def safety(study: StoredStudy, limits: Sequence[Limit]) -> Safety:
    """Judge every must-not by state, in every future and under every plan."""
    points = np.array([study.plan.block(place).design_point for place in range(len(study.scores))], np.int64)
    scores = study.scores[:, np.isfinite(study.scores).any(axis=0)]
    sampled = scores.shape[1] > 0 and len(np.unique(points)) > 1
    happened = [violations(study, limit) for limit in limits]
    rows, holds, held = {}, {}, []
    for future in study.futures:
        complete = study.complete(future)
        rows[future], first = np.unique(points[complete], return_index=True)
        half = halves(points[complete], study.plan.seed)
        for plan in study.plans if complete.any() else []:
            columns = [found.get(CellKey(future, plan)) for found in happened]
            if not columns or any(column is None for column in columns):
                continue
            judged = []
            for limit, column in zip(limits, columns, strict=True):
                whole = np.full(len(points), np.nan)
                assert column is not None
                whole[: len(column)] = column
                if np.isfinite(whole[complete]).any():
                    judged.append(judge_limit(whole[complete], scores[complete], half, limit.in_more_than))
            if len(judged) < len(limits):
                continue
            every = np.all([one.holds[first] for one in judged], axis=0)[: None if sampled else 1]
            holds[future, plan] = every
            by_state = sampled and all(one.fitted or one.frequency in (0.0, 1.0) for one in judged)
            count = int(every.sum())
            held.append(Held(future, plan, every.size, count, count / every.size, by_state))
    return Safety(len(limits), rows, holds, tuple(held))


def judge_limit(happened: Floats, scores: Floats, half: NDArray[np.int64], in_more_than: float) -> Judged:
    """Whether something happens in no more than a share of runs, state by state.

    Args:
        happened: 1 in blocks in which it did, 0 in others, NaN where that isn't known.
        scores: a row a block, a column a parameter.
        half: of every block.
        in_more_than: the share of runs in which it may happen.
    """
    found = fit_odds(happened, scores, half)
    known = happened[np.isfinite(happened)]
    allowed = found.expected <= in_more_than + 1e-12
    return Judged(allowed, found.r2, found.used, known.size, float(known.mean()))
