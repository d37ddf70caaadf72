"""Scenario discovery: under which conditions a plan fails, as a box of parameters (PRIM), and how far to trust it.

B. P. Bryant & R. J. Lempert 2010, Thinking inside the box, Technol. Forecast. Soc. Change 77, 34-49.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis import say
from analysis.discovery.rows import Factor, Rows, between, checked, distance, seeded
from analysis.refusal import Refusal
from sim.study.intervals import wilson

__all__ = ["Box", "Restriction", "Step", "attainable", "find_box"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOST_FACTORS = 6
"""Factors that peeling is offered: those whose distributions over failures and successes are farthest apart."""
SIGNIFICANT = 0.05
"""A bound of a box stays if so many rows would fail by chance without it at most so often (quasi-p)."""
FOLDS, RESAMPLES = 5, 20
HOLD_OUT, BOOTSTRAP = 1, 2
"""What random numbers are drawn for."""


@dataclass(frozen=True, slots=True)
class Step:
    """A box on the way of peeling and pasting."""

    coverage: float
    """The share of all failures in it."""
    density: float
    """The share of its rows that fail."""
    mass: float
    """The share of all rows in it."""
    restricted: int
    """Factors that it bounds."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """The bounds of a box on one factor."""

    factor: Factor
    low: float | None
    high: float | None
    quasi_p: float | None
    """Chance of so many failures if the weaker of its bounds did nothing; None where rows have several lucks."""
    stability: float
    """Share of resamples, by block, whose box bounds this factor."""
    span: tuple[float, float]
    """The least and the greatest sampled value."""


@dataclass(frozen=True, slots=True)
class Box:
    """A condition of failure, with everything that says how far to trust it.

    Chosen along the trajectory: the greatest harmonic mean of coverage and density; then bounds with a quasi-p over
    5% are given up, the weakest first.
    """

    rows: Rows
    restrictions: tuple[Restriction, ...]
    coverage: float
    density: float
    """On the rows that it was found in, and so too high."""
    mass: float
    base: float
    """The share that fails overall."""
    attainable: float
    """Density of as many rows chosen by a flexible learner that hadn't seen them: what no box can much exceed."""
    held: tuple[float, float, float]
    """Density on blocks that weren't used to find the box, with its 90% interval; NaN where none was in a box."""
    held_coverage: float
    overlap: float
    """Mean Jaccard overlap of this box with those of the resamples, over all rows: 1 is the same box."""
    steps: tuple[Step, ...]
    resamples: int

    @property
    def holds(self) -> bool:
        """Whether failures are more frequent in it than overall, on blocks that weren't used to find it."""
        return bool(self.restrictions) and self.held[1] > self.base

    def condition(self) -> str:
        """The box for a reader, with units."""
        return " and ".join(between(one.factor, one.low, one.high) for one in self.restrictions)

    def words(self) -> str:
        """The finding in a sentence or two."""
        dropped = f" {self.rows.dropped:,} runs failed or are not known, and are left out." if self.rows.dropped else ""
        about = f"{self.rows.what}: {self.rows.failure}"
        if not self.holds:
            return (
                f"{about} in {say.number(self.base, 'share')} of histories, and no condition on the parameters tells "
                f"which, on histories that were not used to find it: chance or combinations decide.{dropped}"
            )
        density, low, high = self.held
        return (
            f"{about} in {say.number(density, 'share')} ({say.span(low, high, 'share')}) of histories where "
            f"{self.condition()}, against {say.number(self.base, 'share')} overall; these are "
            f"{say.number(self.held_coverage, 'share')} of all failures. A learner free to use every parameter reaches "
            f"{say.number(self.attainable, 'share')} in as many histories.{dropped}"
        )


def find_box(rows: Rows, resamples: int = RESAMPLES) -> Box | Refusal:
    """The condition under which a plan fails most, checked on blocks that weren't used and by resampling.

    Args:
        rows: design rows with parameters and failures.
        resamples: bootstrap samples, by block, for the stability.

    Returns:
        The box, which may not `hold`; or why none is looked for.
    """
    refused = checked(rows)
    if refused is not None:
        return refused
    low, high, steps = _fit(rows.x, rows.y, rows.binary)
    inside = _inside(rows.x, low, high)
    held, held_coverage = _hold_out(rows)
    bound: list[Bools] = []
    overlaps = []
    generator = seeded(rows.seed, BOOTSTRAP)
    for _ in range(resamples):
        pick = generator.integers(0, rows.y.size, rows.y.size)
        if not 0.0 < rows.y[pick].sum() < pick.size:
            continue
        lower, upper, _ = _fit(rows.x[pick], rows.y[pick], rows.binary)
        bound.append(np.isfinite(lower) | np.isfinite(upper))
        other = _inside(rows.x, lower, upper)
        overlaps.append(np.count_nonzero(inside & other) / np.count_nonzero(inside | other))
    return Box(
        rows,
        tuple(_restrictions(rows, low, high, bound)),
        *_coverage_density(rows.y, inside),
        float(inside.mean()),
        float(rows.y.mean()),
        attainable(rows, int(inside.sum())),
        held,
        held_coverage,
        float(np.mean(overlaps)) if overlaps else np.nan,
        steps,
        len(bound),
    )


def _restrictions(rows: Rows, low: Floats, high: Floats, bound: list[Bools]) -> Iterator[Restriction]:
    stability = np.mean(bound, axis=0) if bound else np.full(low.size, np.nan)
    weakest: dict[int, float] = {}
    if rows.binary:
        for column, _, p in _quasi_p(rows.x, rows.y, low, high):
            weakest[column] = max(p, weakest.get(column, 0.0))
    for column in np.flatnonzero(np.isfinite(low) | np.isfinite(high)).tolist():
        yield Restriction(
            rows.factors[column],
            float(low[column]) if np.isfinite(low[column]) else None,
            float(high[column]) if np.isfinite(high[column]) else None,
            weakest.get(column),
            float(stability[column]),
            (float(rows.x[:, column].min()), float(rows.x[:, column].max())),
        )


def _fit(x: Floats, y: Floats, binary: bool) -> tuple[Floats, Floats, tuple[Step, ...]]:
    """Lower and upper bounds by factor, infinite where there is none; and the way there."""
    from analysis.discovery.peel import trajectory

    offered = np.argsort(-distance(x, y), kind="stable")[:MOST_FACTORS]
    least = max(0.05, 20.0 / y.size)
    boxes = []
    for lower, upper in trajectory(x[:, offered], y, least):
        low, high = np.full(x.shape[1], -np.inf), np.full(x.shape[1], np.inf)
        low[offered] = np.where(lower > x[:, offered].min(axis=0), lower, -np.inf)
        high[offered] = np.where(upper < x[:, offered].max(axis=0), upper, np.inf)
        boxes.append((low, high))
    steps = tuple(_step(x, y, low, high) for low, high in boxes)
    balance = [2.0 * one.coverage * one.density / max(one.coverage + one.density, 1e-12) for one in steps]
    low, high = boxes[int(np.argmax(balance))]
    return (*(_pruned(x, y, low, high) if binary else (low, high)), steps)


def _step(x: Floats, y: Floats, low: Floats, high: Floats) -> Step:
    inside = _inside(x, low, high)
    restricted = np.count_nonzero(np.isfinite(low) | np.isfinite(high))
    return Step(*_coverage_density(y, inside), float(inside.mean()), int(restricted))


def _inside(x: Floats, low: Floats, high: Floats) -> Bools:
    found: Bools = np.all((x >= low) & (x <= high), axis=1)
    return found


def _coverage_density(y: Floats, inside: Bools) -> tuple[float, float]:
    return float(y[inside].sum() / y.sum()), float(y[inside].mean()) if inside.any() else 0.0


def _pruned(x: Floats, y: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The box without the bounds that its failures would do as well without."""
    low, high = low.copy(), high.copy()
    while weak := [one for one in _quasi_p(x, y, low, high) if one[2] > SIGNIFICANT]:
        column, lower, _ = max(weak, key=lambda one: one[2])
        (low if lower else high)[column] = -np.inf if lower else np.inf
    return low, high


def _quasi_p(x: Floats, y: Floats, low: Floats, high: Floats) -> Iterator[tuple[int, bool, float]]:
    """By bound, as (column, whether it is the lower one, quasi-p).

    The chance of as many failures among as many rows if rows failed as often as without this bound (Bryant & Lempert
    2010); a guide to which bounds to keep and no p-value, since the bounds were chosen on the same rows.
    """
    from scipy.stats import binom

    inside = _inside(x, low, high)
    failing, count = int(y[inside].sum()), int(inside.sum())
    for lower, bounds, free in ((True, low, -np.inf), (False, high, np.inf)):
        for column in np.flatnonzero(np.isfinite(bounds)):
            without = bounds.copy()
            without[column] = free
            wider = _inside(x, without if lower else low, high if lower else without)
            yield int(column), lower, float(binom.sf(failing - 1, count, y[wider].mean()))


def _hold_out(rows: Rows) -> tuple[tuple[float, float, float], float]:
    """Density with its interval, and coverage, of boxes found without the blocks that they are judged on."""
    from sklearn.model_selection import KFold

    state = int(seeded(rows.seed, HOLD_OUT).integers(2**31))
    inside = np.zeros(rows.y.size, bool)
    for used, rest in KFold(FOLDS, shuffle=True, random_state=state).split(rows.x):
        if 0.0 < rows.y[used].sum() < used.size:
            low, high, _ = _fit(rows.x[used], rows.y[used], rows.binary)
            if np.isfinite(low).any() or np.isfinite(high).any():
                inside[rest] = _inside(rows.x[rest], low, high)
    if not inside.any():
        return (np.nan, np.nan, np.nan), 0.0
    coverage, density = _coverage_density(rows.y, inside)
    return (density, *wilson(round(float(rows.y[inside].sum())), int(inside.sum()))), coverage


def attainable(rows: Rows, count: int) -> float:
    """The share that fails among the `count` rows that a flexible learner, cross-fitted, thinks most likely to fail."""
    from sklearn.ensemble import GradientBoostingRegressor
    from sklearn.model_selection import KFold, cross_val_predict

    state = int(seeded(rows.seed, HOLD_OUT).integers(2**31))
    learner = GradientBoostingRegressor(
        n_estimators=80, subsample=0.5, max_features=0.33, min_samples_leaf=10, random_state=state
    )
    fitted = cross_val_predict(learner, rows.x, rows.y, cv=KFold(FOLDS, shuffle=True, random_state=state))
    return float(rows.y[np.argsort(-fitted, kind="stable")[:count]].mean())
