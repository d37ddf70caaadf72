"""Morris screening of a stochastic model: SALib's measures on means, and what of them is more than chance.

The measures are `SALib.analyze.morris` on the means of replications (F. Campolongo et al. 2007, Environ. Model. Softw.
22, 1509-1518). Chance enters µ* and σ of every factor, also of an inert one, so beside them stand two measures made of
products across replications, from which it cancels: σ between trajectories and the size of an effect, the root of its
mean square.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.sensitivity.estimates import Estimate, Refusal, across, bootstrap, percentiles
from analysis.sensitivity.gates import not_judged

__all__ = ["LEAST_TRAJECTORIES", "Screening", "effects", "morris"]

Floats = NDArray[np.float64]

LEAST_TRAJECTORIES = 8
"""With fewer, a bootstrap by trajectory has too little to choose from."""


@dataclass(frozen=True, slots=True)
class Screening:
    """Measures of Morris, a factor an entry, in the outcome's unit per full range of the factor."""

    names: tuple[str, ...]
    mu: tuple[Estimate, ...]
    """Mean elementary effect, with its sign."""
    mu_star: tuple[Estimate, ...]
    """Mean size of the elementary effect, chance included."""
    sigma: tuple[Estimate, ...]
    """How much the effect differs between trajectories, chance included: SALib's σ."""
    sigma_free: tuple[Estimate, ...] | None
    """The same without chance, 0 where the estimated variance is negative; None with a single replication."""
    size_free: tuple[Estimate, ...] | None
    """Root of the mean squared effect without chance, 0 where the estimate is negative; None with one replication."""
    beyond_chance: tuple[bool, ...] | None
    """Whether the interval of the mean squared effect without chance lies above zero."""
    trajectories: int
    replications: int

    @property
    def note(self) -> str:
        """How chance was treated, in a sentence."""
        if self.sigma_free is None:
            return (
                "Each point was run with one luck, so µ* and σ contain chance; two replications would tell them apart."
            )
        return f"µ* and σ are of means of {self.replications} replications and contain what chance is left in them."


def effects(x: Floats, y: Floats, levels: int = 4) -> Floats:
    """Elementary effects by trajectory, factor and replication.

    Args:
        x: points, (trajectories, k + 1, k); each step of a trajectory moves one factor by SALib's Δ.
        y: outcomes, (trajectories, k + 1, replications).
        levels: levels of the grid; Δ = levels / (2 (levels − 1)) of a factor's range.
    """
    step = np.diff(x, axis=1)
    moved = np.abs(step).argmax(axis=2)
    sign = np.sign(np.take_along_axis(step, moved[:, :, None], axis=2))
    found = np.empty((x.shape[0], x.shape[2], y.shape[2]))
    delta = levels / (2.0 * (levels - 1.0))
    np.put_along_axis(found, moved[:, :, None], np.diff(y, axis=1) * sign / delta, axis=1)
    return found


def morris(names: Sequence[str], x: Floats, y: Floats, seed: int, levels: int = 4) -> Screening | Refusal:
    """Morris' measures with intervals by trajectory.

    Args:
        names: the k factors.
        x: points on the grid, (trajectories, k + 1, k), as `SALib.sample.morris` draws them.
        y: outcomes, (trajectories, k + 1, replications); NaN where a run failed.
        seed: the study's; it keys the bootstrap.
        levels: levels of the grid.
    """
    if x.shape[1:] != (len(names) + 1, len(names)) or y.shape[:2] != x.shape[:2]:
        raise ValueError(f"got points {x.shape} and outcomes {y.shape} for {len(names)} factors")
    refused = not_judged(np.moveaxis(y, 0, 1), len(names), LEAST_TRAJECTORIES)
    if refused:
        return refused
    elementary = effects(x, y, levels)
    mean = elementary.mean(axis=2)
    central = _salib(names, x, y.mean(axis=2), levels)
    count, rows = len(names), len(x)
    drawn = bootstrap(rows, lambda weights: _measures(mean, weights), seed, "morris").reshape(-1, 3, count)
    mu, mu_star, sigma = (
        tuple(percentiles(central[kind, place], drawn[:, kind, place]) for place in range(count)) for kind in range(3)
    )
    if y.shape[2] < 2:
        return Screening(tuple(names), mu, mu_star, sigma, None, None, None, rows, 1)
    one = np.full((1, rows), 1.0 / rows)
    value = _squares(elementary, one).reshape(2, count)
    drawn = bootstrap(rows, lambda weights: _squares(elementary, weights), seed, "morris").reshape(-1, 2, count)
    spread, square = ([percentiles(value[kind, i], drawn[:, kind, i]) for i in range(count)] for kind in range(2))
    beyond = tuple(estimate.low > 0.0 for estimate in square)
    return Screening(
        tuple(names), mu, mu_star, sigma, _roots(spread), _roots(square), beyond, rows, y.shape[2]
    )  # fmt: skip


def _salib(names: Sequence[str], x: Floats, y: Floats, levels: int) -> Floats:
    """SALib's µ, µ* and σ, (3, k)."""
    from SALib.analyze import morris as salib

    count = len(names)
    problem = {"num_vars": count, "names": list(names), "bounds": [[0.0, 1.0]] * count, "groups": None}
    found = salib.analyze(problem, x.reshape(-1, count), y.ravel(), num_resamples=2, num_levels=levels, seed=1)
    return np.array([np.asarray(found[kind], dtype=np.float64) for kind in ("mu", "mu_star", "sigma")])


def _measures(effect: Floats, weights: Floats) -> Floats:
    """µ, µ* and σ by resample, from effects (trajectories, k)."""
    mean = weights @ effect
    unbiased = len(effect) / (len(effect) - 1.0)
    variance = np.maximum(0.0, weights @ effect**2 - mean**2) * unbiased
    return np.stack([mean, weights @ np.abs(effect), np.sqrt(variance)], axis=1)


def _squares(effect: Floats, weights: Floats) -> Floats:
    """Variance between trajectories and mean square by resample, both across replications."""
    rows = len(effect)
    square = weights @ across(effect, effect)
    middle = (weights @ effect.reshape(rows, -1)).reshape(len(weights), *effect.shape[1:])
    return np.stack([(square - across(middle, middle)) * rows / (rows - 1.0), square], axis=1)


def _roots(squares: Sequence[Estimate]) -> tuple[Estimate, ...]:
    """Square roots, of 0 where a square is estimated below it."""
    return tuple(Estimate(*(math.sqrt(max(0.0, end)) for end in (e.value, e.low, e.high))) for e in squares)
