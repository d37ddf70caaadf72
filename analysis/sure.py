"""How sure a party can be of its plan: how much of what isn't known would have to be otherwise for another to be best.

"Best in so many of the sampled worlds" counts design rows by what is *expected* in them. More runs make each
expectation, and so the share, better known; they don't push the share to 1, as they do the certainty that one mean is
above another. Beside it stands in how many blocks one plan came out better than another with the same luck for each
person. That is a property of the coupling: with other luck for each plan the means would be the same and these counts
would not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.accord import answers
from analysis.compare import Aim, Blocks, make_row
from analysis.fitted import Fit
from analysis.states import Expected, Runs, expect, weighted
from sim.study.intervals import wilson
from sim.study.plan import CellKey
from sim.study.stopping import Look
from sim.study.study import NO_PARTNERSHIP

__all__ = ["CENTRAL", "HowSure", "Recommendation", "SameLuck", "Share", "how_sure", "recommend", "same_luck"]

Floats = NDArray[np.float64]

CENTRAL = "parameters are at their central values: there is only luck, and no set of parameters to count"
"""Why a study of central values has no share of design rows."""

LEVEL = 1e-9
"""Expectations closer than this, relative to their size, are level."""


@dataclass(frozen=True, slots=True)
class SameLuck:
    """One plan against another, block by block, with the same luck for each person."""

    plan: str
    against: str
    better: int
    equal: int
    worse: int


@dataclass(frozen=True, slots=True)
class Share:
    """In how many design rows a plan is the best."""

    plan: str
    rows: int
    """Design rows in which no other plan is expected to do better; rows in which plans are level count for each."""
    share: float
    low: float
    high: float
    """90% interval for the share, as a sample of design rows, that holds the intervals of both halves: halves are
    judged by different fits, so their distance shows some of the fits' own error, though not all."""
    r2: float
    """Of the fit of the plan's difference from the leader, out of sample; NaN for the leader, or where all is equal."""
    fitted: bool
    """Whether that fit explains enough to be used; where it doesn't, single runs are counted, luck included."""


@dataclass(frozen=True, slots=True)
class HowSure:
    """How sure one party can be in one future, or over the futures with the weights that the decision states."""

    party: str
    future: str
    """Empty where futures are weighted."""
    leader: str
    """The plan with the best mean."""
    rival: str
    """The plan with the next best mean."""
    rows: int
    """Design rows counted."""
    shares: tuple[Share, ...]
    """By plan, the best mean first; none where that isn't defined."""
    undefined: str
    """Why there are no shares; empty where there are."""
    same_luck: tuple[SameLuck, ...]
    """Every plan against no partnership, and the leader against its rival."""

    @property
    def rival_r2(self) -> float:
        """What the claim rests on: R² of the leader's difference from its rival."""
        return next((found.r2 for found in self.shares if found.plan == self.rival), math.nan)

    def share(self, plan: str) -> Share | None:
        """How often a plan is best."""
        return next((found for found in self.shares if found.plan == plan), None)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What serves a party's own aim best, and how sure that is."""

    party: str
    future: str
    """Empty where futures are weighted."""
    best: tuple[str, ...]
    """The plan with the best mean, then those that aren't told from it; empty where no plan stands out."""
    share: float
    """Share of design rows in which one of these is best; NaN where that isn't defined."""
    low: float
    high: float
    r2: float
    """Lowest R² among the differences that were counted between the best and the others; NaN where there is none."""
    fitted: bool
    """Whether all of those fits explain enough; where not, luck is in the share."""


def how_sure(expected: Expected) -> HowSure:
    """Count the design rows in which each plan is best, and the blocks in which it came out better."""
    runs = expected.runs
    leader, rival = expected.plans[0], expected.plans[1]
    pairs = [(plan, NO_PARTNERSHIP) for plan in runs.values if plan != NO_PARTNERSHIP and NO_PARTNERSHIP in runs.values]
    pairs += [(leader, rival)] if (leader, rival) not in pairs else []
    coupled = tuple(same_luck(runs, *pair) for pair in pairs)
    if not runs.sampled:
        return HowSure(runs.party, runs.future, leader, rival, 0, (), CENTRAL, coupled)
    top = _best(expected)
    shares = []
    for plan, best in zip(expected.plans, top, strict=True):
        found = expected.behind[plan]
        shares.append(Share(plan, int(best.sum()), *_share(best, expected), found.r2, _certain(found)))
    return HowSure(runs.party, runs.future, leader, rival, top.shape[1], tuple(shares), "", coupled)


def same_luck(runs: Runs, plan: str, against: str) -> SameLuck:
    """In how many blocks a plan did better, the same and worse than another."""
    gap = runs.sign * (runs.values[plan] - runs.values[against])
    counts = (int(np.count_nonzero(gap > 0)), int(np.count_nonzero(gap == 0)), int(np.count_nonzero(gap < 0)))
    return SameLuck(plan, against, *counts)


def recommend(
    aims: Sequence[Aim], expected: Sequence[Expected], weights: Mapping[str, float] | None = None
) -> tuple[list[Recommendation], list[HowSure]]:
    """Each party's recommendation by future, then over futures where the decision gives them weights.

    Args:
        aims: the parties' aims, compared.
        expected: of these aims, by future.
        weights: of futures, as the decision states them; without them nothing averages over futures.

    Returns:
        Recommendations, and how sure each is; of a party without an aim there are none.
    """
    found = {(answer.party, answer.future): answer.best for answer in answers(aims)}
    every = list(expected)
    for aim in aims if weights else ():
        over = weighted([one.runs for one in expected if one.runs.party == aim.party], weights or {})
        if over is not None:
            every.append(expect(over))
            found[aim.party, ""] = _answer(aim, over)
    sure = [how_sure(one) for one in every]
    advice = [_recommendation(one, how, found[how.party, how.future]) for one, how in zip(every, sure, strict=True)]
    return advice, sure


def _answer(aim: Aim, runs: Runs) -> tuple[str, ...]:
    """What a party would answer with weights over futures, by the rule that holds in a single one."""
    size = len(runs.rows)
    none = {plan: np.zeros((size, 0)) for plan in runs.values}
    blocks = Blocks("", np.ones(size, bool), none, runs.scores, Look("fixed", size, size))
    values = {CellKey("", plan): column for plan, column in runs.values.items()}
    row = make_row(aim.definition, blocks, list(runs.values), values, pairs=True)
    return answers([Aim(aim.party, aim.definition, aim.at, {"": row})])[0].best


def _recommendation(expected: Expected, sure: HowSure, best: tuple[str, ...]) -> Recommendation:
    if not best or not sure.shares:
        return Recommendation(sure.party, sure.future, best, math.nan, math.nan, math.nan, math.nan, False)
    chosen = [place for place, plan in enumerate(expected.plans) if plan in best]
    share, low, high = _share(np.logical_or.reduce(_best(expected)[chosen]), expected)
    others = [found for found in sure.shares if found.plan not in best]
    known = [found.r2 for found in others if math.isfinite(found.r2)]
    fitted = all(found.fitted for found in others)
    r2 = min(known, default=math.nan)
    return Recommendation(sure.party, sure.future, best, share, low, high, r2, fitted)


def _best(expected: Expected) -> NDArray[np.bool_]:
    """By plan and design row, whether no other plan is expected to do better."""
    gaps = np.array([_by_row(expected.behind[plan], expected) for plan in expected.plans])
    near = LEVEL * max(1.0, float(np.abs(gaps).max()))
    best: NDArray[np.bool_] = gaps >= gaps.max(axis=0) - near
    return best


def _share(best: NDArray[np.bool_], expected: Expected) -> tuple[float, float, float]:
    """The share of design rows in which something is best, with its interval."""
    half = expected.behind[expected.leader].half[expected.first]
    ends = [wilson(int(best[half == here].sum()), int((half == here).sum())) for here in (0, 1)]
    return float(best.mean()), min(low for low, _ in ends), max(high for _, high in ends)


def _by_row(found: Fit, expected: Expected) -> Floats:
    """A difference by design row: as fitted, or the mean of the row's own runs where the fit explains too little."""
    if found.used:
        return found.expected[expected.first]
    _, place = np.unique(expected.runs.rows, return_inverse=True)
    sums: Floats = np.bincount(place, found.raw) / np.bincount(place)
    return sums


def _certain(found: Fit) -> bool:
    """Whether a difference has no luck of single runs in it: it is fitted, or the same in every run."""
    return found.used or float(np.ptp(found.raw)) == 0.0
