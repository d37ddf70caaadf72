"""Given-data methods: views of one stored ensemble, all SALib's, each with the threshold of factors that do nothing.

- delta (E. Borgonovo 2007; E. Plischke et al. 2013): how far knowing a factor shifts the outcome's distribution.
- rbd_fast (S. Tarantola et al. 2006; J.-Y. Tissot and C. Prieur 2012): first-order share of single runs' variance.
- pawn (F. Pianosi and T. Wagener 2015, 2018): distance of distribution functions, the median over ten slices.
- hdmr (G. Li et al. 2010): first-order share by regression on splines.

An index of a factor that does nothing is not zero in a finite sample. Nineteen dummies run through the same method: ten
of keyed random numbers, nine shuffled copies of the factors. An inert factor is exchangeable with them, so that it
exceeds the largest with probability 1/20.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.sensitivity.estimates import LEVEL, Estimate, Refusal, generator
from analysis.sensitivity.gates import not_judged, refuse_failed

__all__ = ["METHODS", "Factors", "Given", "base_rows", "given"]

Floats = NDArray[np.float64]

METHODS = ("delta", "rbd_fast", "pawn", "hdmr")

INTERVALS = {
    "delta": "90%, bootstrap",
    "rbd_fast": "90%, bootstrap of half samples",
    "pawn": "lowest and highest of ten slices, not a confidence interval",
    "hdmr": "90%, spread of 20 half samples",
}
"""What each method's own confidence output is."""

DUMMIES, SHUFFLED = 19, 9
LEAST = {"delta": 100, "rbd_fast": 100, "pawn": 100, "hdmr": 300}
MOST_FAILED = 0.1
SPLINES = 5
"""Coefficients of a factor in SALib's HDMR with two spline intervals."""

DELTA_RESAMPLES, DELTA_ROWS = 20, 2000
"""SALib smooths a density per class and resample: 0.04 s a factor and resample with 1,000 rows."""


@dataclass(frozen=True, slots=True)
class Factors:
    """What a method has to know of the columns of an ensemble."""

    names: tuple[str, ...]
    categorical: frozenset[str] = frozenset()
    """Factors whose values are kinds without an order."""
    groups: tuple[frozenset[str], ...] = ()
    """Factors that are drawn together, so that knowing one tells of the others."""


@dataclass(frozen=True, slots=True)
class Given:
    """Indices of one method from one ensemble, a factor an entry."""

    method: str
    names: tuple[str, ...]
    index: tuple[Estimate, ...]
    interval: str
    """What the interval is."""
    threshold: float
    """The largest index of nineteen factors that do nothing."""
    rows: int
    left_out: int
    """Rows that failed."""

    @property
    def above(self) -> tuple[bool, ...]:
        """By factor, whether it exceeds the threshold; an inert factor does with probability 1/20."""
        return tuple(estimate.value > self.threshold for estimate in self.index)

    @property
    def note(self) -> str:
        """Failed rows that were left out, in a sentence; empty when none failed."""
        if not self.left_out:
            return ""
        return f"{self.left_out:,} of {self.rows + self.left_out:,} rows failed and are left out."


def given(method: str, factors: Factors, x: Floats, y: Floats, seed: int) -> Given | Refusal:
    """Indices by a given-data method.

    Args:
        method: one of `METHODS`.
        factors: the columns.
        x: (rows, k), the uniform numbers of an independent sample, or the values.
        y: (rows,), one run's outcome a row (chance is then part of what factors don't explain); NaN where it failed.
        seed: the study's; it keys dummies and bootstrap.
    """
    if method not in METHODS:
        raise ValueError(f"{method!r} is none of {', '.join(METHODS)}")
    if x.shape != (len(y), len(factors.names)):
        raise ValueError(f"got points {x.shape} and outcomes {y.shape} for {len(factors.names)} factors")
    known = np.isfinite(y)
    refused = (
        _many_failed(~known)
        or not_judged(y[known][None, :], len(factors.names), LEAST[method])
        or _fixed(factors, x[known])
        or _unfit(method, factors, int(known.sum()))
    )
    if refused:
        return refused
    x, y = x[known], y[known]
    if method == "delta" and len(y) > DELTA_ROWS:
        x, y = x[:DELTA_ROWS], y[:DELTA_ROWS]
    columns = np.column_stack([_without_ties(x, seed), _dummies(x, seed)])
    index, low, high = _run(method, columns, y, seed)
    count = len(factors.names)
    found = tuple(Estimate(*map(float, ends)) for ends in zip(index[:count], low[:count], high[:count], strict=True))
    if not np.isfinite(index).all():
        return Refusal(
            f"SALib's {method} gave no number for some factors from {len(y):,} rows: the outcome has too few different "
            "values.",
            "Take another given-data method, or Sobol indices.",
        )
    threshold = float(index[count:].max())
    return Given(method, factors.names, found, INTERVALS[method], threshold, len(y), int((~known).sum()))


def base_rows(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The independent sample inside a Sobol design, for a switch to a given-data method after failed runs.

    Only A and B are drawn independently; the mixed points repeat their numbers.

    Args:
        x: (k + 2, rows, k).
        y: (k + 2, rows, replications).

    Returns:
        Points (2 rows, k) and outcomes of the first replication, (2 rows,), NaN where it failed.
    """
    return x[:2].reshape(-1, x.shape[2]), y[:2, :, 0].ravel()


def _many_failed(failed: NDArray[np.bool_]) -> Refusal | None:
    """So many failures that what is left is another sample."""
    if failed.all():
        return refuse_failed(failed)
    share = float(failed.mean())
    if share <= MOST_FAILED:
        return None
    return Refusal(
        f"{100.0 * share:.0f}% of rows failed; without them, the rest is no sample of the parameters any more.",
        "Mend the cause, or take failing itself as the outcome.",
    )


def _fixed(factors: Factors, x: Floats) -> Refusal | None:
    """A factor that has one value in all rows."""
    stuck = [name for name, spread in zip(factors.names, np.ptp(x, axis=0), strict=True) if spread == 0.0]
    if not stuck:
        return None
    return Refusal(f"{', '.join(stuck)} has the same value in every row.", "Leave it out, or give it a range.")


def _unfit(method: str, factors: Factors, rows: int) -> Refusal | None:
    """Kinds of factors, and numbers of them, that a method was not made for."""
    if method in ("rbd_fast", "hdmr") and factors.categorical:
        kinds = ", ".join(sorted(factors.categorical))
        return Refusal(
            f"{method} fits smooth curves along each factor, and {kinds} has kinds without an order.",
            "Take delta or pawn, which only compare groups of runs, or Sobol indices.",
        )
    if factors.groups:
        group = ", ".join(sorted(factors.groups[0]))
        return Refusal(
            f"{group} are drawn together, and given-data methods look at one column at a time: each would be credited "
            "with what its companions do.",
            "Take Sobol indices with the group as one factor.",
        )
    needed = 4 * SPLINES * (len(factors.names) + DUMMIES)
    if method == "hdmr" and rows < needed:
        return Refusal(
            f"hdmr fits {SPLINES} coefficients a factor to half of the rows; {rows:,} rows are too few for "
            f"{len(factors.names)} factors and {DUMMIES} dummies.",
            f"Run {needed:,} rows, or take pawn or rbd_fast.",
        )
    return None


def _without_ties(x: Floats, seed: int) -> Floats:
    """Ranks from 0 to 1 with ties broken by keyed random numbers: kinds and rounded values then fill slices evenly."""
    draw = generator(seed, "ties")
    order = np.lexsort((draw.random(x.shape), x), axis=0)
    ranks = np.empty_like(x)
    np.put_along_axis(ranks, order, (np.arange(len(x))[:, None] + 0.5) / len(x), axis=0)
    return ranks


def _dummies(x: Floats, seed: int) -> Floats:
    """Columns that do nothing: keyed random numbers, and shuffled copies of the factors in turn, as ranks."""
    draw = generator(seed, "dummies")
    shuffled = [draw.permutation(x[:, place % x.shape[1]]) for place in range(SHUFFLED)]
    return _without_ties(np.column_stack([draw.random((len(x), DUMMIES - SHUFFLED)), *shuffled]), seed + 1)


def _run(method: str, x: Floats, y: Floats, seed: int) -> tuple[Floats, Floats, Floats]:
    """Index, low and high end by column, as SALib gives them."""
    from SALib.analyze import delta, hdmr, pawn, rbd_fast

    count = x.shape[1]
    problem = {"num_vars": count, "names": [f"x{place}" for place in range(count)], "bounds": [[0.0, 1.0]] * count}
    key = int(generator(seed, method).integers(1, 2**31))  # SALib takes 0 for no seed
    with _kept_apart(key):
        if method == "delta":
            found = delta.analyze(
                problem, x, y, num_resamples=DELTA_RESAMPLES, conf_level=LEVEL, seed=key, method="delta"
            )
            return _symmetric(found["delta_raw"], found["delta_raw_conf"])
        if method == "rbd_fast":
            found = rbd_fast.analyze(problem, x, y, conf_level=LEVEL, seed=key)
            return _symmetric(found["S1"], found["S1_conf"])
        if method == "pawn":
            found = pawn.analyze(problem, x, y, S=10, seed=key)
            return np.asarray(found["median"]), np.asarray(found["minimum"]), np.asarray(found["maximum"])
        found = hdmr.analyze(problem, x, y, maxorder=1, K=20, alpha=0.95, seed=key)
        return _symmetric(found["S"][:count], np.asarray(found["S_conf"][:count]) * _level_of_hdmr())


def _level_of_hdmr() -> float:
    """HDMR's half-widths are of 95%, the level of its tests of terms; brought to the level used here."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + LEVEL / 2.0) / ndtri(0.975))


def _symmetric(index: Any, half: Any) -> tuple[Floats, Floats, Floats]:
    """Index with both ends of a symmetric interval."""
    value, width = np.asarray(index, dtype=np.float64), np.asarray(half, dtype=np.float64)
    return value, value - width, value + width


@contextmanager
def _kept_apart(key: int) -> Iterator[None]:
    """SALib seeds NumPy's global generator and changes how warnings are written: give both back as they were.

    Its many tiny matrices are six times slower when several threads share each.
    """
    from threadpoolctl import threadpool_limits

    state, written = np.random.get_state(), warnings.formatwarning  # noqa: NPY002
    with warnings.catch_warnings(record=True), threadpool_limits(1):  # delta sets filters of its own
        np.random.seed(key)  # noqa: NPY002 - HDMR draws from the global generator without seeding it
        try:
            yield
        finally:
            np.random.set_state(state)  # noqa: NPY002
            warnings.formatwarning = written
