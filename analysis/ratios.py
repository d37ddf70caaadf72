"""Ratios of means over blocks, such as the cost of a specialist-year.

A run may have nothing to divide by, and a mean of ratios would weigh runs wrongly; so sums over blocks are divided. The
interval is Fieller's, from the two means and their covariance (E. C. Fieller 1954, Some problems in interval
estimation, J. R. Statist. Soc. B 16, 175-185). Where the denominator's own mean can't be told from zero, no bounded
interval exists, and none is given. The difference of two plans' ratios is taken block by block from the linear part
of each ratio (the delta method), so that what the plans share cancels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.definition import Definition
from analysis.differences import judge
from sim.study.intervals import MeanInterval, interval_of
from sim.study.plan import CellKey
from sim.study.results import StoredStudy
from sim.study.study import NO_PARTNERSHIP

__all__ = ["Ratio", "RatioRow", "ratio_difference", "ratio_of_means", "ratios"]

Floats = NDArray[np.float64]

MATTERS = 0.05
"""The smallest difference of two ratios that counts, as a part of their mean."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """The mean of one outcome over the mean of another, with its 90% interval."""

    value: float
    """NaN where there is nothing to divide by."""
    low: float
    """NaN where the denominator can't be told from zero; so is `high`."""
    high: float
    blocks: int
    """Blocks that count."""
    dividing: int
    """Blocks in which there is something to divide by."""


@dataclass(frozen=True, slots=True)
class RatioDifference:
    """One plan's ratio less that of no partnership."""

    interval: MeanInterval
    word: str


@dataclass(frozen=True, slots=True)
class RatioRow:
    """A ratio under every plan of one future."""

    definition: Definition
    future: str
    values: dict[str, Ratio]
    """By plan."""
    differences: dict[str, RatioDifference]
    """By plan, from no partnership; where both can be divided."""


def ratios(study: StoredStudy) -> list[RatioRow]:
    """Every ratio that the outcomes of a study allow, by future; one that no plan can divide is left out."""
    rows = [
        _row(study, name, stated, future)
        for future in study.futures
        for name, stated in study.manifest.get("ratios", {}).items()
    ]
    return [row for row in rows if any(found.dividing for found in row.values.values())]


def _row(study: StoredStudy, name: str, stated: Mapping[str, Any], future: str) -> RatioRow:
    definition = Definition(
        name, stated["label"], stated["unit"], stated["better"], f"{100 * MATTERS:g}%", stated["note"]
    )
    complete = study.complete(future)
    over, under = study.column(stated["over"]), study.column(stated["under"])
    parts = {}
    for plan in study.plans:
        key = CellKey(future, plan)
        if key in over and key in under:
            parts[plan] = over[key][complete], under[key][complete]
    values = {plan: ratio_of_means(*part) for plan, part in parts.items()}
    base = parts.get(NO_PARTNERSHIP)
    divided = [plan for plan, found in values.items() if math.isfinite(found.value)]
    differences = {}
    if base is not None and NO_PARTNERSHIP in divided:
        for plan in divided:
            if plan != NO_PARTNERSHIP:
                found = ratio_difference(parts[plan], base)
                matters = MATTERS * (abs(values[plan].value) + abs(values[NO_PARTNERSHIP].value)) / 2.0
                differences[plan] = RatioDifference(found, judge(found, matters))
    return RatioRow(definition, future, values, differences)


def ratio_of_means(over: Floats, under: Floats, level: float = 0.9) -> Ratio:
    """The mean of `over` divided by the mean of `under`, over the blocks in which both are known; Fieller's interval.

    Where no value is negative, neither is the lower bound.
    """
    known = np.isfinite(over) & np.isfinite(under)
    over, under = over[known], under[known]
    size, dividing = over.size, int(np.count_nonzero(under))
    below = float(under.mean()) if size else 0.0
    if below == 0.0:
        return Ratio(math.nan, math.nan, math.nan, size, dividing)
    value = float(over.mean()) / below
    low, high = _fieller(over, under, value, below, level) if size > 1 else (math.nan, math.nan)
    if (over >= 0.0).all() and (under >= 0.0).all():
        low = max(low, 0.0) if math.isfinite(low) else low
    return Ratio(value, low, high, size, dividing)


def _fieller(over: Floats, under: Floats, value: float, below: float, level: float) -> tuple[float, float]:
    """The ratios at which `over - ratio * under` is not told from a mean of zero; NaN where these are not bounded."""
    from scipy.special import stdtrit

    size = over.size
    t = float(stdtrit(size - 1, 0.5 + level / 2.0))
    covariance = np.cov(over, under) / size
    above, both, beneath = float(covariance[0, 0]), float(covariance[0, 1]), float(covariance[1, 1])
    doubt = t * t * beneath / below**2
    if doubt >= 1.0:
        return math.nan, math.nan
    centre = value - t * t * both / below**2
    inside = above - 2.0 * value * both + value**2 * beneath
    inside -= doubt * above - t * t * both**2 / below**2
    half = t / abs(below) * math.sqrt(max(inside, 0.0))
    return (centre - half) / (1.0 - doubt), (centre + half) / (1.0 - doubt)


def ratio_difference(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> MeanInterval:
    """The first ratio less the second, each a pair of numerator and denominator on the same blocks."""
    known = np.isfinite(np.vstack([*first, *second])).all(axis=0)
    parts = [tuple(part[known] for part in pair) for pair in (first, second)]
    ratio = [float(over.mean() / under.mean()) for over, under in parts]
    linear = [(over - one * under) / under.mean() for one, (over, under) in zip(ratio, parts, strict=True)]
    same = np.logical_and(*(one == other for one, other in zip(*parts, strict=True)))
    values = ratio[0] - ratio[1] + linear[0] - linear[1]
    differ = int(values.size - np.count_nonzero(same))
    if values.size < 2:
        return MeanInterval(ratio[0] - ratio[1], -math.inf, math.inf, 1.0, values.size, differ)
    return interval_of(values, differ)
