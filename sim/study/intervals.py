"""Spread of runs, and intervals for the mean of paired differences.

Two kinds of interval are never mixed up: "80% of runs" is the spread of simulated histories, "90% for the
mean" is how well their mean is known. The mean of skewed differences takes Hall's correction of the
t-interval (P. Hall 1992, On the removal of skewness by transformation, J. R. Statist. Soc. B 54, 221-228);
paired proportions take the adjusted Wald interval of D. G. Bonett and R. M. Price (2012, J. Educ. Behav.
Stat. 37, 479-488), and a share of runs that of E. B. Wilson (1927, J. Am. Stat. Assoc. 22, 209-212).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ENOUGH_DIFFER",
    "MeanInterval",
    "Spread",
    "benjamini_hochberg",
    "interval_of",
    "mean_interval",
    "spread",
    "wilson",
]

Floats = NDArray[np.float64]

ENOUGH_DIFFER = 30
"""With fewer pairs that differ at all, an interval for the mean difference is rough."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The distribution of an outcome over runs."""

    median: float
    low: float
    """10th percentile."""
    high: float
    """90th percentile."""
    mean: float
    runs: int
    """Runs in which the outcome is defined."""


@dataclass(frozen=True, slots=True)
class MeanInterval:
    """The mean of paired differences, with its 90% interval."""

    mean: float
    low: float
    high: float
    p: float
    """Two-sided p-value of a mean of zero."""
    pairs: int
    differ: int
    """Pairs that differ at all."""


def spread(values: Floats) -> Spread:
    """Median, 10th and 90th percentile of the runs in which an outcome is defined; NaN if in none."""
    known = values[np.isfinite(values)]
    if not known.size:
        return Spread(math.nan, math.nan, math.nan, math.nan, 0)
    low, median, high = np.quantile(known, [0.1, 0.5, 0.9])
    return Spread(float(median), float(low), float(high), float(known.mean()), known.size)


def mean_interval(first: Floats, second: Floats, level: float = 0.9) -> MeanInterval:
    """The mean of `first - second`, pair by pair; pairs in which either is undefined are left out.

    Identical pairs give an interval of width 0: "at most 3/N of blocks differ (95%)" is then all that N says.
    """
    known = np.isfinite(first) & np.isfinite(second)
    first, second = first[known], second[known]
    difference = first - second
    size, differ = difference.size, int(np.count_nonzero(difference))
    mean = float(difference.mean()) if size else math.nan
    if size < 2:
        return MeanInterval(mean, -math.inf, math.inf, 1.0, size, differ)
    if np.isin(first, (0.0, 1.0)).all() and np.isin(second, (0.0, 1.0)).all():
        low, high, p = _bonett_price(difference, level)
    else:
        low, high, p = _hall(difference, level)
    return MeanInterval(mean, low, high, p, size, differ)


def interval_of(values: Floats, differ: int, level: float = 0.9) -> MeanInterval:
    """The mean of differences that a correction has made continuous; `differ` of the pairs differ at all."""
    return MeanInterval(float(values.mean()), *_hall(values, level), values.size, differ)


def _hall(values: Floats, level: float) -> tuple[float, float, float]:
    """Interval and p-value of a mean after Hall's monotone cubic transformation, with t quantiles."""
    from scipy.special import stdtr, stdtrit

    size, mean, deviation = values.size, float(values.mean()), float(values.std(ddof=1))
    if deviation == 0.0:
        return mean, mean, 1.0 if mean == 0.0 else 0.0
    skew = float(np.mean((values - mean) ** 3)) / float(values.std()) ** 3
    root = math.sqrt(size)

    def inverse(t: float) -> float:
        if abs(skew) < 1e-9:
            return t
        inner = 1.0 + skew * (t / root - skew / (6.0 * size))
        return 3.0 * root / skew * (math.copysign(abs(inner) ** (1.0 / 3.0), inner) - 1.0)

    upper = float(stdtrit(size - 1, 0.5 + level / 2.0))
    statistic = root * mean / deviation
    transformed = statistic + skew * (statistic**2 / 3.0 + 1.0 / 6.0) / root + skew**2 * statistic**3 / (27.0 * size)
    p = 2.0 * float(stdtr(size - 1, -abs(transformed)))
    scale = deviation / root
    return mean - scale * inverse(upper), mean - scale * inverse(-upper), p


def _bonett_price(values: Floats, level: float) -> tuple[float, float, float]:
    """Interval and p-value of a difference of paired proportions, from differences of -1, 0 and 1."""
    from scipy.special import ndtr, ndtri

    size = values.size + 2.0
    up = (float((values > 0).sum()) + 1.0) / size
    down = (float((values < 0).sum()) + 1.0) / size
    error = math.sqrt((up + down - (up - down) ** 2) / size)
    half = float(ndtri(0.5 + level / 2.0)) * error
    return up - down - half, up - down + half, 2.0 * float(ndtr(-abs(up - down) / error))


def wilson(count: int, runs: int, level: float = 0.9) -> tuple[float, float]:
    """Wilson's score interval for a share of which `count` of `runs` were seen; 0 to 1 where there were no runs."""
    from scipy.special import ndtri

    if not runs:
        return 0.0, 1.0
    z = float(ndtri(0.5 + level / 2.0))
    share, size = count / runs, runs + z * z
    centre = (count + z * z / 2.0) / size
    half = z * math.sqrt(runs * share * (1.0 - share) + z * z / 4.0) / size
    return max(0.0, centre - half), min(1.0, centre + half)


def benjamini_hochberg(p: Sequence[float], q: float = 0.05) -> list[bool]:
    """Which of several null hypotheses are rejected when at most a share q of rejections may be false."""
    order = sorted(range(len(p)), key=p.__getitem__)
    last = max((rank for rank, index in enumerate(order, 1) if p[index] <= q * rank / len(p)), default=0)
    rejected = set(order[:last])
    return [index in rejected for index in range(len(p))]
