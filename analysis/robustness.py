"""How plans hold up over everything that may happen: worst case, regret, and must-nots by state.

A state is a future with a design row, or a future alone where parameters are central. A plan's performance in a state
is what is expected there (analysis/fitted.py), never the worst of N runs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.mcphail import FEWEST_STATES, METRICS, kendall, regret_metrics
from analysis.safe import Safety
from analysis.states import Expected
from sim.study.intervals import MeanInterval, mean_interval
from sim.study.study import NO_PARTNERSHIP

__all__ = ["Robustness", "Scope", "Score", "WorstCase", "naive_regret", "regret", "robustness", "worst_case"]

Floats = NDArray[np.float64]

RESAMPLES = 50
"""Resamples of design rows, to see whether ranks stay."""
MOST_RESAMPLED = 500
"""Design rows in a resample, at most: ranks then look less stable than they are, never more."""

NO_WEIGHTS = "it would average over futures, and the decision gives them no weights"
FEW_STATES = f"it rests on percentiles, and there are fewer than {FEWEST_STATES} states"
NO_LIMITS = "the decision names nothing that must not happen"
NOT_BY_STATE = "what must not happen is not known in every state"


@dataclass(frozen=True, slots=True)
class WorstCase:
    """How badly a plan may be expected to do in one future, in the outcome's unit."""

    plan: str
    future: str
    expected: float
    """In the design row with the least; the future's mean where the fit explains too little."""
    gain: float
    """The least expected difference from no partnership, better being more; NaN where that was not run."""
    tenth: MeanInterval
    """The mean of the runs in the tenth of design rows that the other half's fit puts lowest; without a fit, of all."""
    fitted: bool
    """Whether the outcome is known by design row; only its mean over all of them, otherwise."""
    regret: MeanInterval
    """What is lost, on average over design rows, against the plan that the other half of the blocks shows to be best
    there. It may be negative: then choosing by what is known of the design row does worse than this plan always."""


@dataclass(frozen=True, slots=True)
class Score:
    """A plan's performance over states by one metric, and how sure its rank is."""

    metric: str
    better: str
    values: dict[str, float] | None
    """By plan, in the outcome's unit with more as better; None with a reason where the metric isn't defined."""
    reason: str
    ranks: dict[str, int] | None
    """By plan, 1 the best; level plans share the better rank."""
    top_stays: float
    """Share of resamples of design rows in which the top plan stays at the top; NaN where nothing can be resampled."""
    tau: float
    """Mean Kendall's tau between the ranks of a resample and these."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The states of one future, or of all."""

    future: str
    """Empty for all futures."""
    states: int
    scores: tuple[Score, ...]
    agreement: dict[str, dict[str, float]]
    """Kendall's tau between the ranks of any two metrics."""


@dataclass(frozen=True, slots=True)
class Robustness:
    """One party's aim over all states."""

    party: str
    worst: tuple[WorstCase, ...]
    """By future and plan."""
    scopes: tuple[Scope, ...]

    def of(self, plan: str) -> list[WorstCase]:
        """A plan's worst cases, by future."""
        return [found for found in self.worst if found.plan == plan]


def worst_case(expected: Expected) -> list[WorstCase]:
    """The worst case and the mean regret of every plan in one future."""
    runs, sign = expected.runs, expected.runs.sign
    performance, gaps, found = expected.matrix(), expected.gaps(), []
    lost = regret(expected)
    base = expected.plans.index(NO_PARTNERSHIP) if NO_PARTNERSHIP in expected.plans else None
    for place, plan in enumerate(expected.plans):
        gain = math.nan if base is None else float((gaps[place] - gaps[base]).min())
        level, raw = performance[place], runs.values[plan]
        fitted = bool(np.ptp(level) > 0.0)
        chosen = np.ones(len(raw), bool)
        if fitted:
            _, row = np.unique(runs.rows, return_inverse=True)
            chosen = level[row] <= np.quantile(level, 0.1)
        tenth = mean_interval(raw[chosen], np.zeros(int(chosen.sum())))
        found.append(WorstCase(plan, runs.future, sign * float(level.min()), gain, tenth, fitted, lost[plan]))
    return found


def regret(expected: Expected) -> dict[str, MeanInterval]:
    """By plan, the mean loss against the best of each state: picked by one half of the blocks, valued by the other.

    The value is that of the runs themselves, which had no part in the choice, so its mean has no bias.
    """
    runs, half = expected.runs, expected.behind[expected.leader].half
    values = np.array([runs.sign * runs.values[plan] for plan in expected.plans])
    picking = np.stack([[expected.behind[plan].halved[here] for plan in expected.plans] for here in (0, 1)])
    other = np.where(half == 0, 1, 0)
    best = picking.argmax(axis=1)[other, np.arange(len(half))]
    reached = values[best, np.arange(len(half))]
    return {plan: mean_interval(reached, values[place]) for place, plan in enumerate(expected.plans)}


def naive_regret(expected: Expected) -> dict[str, float]:
    """What `regret` must not be: the mean of each block's best run less the plan's own, luck taken for knowledge."""
    values = {plan: expected.runs.sign * expected.runs.values[plan] for plan in expected.plans}
    top = np.max(list(values.values()), axis=0)
    return {plan: float((top - column).mean()) for plan, column in values.items()}


def robustness(
    expected: Sequence[Expected], safety: Safety, weights: Mapping[str, float] | None = None
) -> list[Robustness]:
    """Worst case, regret and all metrics, by party.

    Args:
        expected: every aim in every future.
        safety: whether must-nots hold, by future, plan and state.
        weights: of futures, where the decision states them.
    """
    found = []
    for party in dict.fromkeys(one.runs.party for one in expected):
        own = [one for one in expected if one.runs.party == party]
        worst = [case for one in own for case in worst_case(one)]
        scopes = [_scope([one], safety, {one.runs.future: 1.0}) for one in own]
        scopes += [replace(_scope(own, safety, weights), future="")] if len(own) > 1 else []
        found.append(Robustness(party, tuple(worst), tuple(scopes)))
    return found


@dataclass(frozen=True, slots=True)
class _States:
    """Performance in the states of some futures; the columns of one future stand together."""

    plans: tuple[str, ...]
    performance: Floats
    halved: Floats
    safe: Floats | None
    """1 where every must-not holds: plans × states."""
    weights: Floats
    bounds: tuple[int, ...]
    """Where each future's columns end."""

    def taken(self, columns: NDArray[np.intp]) -> _States:
        """Some of the states, their weights scaled to sum to 1."""
        safe, weights = None if self.safe is None else self.safe[:, columns], self.weights[columns]
        return replace(
            self, performance=self.performance[:, columns], halved=self.halved[:, :, columns], safe=safe,
            weights=weights / weights.sum(),
        )  # fmt: skip

    def drawn(self, random: np.random.Generator) -> _States:
        """A resample of design rows within every future."""
        starts = (0, *self.bounds[:-1])
        sizes = [min(end - start, MOST_RESAMPLED) for start, end in zip(starts, self.bounds, strict=True)]
        spans = zip(starts, self.bounds, sizes, strict=True)
        return self.taken(np.concatenate([random.integers(start, end, size) for start, end, size in spans]))


def _gather(expected: Sequence[Expected], safety: Safety, weights: Mapping[str, float] | None) -> _States:
    plans = tuple(plan for plan in expected[0].runs.values if all(plan in one.plans for one in expected))
    order = [[one.plans.index(plan) for plan in plans] for one in expected]
    blocks = [one.matrix()[places] for one, places in zip(expected, order, strict=True)]
    halved = [one.halved()[:, places] for one, places in zip(expected, order, strict=True)]
    safe = [safety.matrix(one.runs.future, plans, one.runs.rows[one.first], found.shape[1])
            for one, found in zip(expected, blocks, strict=True)]  # fmt: skip
    parts = [weights.get(one.runs.future, 0.0) if weights else 1.0 for one in expected]
    columns = [np.full(found.shape[1], part / found.shape[1]) for found, part in zip(blocks, parts, strict=True)]
    every = np.concatenate(columns)
    known = [one for one in safe if one is not None]
    held = np.hstack(known) if len(known) == len(safe) else None
    ends = np.cumsum([found.shape[1] for found in blocks])
    return _States(
        plans, np.hstack(blocks), np.concatenate(halved, axis=2), held, every / every.sum(), tuple(map(int, ends))
    )


def _scope(expected: Sequence[Expected], safety: Safety, weights: Mapping[str, float] | None) -> Scope:
    """All metrics over the states of these futures."""
    states = _gather(expected, safety, weights)
    random = np.random.Generator(np.random.Philox(key=[expected[0].runs.seed % 2**64, len(expected)]))
    found = _measured(states)
    resampled = []
    if expected[0].runs.sampled:
        resampled = [_measured(states.drawn(random)) for _ in range(RESAMPLES)]
    scores = []
    for name, (better, values) in found.items():
        reason = _reason(name, states, weights, safety)
        again = np.array([one[name][1] for one in resampled])
        scores.append(_score(name, better, values, reason, states.plans, again))
    ranked = {one.metric: np.array(list(one.ranks.values()), float) for one in scores if one.ranks}
    agreement = {
        one: {other: float(kendall(ranks, against)) for other, against in ranked.items()}
        for one, ranks in ranked.items()
    }
    return Scope(expected[0].runs.future, states.performance.shape[1], tuple(scores), agreement)


def _measured(states: _States) -> dict[str, tuple[str, Floats]]:
    """Every metric's direction and values by plan."""
    found = {one.name: (one.better, one.compute(states.performance, states.weights)) for one in METRICS}
    worst, late = regret_metrics(states.halved, states.weights)
    found |= {"minimax_regret": ("less", worst), "percentile_90_regret": ("less", late)}
    held = np.full(len(states.plans), np.nan) if states.safe is None else states.safe @ states.weights
    found["starr_domain"] = ("more", held)
    return found


_AVERAGING = {one.name for one in METRICS if one.averages} | {"percentile_90_regret", "starr_domain"}
_PERCENTILES = {one.name for one in METRICS if one.percentiles} | {"percentile_90_regret"}


def _reason(name: str, states: _States, weights: Mapping[str, float] | None, safety: Safety) -> str:
    """Why a metric is not defined here; empty where it is."""
    if name in _AVERAGING and weights is None:
        return NO_WEIGHTS
    if name in _PERCENTILES and states.performance.shape[1] < FEWEST_STATES:
        return FEW_STATES
    if name == "starr_domain" and states.safe is None:
        return NOT_BY_STATE if safety.limits else NO_LIMITS
    return ""


def _score(name: str, better: str, values: Floats, reason: str, plans: Sequence[str], again: Floats) -> Score:
    if reason:
        return Score(name, better, None, reason, None, math.nan, math.nan)
    turned = np.where(np.isfinite(values), values if better == "more" else -values, -np.inf)
    ranks = {plan: 1 + int((turned > turned[place]).sum()) for place, plan in enumerate(plans)}
    stays = tau = math.nan
    if again.size and np.isfinite(values).all():
        others = again if better == "more" else -again
        stays = float(np.mean(others.argmax(axis=1) == turned.argmax()))
        found = kendall(others, np.broadcast_to(turned, others.shape))
        tau = float(np.nanmean(found)) if np.isfinite(found).any() else math.nan
    return Score(name, better, dict(zip(plans, map(float, values), strict=True)), "", ranks, stays, tau)
