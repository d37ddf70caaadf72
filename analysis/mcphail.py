"""Robustness metrics of C. McPhail et al. (2018, Earth's Future 6, 169-191), on plans × states.

Each metric reduces a plan's performance over states to one number. Those that speak of every state average over
states: within a future its design rows are draws and count alike, but futures are no draws, and nothing averages over
them unless the decision gives them weights. Those that rest on percentiles need `FEWEST_STATES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FEWEST_STATES", "METRICS", "Metric", "kendall", "regret_metrics"]

Floats = NDArray[np.float64]

FEWEST_STATES = 30
"""With fewer states a percentile is hardly more than one of them."""

OPTIMISM = 0.5
"""Hurwicz: the weight of the best state; the rest is the worst's."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A rule that makes one number of a plan's performance over states."""

    name: str
    better: str
    """Whether `more` or `less` of it is better."""
    averages: bool
    """Whether it speaks of every state, and so needs to know how much each counts."""
    percentiles: bool
    compute: Callable[[Floats, Floats], Floats]
    """From performance (plans × states, more is better) and the states' weights, which sum to 1."""


def quantile(performance: Floats, weights: Floats, at: float) -> Floats:
    """By plan, the least performance that states of weight `at` or more don't exceed."""
    order = np.argsort(performance, axis=1, kind="stable")
    below = np.cumsum(weights[order], axis=1)
    place = np.minimum((below < at - 1e-12).sum(axis=1), performance.shape[1] - 1)
    found: Floats = np.take_along_axis(performance, np.take_along_axis(order, place[:, None], 1), 1)[:, 0]
    return found


def _worst(performance: Floats, _: Floats) -> Floats:
    found: Floats = performance.min(axis=1)
    return found


def _best(performance: Floats, _: Floats) -> Floats:
    found: Floats = performance.max(axis=1)
    return found


def _hurwicz(performance: Floats, weights: Floats) -> Floats:
    return OPTIMISM * _best(performance, weights) + (1.0 - OPTIMISM) * _worst(performance, weights)


def _expected(performance: Floats, weights: Floats) -> Floats:
    found: Floats = performance @ weights
    return found


def _laplace(performance: Floats, _: Floats) -> Floats:
    """The mean, every state counting alike."""
    found: Floats = performance.mean(axis=1)
    return found


def _mean_variance(performance: Floats, weights: Floats) -> Floats:
    """(mean + 1) / (deviation + 1): it depends on the unit, as its authors say."""
    mean = performance @ weights
    deviation = np.sqrt(np.maximum(((performance - mean[:, None]) ** 2) @ weights, 0.0))
    found: Floats = (mean + 1.0) / (deviation + 1.0)
    return found


def _undesirable(performance: Floats, weights: Floats) -> Floats:
    """How far states under a plan's own median fall short of it: the mean over all states, so that numbers compare."""
    short = np.minimum(performance - quantile(performance, weights, 0.5)[:, None], 0.0)
    found: Floats = -(short @ weights)
    return found


def _skewness(performance: Floats, weights: Floats) -> Floats:
    """Where the median lies between the 10th and 90th percentile: -1 at the 10th, 1 at the 90th, which is better."""
    low, middle, high = (quantile(performance, weights, at) for at in (0.1, 0.5, 0.9))
    return _over(middle - (high + low) / 2.0, (high - low) / 2.0)


def _peakedness(performance: Floats, weights: Floats) -> Floats:
    """The middle 80% of states over the middle 50%: more is more peaked."""
    low, lower, upper, high = (quantile(performance, weights, at) for at in (0.1, 0.25, 0.75, 0.9))
    return _over(high - low, upper - lower)


def _over(part: Floats, whole: Floats) -> Floats:
    """A ratio; NaN where all is one number."""
    found: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0.0)
    return found


METRICS = (
    Metric("expected_value", "more", True, False, _expected),
    Metric("maximin", "more", False, False, _worst),
    Metric("maximax", "more", False, False, _best),
    Metric("hurwicz", "more", False, False, _hurwicz),
    Metric("laplace", "more", True, False, _laplace),
    Metric("mean_variance", "more", True, False, _mean_variance),
    Metric("undesirable_deviations", "less", True, True, _undesirable),
    Metric("percentile_skewness", "more", True, True, _skewness),
    Metric("percentile_peakedness", "more", True, True, _peakedness),
)
"""Those that need nothing but performance. Regret and Starr's domain criterion have more to go by."""


def regret_metrics(halved: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Minimax regret and its 90th percentile, by plan, without the luck that makes the best of noisy plans look good.

    One half of the blocks says which plan is best in each state, and which states a plan is regretted most in; the
    other half says how much that is. Both ways, averaged: two plans that are the same have a regret of about 0.
    Where a half is mistaken about the state, the largest regret comes out too small rather than too large.

    Args:
        halved: expected performance, up to what all plans share: halves × plans × states, more is better.
        weights: of the states; they sum to 1.
    """
    worst, late = np.zeros(halved.shape[1]), np.zeros(halved.shape[1])
    for picking, valuing in (halved, halved[::-1]):
        best = picking.argmax(axis=0)
        claimed = picking.max(axis=0) - picking
        lost = np.take_along_axis(valuing, best[None], 0) - valuing
        order = np.argsort(claimed, axis=1, kind="stable")
        sorted_loss, share = np.take_along_axis(lost, order, 1), np.cumsum(weights[order], axis=1)
        worst += 0.5 * sorted_loss[:, -1]
        # a twentieth of the states on either side: one state's value would be a matter of one fit's step
        near = (share > 0.85) & (share <= 0.95 + 1e-12)
        count = np.maximum(near.sum(axis=1), 1)
        late += 0.5 * np.where(near.any(axis=1), (sorted_loss * near).sum(axis=1) / count, sorted_loss[:, -1])
    return worst, late


def kendall(one: Floats, other: Floats) -> Floats:
    """Kendall's tau-b between rankings in the last axis (plans); NaN where either is all level.

    The same as `scipy.stats.kendalltau`, over many rankings at once: tau-b is the correlation of the signs of pairs.
    """
    first, second = np.triu_indices(one.shape[-1], 1)
    left = np.sign(one[..., first] - one[..., second])
    right = np.sign(other[..., first] - other[..., second])
    size = np.sqrt((left**2).sum(axis=-1) * (right**2).sum(axis=-1))
    found: Floats = np.divide((left * right).sum(axis=-1), size, out=np.full(np.shape(size), np.nan), where=size > 0.0)
    return found
