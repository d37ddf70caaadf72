"""Sobol indices of the expected outcome of a stochastic model, by products across replications.

All points of design row r share replications whose luck is keyed by row. Means over replications carry what is left of
luck into every square, so that inert factors seem to matter; a product of two different replications does not. With
m(x) = E[Y|x], V = Var m(x) and j ≠ k two replications:

    ST_i = ½ mean[(A − AB_i)_j (A − AB_i)_k] / V        (M. J. W. Jansen 1999, Comput. Phys. Commun. 117, 35-43)
    S_i  =   mean[B_j (AB_i − A)_k] / V                 (A. Saltelli et al. 2010, Comput. Phys. Commun. 181, 259-270)

Where replications are identical these are the numbers of `SALib.analyze.sobol`. An outcome of zeros and ones gives the
indices of a probability, a difference of two plans run by run those of the decision.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.sensitivity.estimates import Estimate, Refusal, across, bootstrap, percentiles
from analysis.sensitivity.gates import LEAST_ROWS, WIDEST, more_rows, not_judged

__all__ = ["Indices", "Pairs", "pairs_of", "sobol", "sobol_pairs"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Indices:
    """First-order and total indices of E[Y|x], a factor an entry; the variance that they are shares of comes first."""

    names: tuple[str, ...]
    variance: Estimate
    """V, the variance of the expected outcome over the parameters, in the outcome's unit squared."""
    mean: Estimate
    first: tuple[Estimate, ...]
    total: tuple[Estimate, ...]
    rows: int
    replications: int

    def shown(self, estimate: Estimate) -> bool:
        """Whether an index is known well enough to be printed: to ± 0.1."""
        return estimate.within(WIDEST)

    @property
    def withheld(self) -> Refusal | None:
        """What is known too roughly to be printed and how many rows would do, or None."""
        return more_rows(self.names, {"S": self.first, "ST": self.total}, self.rows)

    def top(self, count: int = 5) -> tuple[int, ...]:
        """The factors with the largest total indices, the largest first."""
        order = sorted(range(len(self.names)), key=lambda place: -self.total[place].value)
        return tuple(order[:count])


@dataclass(frozen=True, slots=True)
class Pairs:
    """Interactions of a few factors, a pair an entry."""

    names: tuple[tuple[str, str], ...]
    second: tuple[Estimate, ...]
    """S_ij: what the two move together beyond what each moves alone."""
    shared: tuple[Estimate, ...]
    """All interactions that hold both, those with further factors too; never below zero but for noise."""
    rows: int

    @property
    def withheld(self) -> Refusal | None:
        """What is known too roughly to be printed and how many rows would do, or None."""
        labels = tuple(" × ".join(pair) for pair in self.names)
        return more_rows(labels, {"S2": self.second, "shared": self.shared}, self.rows)


def pairs_of(count: int) -> list[tuple[int, int]]:
    """The pairs among `count` factors in the order of a second design's AB_ij points."""
    return list(itertools.combinations(range(count), 2))


def sobol(names: Sequence[str], y: Floats, seed: int) -> Indices | Refusal:
    """First-order and total indices.

    Args:
        names: the k factors.
        y: outcomes, (k + 2, rows, replications): A, B, AB_1 … AB_k (A with one column from B). NaN where a run failed.
        seed: the study's; it keys the bootstrap.
    """
    if y.ndim != 3 or y.shape[0] != len(names) + 2:
        raise ValueError(f"got an array of shape {y.shape} for {len(names)} factors, expected (k + 2, rows, runs)")
    refused = not_judged(y, len(names), LEAST_ROWS) or _not_one_luck(y)
    if refused:
        return refused
    design = _Design(y)
    value = design.statistics(np.full((1, y.shape[1]), 1.0 / y.shape[1]))[0]
    resampled = bootstrap(y.shape[1], design.statistics, seed, "sobol")
    found = [percentiles(value[place], resampled[:, place]) for place in range(value.size)]
    if not found[0].low > 0.0:
        return _only_chance(found[0], y)
    count = len(names)
    level = design.level
    mean = Estimate(found[1].value + level, found[1].low + level, found[1].high + level)
    return Indices(
        tuple(names), found[0], mean, tuple(found[2 : 2 + count]), tuple(found[2 + count :]), y.shape[1], y.shape[2]
    )


class _Design:
    """Sums over rows from which every statistic follows by weights."""

    def __init__(self, y: Floats) -> None:
        self.level = float(y.mean())
        y = y - self.level
        a, b, mixed = y[0], y[1], y[2:]
        self.squares = (across(a, a) + across(b, b)) / 2.0
        self.base = (a + b) / 2.0
        self.total = across(a - mixed, a - mixed).T / 2.0
        self.first = across(b, mixed - a).T
        self.all = y.mean(axis=0)
        self.moved = np.moveaxis(mixed - a, 0, 1)

    def variance(self, weights: Floats) -> tuple[Floats, Floats]:
        """V and the mean by resample. Each replication is centred by its own mean, so luck cancels there too."""
        middle = weights @ self.base
        return weights @ self.squares - across(middle, middle), middle.mean(axis=1)

    def raw(self, weights: Floats) -> tuple[Floats, Floats]:
        """First-order and total variances by resample and factor, B centred as SALib centres it."""
        centre = (weights @ self.all)[:, None, :]
        moved = (weights @ self.moved.reshape(len(self.moved), -1)).reshape(len(weights), *self.moved.shape[1:])
        return weights @ self.first - across(np.broadcast_to(centre, moved.shape), moved), weights @ self.total

    def statistics(self, weights: Floats) -> Floats:
        """V, the mean, S and ST by resample; indices are NaN where V is not positive."""
        variance, mean = self.variance(weights)
        first, total = self.raw(weights)
        scale = np.where(variance > 0.0, variance, np.nan)[:, None]
        return np.concatenate([variance[:, None], mean[:, None], first / scale, total / scale], axis=1)


def sobol_pairs(names: Sequence[str], y: Floats, seed: int) -> Pairs | Refusal:
    """Second-order and shared indices of up to five factors from a second design.

    S_ij = mean[B_j (AB_ij − A)_k]/V − S_i − S_j, and the shared index ¼ mean[D_j D_k]/V with
    D = A − AB_i − AB_j + AB_ij, the superset importance of R. Liu and A. B. Owen (2006, J. Am. Stat. Assoc. 101,
    712-721); both unbiased across replications. SALib's BA points would give S_ij alone, and less precisely.

    Args:
        names: the q factors.
        y: outcomes, (2 + q + q(q−1)/2, rows, replications): A, B, AB_1 … AB_q, then AB_ij in the order of `pairs_of`.
        seed: the study's; it keys the bootstrap.
    """
    couples = pairs_of(len(names))
    if y.ndim != 3 or y.shape[0] != 2 + len(names) + len(couples):
        raise ValueError(f"got an array of shape {y.shape} for the pairs of {len(names)} factors")
    refused = not_judged(y, len(names), LEAST_ROWS) or _not_one_luck(y)
    if refused:
        return refused
    design = _Design(y)
    a, single, double = y[0], y[2 : 2 + len(names)], y[2 + len(names) :]
    one, other = (np.array([couple[end] for couple in couples]) for end in (0, 1))
    apart = a - single[one] - single[other] + double
    shared = across(apart, apart).T / 4.0

    def statistics(weights: Floats) -> Floats:
        variance, _ = design.variance(weights)
        closed, _ = design.raw(weights)
        first, second = closed[:, : len(names)], closed[:, len(names) :]
        scale = np.where(variance > 0.0, variance, np.nan)[:, None]
        found = [variance[:, None], (second - first[:, one] - first[:, other]) / scale, weights @ shared / scale]
        return np.concatenate(found, axis=1)

    value = statistics(np.full((1, y.shape[1]), 1.0 / y.shape[1]))[0]
    resampled = bootstrap(y.shape[1], statistics, seed, "sobol pairs")
    found = [percentiles(value[place], resampled[:, place]) for place in range(value.size)]
    if not found[0].low > 0.0:
        return _only_chance(found[0], y)
    labels = tuple((names[first], names[second]) for first, second in couples)
    return Pairs(labels, tuple(found[1 : 1 + len(couples)]), tuple(found[1 + len(couples) :]), y.shape[1])


def _not_one_luck(y: Floats) -> Refusal | None:
    """One replication leaves nothing to multiply across."""
    if y.shape[2] >= 2:
        return None
    return Refusal(
        "Each design point was run with one luck only, so chance cannot be told from the factors.",
        "Run every point with two or more replications; four are usual.",
    )


def _only_chance(variance: Estimate, y: Floats) -> Refusal:
    """The parameters' share of the variance cannot be told from zero."""
    rows, runs = y.shape[1], y.shape[2]
    return Refusal(
        f"From {rows:,} rows of {runs} replications, the variance that the parameters cause cannot be told from zero "
        f"(90% interval {variance.low:.3g} to {variance.high:.3g}, variance of all runs {float(y.var()):.3g}): what "
        "differs between runs is mostly chance.",
        "Four times as many rows would halve the interval; or choose an outcome that varies less by chance.",
    )
