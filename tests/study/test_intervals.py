"""Intervals on cases with a known answer, and their coverage where differences are skewed or rare."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from sim.study.intervals import MeanInterval, benjamini_hochberg, mean_interval, spread

Floats = NDArray[np.float64]


def of_differences(values: Floats) -> MeanInterval:
    # a constant beside the second value keeps the pairs from looking like proportions
    return mean_interval(values + 10.0, np.full(values.size, 10.0))


def test_symmetric_differences_get_the_t_interval() -> None:
    values = np.concatenate([np.arange(1.0, 21.0), -np.arange(1.0, 21.0)]) + 0.5
    found = of_differences(values)
    low, high = stats.t.interval(0.9, values.size - 1, values.mean(), stats.sem(values))
    assert found.low == pytest.approx(low) and found.high == pytest.approx(high)
    assert found.p == pytest.approx(stats.ttest_1samp(values, 0.0).pvalue, rel=1e-6)


def test_skewed_differences_move_the_interval_to_the_long_tail() -> None:
    values = np.random.default_rng(1).gamma(0.3, 1.0, 200)
    found = of_differences(values)
    assert found.high - found.mean > found.mean - found.low


def test_paired_proportions_are_those_of_bonett_and_price() -> None:
    first = np.r_[np.ones(40), np.zeros(60)]
    second = np.r_[np.ones(30), np.zeros(15), np.ones(5), np.zeros(50)]
    found = mean_interval(first, second)
    up, down = (10 + 1) / 102, (5 + 1) / 102
    half = stats.norm.ppf(0.95) * math.sqrt((up + down - (up - down) ** 2) / 102)
    assert (found.low, found.high) == pytest.approx((up - down - half, up - down + half))
    assert found.mean == pytest.approx(0.05) and found.differ == 15


def test_identical_pairs_and_undefined_values() -> None:
    same = of_differences(np.zeros(50))
    assert (same.mean, same.low, same.high, same.p, same.differ) == (0.0, 0.0, 0.0, 1.0, 0)
    values = np.array([1.0, np.nan, 3.0, 2.0])
    found = mean_interval(values, np.array([0.5, 1.0, np.nan, 0.25]))
    assert found.pairs == 2 and found.mean == pytest.approx(1.125)
    empty = mean_interval(np.array([np.nan]), np.array([1.0]))
    assert empty.pairs == 0 and empty.p == 1.0


DRAWS: dict[str, tuple[Callable[[np.random.Generator, int], Floats], float, float]] = {
    "normal": (lambda luck, n: luck.normal(1.0, 1.0, n), 1.0, 0.88),
    "gamma": (lambda luck, n: luck.gamma(0.3, 1.0, n), 0.3, 0.88),
    "rare lognormal": (
        lambda luck, n: np.where(luck.random(n) < 0.1, luck.lognormal(0.0, 1.0, n), 0.0),
        0.1 * math.exp(0.5),
        0.86,
    ),
    "rare signs": (
        lambda luck, n: np.where(luck.random(n) < 0.025, np.where(luck.random(n) < 0.5, -1.0, 1.0), 0.0),
        0.0,
        0.88,
    ),
}


@pytest.mark.parametrize("name", DRAWS)
def test_coverage_of_the_90_percent_interval(name: str) -> None:
    # 2,000 studies: the standard error of a coverage of 0.9 is 0.007; pairs enough for 30 to differ
    draw, truth, least = DRAWS[name]
    luck = np.random.default_rng(7)
    inside = 0
    for _ in range(2000):
        found = of_differences(draw(luck, 1600 if name == "rare signs" else 400))
        inside += found.low <= truth <= found.high
    assert least <= inside / 2000 <= 0.925


def test_spread_is_the_middle_of_the_runs() -> None:
    found = spread(np.r_[np.arange(101.0), np.nan])
    assert (found.low, found.median, found.high, found.runs) == (10.0, 50.0, 90.0, 101)
    assert math.isnan(spread(np.array([np.nan])).median)


def test_benjamini_hochberg_agrees_with_scipy() -> None:
    p = np.random.default_rng(3).random(60) ** 3
    adjusted = stats.false_discovery_control(p)
    assert benjamini_hochberg(list(p), 0.05) == list(adjusted <= 0.05)
    assert benjamini_hochberg([], 0.05) == []
