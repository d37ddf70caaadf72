"""What knowing a number exactly would be worth to a party that can still choose its plan.

The value of knowing x (EVPPI) is E[max over plans of E(outcome | x)] less the outcome of the recommended plan. It is
printed as a pair. The *policy value* is honest and low: choose by a fit to other rows, and count what these rows had.
The *plug-in* is the mean best of the fit to all rows, and high. A number counts as worth nothing where its plug-in is
one that inert numbers reach. The value of knowing everything (EVPI) is that of all draws together; the mean of the row
maxima would count luck as knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.value.choice import Choice
from analysis.value.surface import ALPHAS, Surface, explained, folds, splines
from sim.study.intervals import MeanInterval, interval_of

__all__ = ["EVERYTHING", "FAMILY", "Value", "evppi", "group_values", "inert_level", "policy_value", "values"]

Floats = NDArray[np.float64]

EVERYTHING = "everything"
"""The name of the group of all draws: its value is the EVPI."""

FAMILY = 0.05
"""In so large a share of studies whose numbers are all inert, one of them would count as worth something."""

PERMUTED = 20
"""Permutations for each number looked at, so that the level of the whole family can be told."""

PERMUTED_GROUPS = 19
"""Permutations of a group: its plug-in must beat all of them, which an inert group does once in 20."""

AT_ONCE = 100
"""Permutations fitted together, to bound memory."""


@dataclass(frozen=True, slots=True)
class Value:
    """What knowing one number, or some numbers together, would be worth: in the unit of the party's aim."""

    name: str
    """The draw's key, or the group's name."""
    draws: tuple[str, ...]
    policy: MeanInterval
    """The policy value over held-out rows, with its 90% interval; estimated from below, it may be under 0."""
    plug_in: float
    """The mean best of the fit to all rows, over the recommended plan."""
    inert: float
    """The plug-in that inert numbers reach by luck."""
    rival: int
    """The column of the rival at stake: with the largest mean of its fitted gain where that is positive."""
    explained: float
    """Share of the variance of that rival's gain that the cross-fitted surface explains."""

    @property
    def counts(self) -> bool:
        """Whether the plug-in is more than inert numbers reach."""
        return self.plug_in > self.inert

    @property
    def low(self) -> float:
        """What is printed first: the policy value, 0 where the number doesn't count."""
        return max(0.0, self.policy.mean) if self.counts else 0.0

    @property
    def high(self) -> float:
        """What is printed second: the plug-in, 0 where the number doesn't count."""
        return max(self.plug_in, self.low) if self.counts else 0.0


def policy_value(chosen: Floats, gains: Floats) -> MeanInterval:
    """What choosing by a fit to other rows brings over the recommended plan, and its 90% interval (Hall).

    Args:
        chosen: fitted gains, each row's from folds without it; the rival with the largest is chosen if that is over 0.
        gains: what the rows had, of the same shape.
    """
    best = chosen.argmax(axis=1)
    rows = np.arange(len(gains))
    won = np.where(chosen[rows, best] > 0.0, gains[rows, best], 0.0)
    return interval_of(won, int(np.count_nonzero(won)))


def _plug_in(fitted: Floats) -> float:
    """The mean best of fitted gains, over the best that can be had without looking."""
    return float(np.maximum(fitted.max(axis=1), 0.0).mean() - max(0.0, float(fitted.mean(axis=0).max())))


def _cross_fitted(scores: Floats, gains: Floats, seed: int) -> Floats:
    fitted = np.empty_like(gains)
    for fit, held in folds(len(gains), seed):
        fitted[held] = Surface(scores[fit], gains[fit])(scores[held])
    return fitted


def inert_level(gains: Floats, numbers: int, seed: int) -> float:
    """The plug-in that the largest of so many inert numbers reaches in FAMILY of studies.

    All draws are standard normal, so one set of permuted draws stands for every number of a study.
    """
    from scipy.special import ndtri
    from sklearn.linear_model import RidgeCV

    rows, rivals = gains.shape
    luck = np.random.Generator(np.random.Philox([seed, rows, numbers]))
    basis = splines(np.asarray(ndtri((np.arange(rows) + 0.5) / rows))[:, None])
    reached: list[float] = []
    for first in range(0, PERMUTED * numbers, AT_ONCE):
        many = min(AT_ONCE, PERMUTED * numbers - first)
        shuffled = np.hstack([gains[luck.permutation(rows)] for _ in range(many)])
        fit = RidgeCV(ALPHAS, alpha_per_target=True).fit(basis, shuffled).predict(basis)
        reached += [_plug_in(fit[:, here * rivals : (here + 1) * rivals]) for here in range(many)]
    return float(np.quantile(reached, (1.0 - FAMILY) ** (1.0 / numbers)))


def _permuted_group(scores: Floats, gains: Floats, seed: int) -> float:
    """The largest plug-in of a group whose rows are shuffled."""
    luck = np.random.Generator(np.random.Philox([seed, *scores.shape]))
    orders = [luck.permutation(len(gains)) for _ in range(PERMUTED_GROUPS)]
    return max(_plug_in(Surface(scores, gains[order])(scores)) for order in orders)


def evppi(
    name: str, draws: Sequence[str], scores: Floats, gains: Floats, seed: int, inert: float | None = None
) -> Value:
    """The value of knowing some draws together.

    Args:
        name: what they are called.
        draws: their keys, one a column of `scores`.
        scores: standard normal scores: a row a design row.
        gains: what each rival brings over the recommended plan: a row a design row, a column a rival.
        seed: makes folds and permutations.
        inert: the plug-in that inert numbers reach; found by permuting these rows unless given.
    """
    fitted = _cross_fitted(scores, gains, seed)
    promise = np.maximum(fitted, 0.0).mean(axis=0)
    rival = int((promise if promise.any() else gains.mean(axis=0)).argmax())
    level = _permuted_group(scores, gains, seed) if inert is None else inert
    return Value(
        name,
        tuple(draws),
        policy_value(fitted, gains),
        _plug_in(Surface(scores, gains)(scores)),
        level,
        rival,
        float(explained(gains, fitted)[rival]),
    )


def values(choice: Choice) -> list[Value]:
    """What each uncertain number would be worth to the party, the most valuable first."""
    level = inert_level(choice.gains, len(choice.draws), choice.seed)
    found = [
        evppi(name, (name,), choice.scores[:, [place]], choice.gains, choice.seed, level)
        for place, name in enumerate(choice.draws)
    ]
    return sorted(found, key=lambda value: (-value.low, -value.high, -value.explained))


def group_values(choice: Choice, groups: Mapping[str, Sequence[str]]) -> list[Value]:
    """What each group of numbers would be worth, and everything together (EVPI) at the end.

    Raises:
        KeyError: a group names a draw that did not vary in these rows.
    """
    place = {name: column for column, name in enumerate(choice.draws)}
    every = {name: tuple(draws) for name, draws in groups.items() if draws} | {EVERYTHING: choice.draws}
    return [
        evppi(name, draws, choice.scores[:, [place[draw] for draw in draws]], choice.gains, choice.seed)
        for name, draws in every.items()
    ]
