"""The correction of paired differences by sums of known mean, on cases with a known answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.controls import BLOCKS_A_CONTROL, FEWEST, FEWEST_BLOCKS, Controls
from analysis.differences import LITTLE, differ, hardly_shared
from sim.study.intervals import interval_of

Floats = NDArray[np.float64]
Luck = np.random.Generator
STUDIES = 2000
NONE = Controls(np.zeros((0, 0)))


def normal(luck: Luck, x: Floats) -> Floats:
    return x[:, 0] + 0.7 * x[:, 1] + luck.normal(0.0, 0.7, len(x))


def skewed(luck: Luck, x: Floats) -> Floats:
    return x[:, 0] + 0.5 * x[:, 1] + luck.gamma(0.3, 1.0, len(x)) - 0.3


def bent(luck: Luck, x: Floats) -> Floats:
    """The outcome bends with its control, as an effect that feeds on itself does; the mean stays 0."""
    z: Floats = x[:, 0] / np.sqrt(2.0)
    values: Floats = z + 0.5 * (z**2 - 1.0) + luck.normal(0.0, 0.5, len(x))
    return values


def unrelated(luck: Luck, x: Floats) -> Floats:
    values: Floats = luck.normal(0.0, 1.0, len(x))
    return values


def studies(draw: Callable[[Luck, Floats], Floats], size: int, count: int) -> tuple[float, float, float]:
    """Of many studies of a mean of 1: the coverage of the chosen interval, the bias in standard errors, its width."""
    luck = np.random.default_rng(11)
    inside, means, width, plain = 0, [], 0.0, 0.0
    for _ in range(STUDIES):
        x: Floats = luck.poisson(2.0, (size, count)).astype(np.float64) - 2.0
        values: Floats = 1.0 + draw(luck, x)
        corrected = Controls(x).correct(values)
        raw = interval_of(values, size)
        found = raw if corrected is None else interval_of(corrected, size)
        inside += found.low <= 1.0 <= found.high
        means.append(found.mean - 1.0)
        width, plain = width + found.high - found.low, plain + raw.high - raw.low
    return inside / STUDIES, float(np.mean(means) / (np.std(means) / np.sqrt(STUDIES))), width / plain


@pytest.mark.parametrize(
    ("draw", "size", "count", "widest"),
    [(normal, 200, 14, 0.45), (normal, 200, 60, 0.5), (normal, 400, 14, 0.42), (skewed, 400, 14, 0.42),
     (bent, 400, 6, 0.7), (unrelated, 200, 14, 1.001)],
)  # fmt: skip
def test_the_chosen_interval_covers_and_its_mean_is_unbiased(
    draw: Callable[[Luck, Floats], Floats], size: int, count: int, widest: float
) -> None:
    # The standard error of a coverage of 0.9 in 2,000 studies is 0.007; 4 standard errors of bias have p < 1e-4.
    covered, bias, width = studies(draw, size, count)
    assert 0.88 <= covered <= 0.92
    assert abs(bias) < 4.0
    assert width <= widest


def test_coefficients_of_the_same_blocks_would_be_biased() -> None:
    """With an outcome that bends with its control, fitting and correcting on one sample misses the mean."""
    luck = np.random.default_rng(2)
    ours, theirs = [], []
    for _ in range(3000):
        x = luck.exponential(1.0, (FEWEST_BLOCKS, 1)) - 1.0
        values = x[:, 0] ** 2
        slope = np.cov(x[:, 0], values)[0, 1] / x[:, 0].var(ddof=1)
        theirs.append(float(np.mean(values - slope * x[:, 0])) - 1.0)
        corrected = Controls(x).correct(values)
        ours.append((values if corrected is None else corrected).mean() - 1.0)
    error = np.std(ours) / np.sqrt(len(ours))
    assert abs(np.mean(ours)) < 4.0 * error < 0.02
    assert np.mean(theirs) < -8.0 * error


def test_a_difference_that_a_control_explains_is_left_without_luck() -> None:
    x = np.random.default_rng(1).normal(0.0, 1.0, (300, 2))
    corrected = Controls(x).correct(3.0 + 2.0 * x[:, 0])
    assert corrected is not None and corrected == pytest.approx(np.full(300, 3.0))


def test_controls_are_not_used_where_they_cannot_be_trusted() -> None:
    luck = np.random.default_rng(1)
    x = luck.normal(0.0, 1.0, (200, 15))
    values = x[:, 0] + luck.normal(0.0, 0.1, 200)
    assert Controls(x).correct(values) is not None
    assert Controls(x[: FEWEST_BLOCKS - 1, :1]).correct(values[: FEWEST_BLOCKS - 1]) is None
    assert Controls(x[:FEWEST_BLOCKS, :1]).correct(values[:FEWEST_BLOCKS]) is not None
    undefined = np.where(np.arange(200) == 7, np.nan, values)
    assert Controls(x).correct(undefined) is None
    rare = np.where(np.arange(200) < FEWEST - 1, values, 0.0)
    assert Controls(x).correct(rare) is None  # too few blocks differ
    assert Controls(np.where(np.arange(200)[:, None] < FEWEST - 1, x, 0.0)).correct(values) is None
    assert Controls(np.full((200, 2), np.nan)).correct(values) is None  # stored by a version without controls
    assert NONE.correct(values) is None


def test_of_too_many_controls_the_strongest_are_taken() -> None:
    luck = np.random.default_rng(8)
    x = luck.normal(0.0, 1.0, (200, 150))
    strongest = x[:, 140:] @ np.full(10, 1.0)
    corrected = Controls(x).correct(strongest + luck.normal(0.0, 0.1, 200))
    assert 200 // BLOCKS_A_CONTROL < 150
    assert corrected is not None and corrected.var() < 0.3 * strongest.var()


def test_controls_that_say_the_same_do_no_harm() -> None:
    luck = np.random.default_rng(4)
    x = luck.normal(0.0, 1.0, (400, 1))
    values = x[:, 0] + luck.normal(0.0, 0.3, 400)
    once, twice = Controls(x).correct(values), Controls(np.hstack([x, 2.0 * x])).correct(values)
    assert once is not None and twice is not None and twice == pytest.approx(once)


def test_what_pairing_and_controls_are_worth() -> None:
    luck = np.random.default_rng(5)
    shared, x = luck.normal(0.0, 3.0, 4000), luck.normal(0.0, 1.0, (4000, 1))
    first = shared + 5.0 + x[:, 0] + luck.normal(0.0, 0.5, 4000)
    second = shared + luck.normal(0.0, 0.5, 4000)
    found = differ("a", "b", first, second, 1.0, Controls(x))
    assert found.worth is not None and found.worth.controlled is not None
    assert found.worth.paired == pytest.approx(19.5 / 1.5, rel=0.1)
    assert found.worth.controlled == pytest.approx(19.5 / 0.5, rel=0.1)
    assert found.controlled is found.interval and found.raw.mean == pytest.approx((first - second).mean())
    assert found.interval.high - found.interval.low < 0.65 * (found.raw.high - found.raw.low)
    alone = differ("a", "b", first, luck.permutation(second), 1.0, NONE)
    assert alone.worth is not None and alone.worth.paired == pytest.approx(1.0, rel=0.1)
    assert alone.worth.controlled is None and alone.interval is alone.raw
    assert alone.worth.paired < LITTLE and hardly_shared([found, alone]) and not hardly_shared([found])


def test_no_ratio_is_told_where_plans_hardly_differ() -> None:
    luck = np.random.default_rng(6)
    first = luck.normal(0.0, 1.0, 500)
    assert differ("a", "b", first + 0.05, first, 1.0, NONE).worth is None
    assert differ("a", "b", first + 5.0, first, 1.0, NONE).worth is None  # no luck in the difference at all
    few = first + np.where(np.arange(500) < 20, 9.0, 0.0)
    assert differ("a", "b", few, first, 1.0, NONE).worth is None
