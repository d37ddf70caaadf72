"""What sensitivity analysis hands on: estimates with intervals, and refusals in words.

Intervals come from a bootstrap by design row (or trajectory): rows are the independent units, and the runs of a row
share its luck (B. Efron and R. Tibshirani 1993, An Introduction to the Bootstrap, chapter 13). A resample is a vector
of weights, so that a statistic made of sums over rows is one matrix product for all resamples at once.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.refusal import Refusal

__all__ = ["LEVEL", "RESAMPLES", "Estimate", "Refusal", "across", "bootstrap", "generator", "percentiles"]

Floats = NDArray[np.float64]

LEVEL = 0.9
"""Every interval here is a 90% interval, as in the rest of a report."""

RESAMPLES = 1000
CHUNK = 2_000_000
"""Weights held at a time: a resample is a number a row."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 90% interval; the interval is infinite where it cannot be told."""

    value: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half of the interval's width."""
        return (self.high - self.low) / 2.0

    def within(self, limit: float) -> bool:
        """Whether the number is known to ± `limit`."""
        return math.isfinite(self.value) and self.half <= limit


def generator(seed: int, purpose: str) -> np.random.Generator:
    """Random numbers of an analysis: the same for the same study and purpose, others for any other purpose."""
    key = np.random.SeedSequence([abs(seed), zlib.crc32(purpose.encode())])
    return np.random.Generator(np.random.Philox(key))


def bootstrap(
    rows: int, statistic: Callable[[Floats], Floats], seed: int, purpose: str, times: int = RESAMPLES
) -> Floats:
    """A statistic on resampled rows.

    Args:
        rows: how many independent rows there are.
        statistic: takes weights, (resamples, rows), each line with sum 1, and gives (resamples, ...).
        seed: the study's.
        purpose: names the draw.
        times: resamples.

    Returns:
        (times, ...), a line a resample.
    """
    draw = generator(seed, purpose)
    at_once = max(1, min(times, CHUNK // rows))
    found = []
    for start in range(0, times, at_once):
        size = min(at_once, times - start)
        chosen = draw.integers(rows, size=(size, rows)) + rows * np.arange(size)[:, None]
        counts = np.bincount(chosen.ravel(), minlength=size * rows).reshape(size, rows)
        found.append(statistic(counts / rows))
    return np.concatenate(found)


def percentiles(value: float, resampled: Floats, level: float = LEVEL) -> Estimate:
    """An estimate with its percentile interval; infinite where the statistic is undefined in a resample."""
    if not math.isfinite(value) or not np.isfinite(resampled).all():
        return Estimate(float(value), -math.inf, math.inf)
    low, high = np.quantile(resampled, [0.5 - level / 2.0, 0.5 + level / 2.0])
    return Estimate(float(value), float(low), float(high))


def across(first: Floats, second: Floats) -> Floats:
    """Mean of `first_j * second_k` over pairs of different replications j ≠ k, the last axis of both.

    Luck differs between replications, so given the parameters the two factors are independent and the product
    estimates the product of their expectations without the variance of luck; the mean of replications, squared,
    would carry it (on the trade-off that this avoids: "Regularizing nested Monte Carlo Sobol' index estimators",
    arXiv 2210.08807).
    """
    size = first.shape[-1]
    whole = first.sum(axis=-1) * second.sum(axis=-1) - (first * second).sum(axis=-1)
    return np.asarray(whole / (size * (size - 1)))
