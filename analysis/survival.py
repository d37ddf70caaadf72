"""Curves over time: Kaplan-Meier and Aalen-Johansen estimates with bands that respect blocks.

The estimates are statsmodels' (E. L. Kaplan & P. Meier 1958, J. Am. Stat. Assoc. 53, 457-481; O. O. Aalen & S. Johansen
1978, Scand. J. Stat. 5, 141-150). People of one run share its luck and its parameters, so they are not independent: the
bands resample blocks, never persons (A. C. Davison & D. V. Hinkley 1997, Bootstrap Methods and their Application,
section 3.8). A resample is a set of weights, the same under every plan, so that differences between plans stay paired.
For resampling alone, times are counted in months: that moves a band by far less than its width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ENOUGH_BLOCKS", "RESAMPLES", "Band", "Curve", "Estimate", "Spells", "curve", "estimate", "grid", "incidence",
    "kept", "paired", "resampled", "restricted_mean", "restricted_means", "weights_for",
]  # fmt: skip

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RESAMPLES = 200
ENOUGH_BLOCKS = 20
"""With fewer blocks their bootstrap is no interval, and none is given."""

LEVEL = 0.9
STEP = 0.25
"""Years between the points at which curves are told, unless asked otherwise."""

MONTHS = 12.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 90% bootstrap interval; the interval is NaN where there are too few blocks."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve at some times, in years, with its pointwise 90% band."""

    years: tuple[float, ...]
    value: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def at(self, year: float) -> Estimate:
        """The curve at the last of its times that is not after `year`; a curve is constant between its times."""
        place = max(0, int(np.searchsorted(self.years, year + 1e-9, side="right")) - 1)
        return Estimate(self.value[place], self.low[place], self.high[place])


@dataclass(frozen=True)
class Spells:
    """How long something lasted, and what ended it.

    Attributes:
        time: years from the beginning of each spell until it ended, or until it was last seen; shape (spells,).
        status: what ended it, from 1 upwards; 0 for a spell that was cut off by the horizon; shape (spells,).
        block: the block that each spell belongs to, from 0 to `blocks` - 1; shape (spells,).
        blocks: how many blocks there are, those without a spell included.
    """

    time: Floats
    status: Ints
    block: Ints
    blocks: int

    @cached_property
    def causes(self) -> int:
        """The largest status."""
        return int(self.status.max(initial=0))

    @cached_property
    def months(self) -> tuple[Spells, Any]:
        """One spell for every pair of month and status that occurs, and how many of each there are in every block.

        Months count as over: a spell that ends within a month ends with it. One of length 0 stays so.
        """
        from scipy.sparse import coo_array

        kinds = self.causes + 1  # month and status as one whole number, which sorts faster than a pair
        code = np.ceil(self.time * MONTHS - 1e-9).astype(np.int64) * kinds + self.status
        pairs, place = np.unique(code, return_inverse=True)
        counts = coo_array((np.ones(code.size), (place, self.block)), shape=(pairs.size, self.blocks)).tocsr()
        return Spells(pairs // kinds / MONTHS, pairs % kinds, np.zeros(pairs.size, np.int64), 1), counts


Measure = Callable[[Spells, Floats | None], Floats]
"""What is worked out from spells, each counted once or under weights; of rows of weights, a result a row."""


def grid(last: float, step: float = STEP) -> Floats:
    """The times at which curves are told: every `step` years from 0 to `last`, both included."""
    times = np.arange(0.0, last + step / 2.0, step)
    times[-1] = min(times[-1], last)
    return times if times[-1] > last - 1e-9 else np.append(times, last)


def kept(spells: Spells, times: Floats, weights: Floats | None = None, status: int | None = None) -> Floats:
    """Kaplan-Meier: the share that has not ended by each of the times.

    Args:
        spells: what lasted.
        times: years, ascending.
        weights: how often each spell counts, or rows of such weights; once, unless given.
        status: the only status that counts as an end; spells ended by another are cut off there. All, unless given.

    Returns:
        The share at each time, in the shape of `times`, after that of rows of weights; 1 where nothing ends.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    if weights is not None and weights.ndim > 1:
        at, left, _, _ = _tables(spells, weights, [status] if status is not None else range(1, spells.causes + 1))
        return _many_steps(at, left, times, 1.0)
    spells, weights = _counted(spells, weights)
    ended = spells.status > 0 if status is None else spells.status == status
    if not ended.any():
        return np.ones(times.size)
    found = SurvfuncRight(spells.time, ended.astype(np.int64), freq_weights=weights)
    return _steps(found.surv_times, found.surv_prob, times, 1.0)


def incidence(spells: Spells, times: Floats, weights: Floats | None = None, causes: int | None = None) -> Floats:
    """Aalen-Johansen: the share that each cause has ended by each of the times, where any cause may come first.

    Args:
        spells: what lasted.
        times: years, ascending.
        weights: how often each spell counts, or rows of such weights; once, unless given.
        causes: how many causes there are; the largest status, unless given.

    Returns:
        A row a cause, a column a time; before them, rows of weights.
    """
    from statsmodels.duration.survfunc import CumIncidenceRight

    many = spells.causes if causes is None else causes
    if weights is not None and weights.ndim > 1:
        at, left, ended, at_risk = _tables(spells, weights, range(1, many + 1))
        before = np.hstack([np.ones((len(weights), 1)), left[:, :-1]])
        shares = (before / at_risk)[:, None, :] * ended
        return _many_steps(at, np.cumsum(shares, axis=2), times, 0.0)
    found = np.zeros((many, times.size))
    spells, weights = _counted(spells, weights)
    if not (spells.status > 0).any():
        return found
    counts = np.ones(spells.time.size) if weights is None else weights  # with counts it spares itself standard errors
    steps = CumIncidenceRight(spells.time, spells.status, freq_weights=counts)
    for row, share in enumerate(steps.cinc):
        found[row] = _steps(steps.times, share, times, 0.0)
    return found


def restricted_means(spells: Spells, last: float, weights: Floats) -> Floats:
    """`restricted_mean` under each of some rows of weights."""
    at, left, _, _ = _tables(spells, weights, range(1, spells.causes + 1))
    inside = at < last
    edges = np.concatenate([[0.0], at[inside], [last]])
    found: Floats = np.hstack([np.ones((len(weights), 1)), left[:, inside]]) @ np.diff(edges)
    return found


def restricted_mean(spells: Spells, last: float, weights: Floats | None = None) -> float:
    """The mean time, in years, until the end by whatever cause or until `last`: the area under the curve so far.

    P. Royston & M. K. B. Parmar (2013), BMC Med. Res. Methodol. 13, 152.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    spells, weights = _counted(spells, weights)
    ended = spells.status > 0
    if not ended.any():
        return last
    found = SurvfuncRight(spells.time, ended.astype(np.int64), freq_weights=weights)
    inside = found.surv_times < last
    edges = np.concatenate([[0.0], found.surv_times[inside], [last]])
    return float(np.diff(edges) @ np.concatenate([[1.0], found.surv_prob[inside]]))


def _tables(spells: Spells, weights: Floats, causes: Iterable[int]) -> tuple[Floats, Floats, Floats, Floats]:
    """Life tables under many rows of weights at once, for resampling: the library takes one row at a time.

    Returns:
        The times at which a spell ends or is cut off; by row and time, the share that none of the causes has ended by
        then (Kaplan-Meier); by row, cause and time, how many it ends; by row and time, how many are at risk just
        before, at least 1e-12.
    """
    at, place = np.unique(spells.time, return_inverse=True)

    def summed(chosen: NDArray[np.bool_]) -> Floats:
        from scipy.sparse import coo_array

        rows = np.flatnonzero(chosen)
        gather = coo_array((np.ones(rows.size), (place[rows], rows)), shape=(at.size, spells.time.size)).tocsr()
        return np.asarray(gather @ weights.T).T

    over = summed(np.ones(spells.time.size, bool))
    at_risk = np.maximum(np.cumsum(over[:, ::-1], axis=1)[:, ::-1], 1e-12)
    ended = np.stack([summed(spells.status == cause) for cause in causes] or [np.zeros(over.shape)], axis=1)
    left = np.cumprod(1.0 - ended.sum(axis=1) / at_risk, axis=1)
    return at, left, ended, at_risk


def _many_steps(at: Floats, values: Floats, times: Floats, before: float) -> Floats:
    """Step functions, along the last axis, at some times; `before` their first step."""
    first = np.full((*values.shape[:-1], 1), before)
    found: Floats = np.concatenate([first, values], axis=-1)[..., np.searchsorted(at, times + 1e-9, side="right")]
    return found


def _counted(spells: Spells, weights: Floats | None) -> tuple[Spells, Floats | None]:
    """Without the spells of weight 0: a risk set that only they are in would be empty."""
    if weights is None:
        return spells, None
    here = weights > 0.0
    return Spells(spells.time[here], spells.status[here], spells.block[here], spells.blocks), weights[here]


def _steps(at: Floats, values: Floats, times: Floats, before: float) -> Floats:
    """A step function at some times; `before` its first step."""
    found: Floats = np.concatenate([[before], values])[np.searchsorted(at, times + 1e-9, side="right")]
    return found


def weights_for(seed: int, what: str, blocks: int, resamples: int = RESAMPLES) -> Ints:
    """How often each block counts in each resample: a row a resample, a column a block.

    They follow from the study's seed, `what` is resampled and the number of blocks alone.
    """
    key = blake2b(f"{seed} {what} {blocks}".encode(), digest_size=16).digest()
    luck = np.random.Generator(np.random.Philox(key=int.from_bytes(key, "big")))
    drawn: Ints = luck.multinomial(blocks, np.full(blocks, 1.0 / blocks), size=resamples)
    return drawn


def resampled(spells: Spells, weights: Ints, measure: Measure) -> Floats:
    """A measure in each resample of the blocks; NaN in a resample without any spell.

    Returns:
        A row a resample, then the shape of what is measured.
    """
    months, counts = spells.months
    totals = np.asarray(counts @ weights.T.astype(np.float64)).T
    found = measure(months, totals)
    found[~totals.any(axis=1)] = np.nan
    return found


def curve(times: Floats, values: Floats, resamples: Floats) -> Curve:
    """A curve with its band; `resamples` has a row a resample, none where there are too few blocks."""
    low, high = _band(resamples, times.size)
    return Curve(*(tuple(map(float, row)) for row in (times, values, low, high)))


def estimate(value: float, resamples: Floats) -> Estimate:
    """A number with its interval."""
    low, high = _band(resamples.reshape(-1, 1), 1)
    return Estimate(float(value), float(low[0]), float(high[0]))


def _band(resamples: Floats, size: int) -> tuple[Floats, Floats]:
    """The middle 90% of resamples."""
    known = resamples[~np.isnan(resamples).any(axis=1)] if len(resamples) else resamples
    if not len(known):
        return np.full(size, np.nan), np.full(size, np.nan)
    low, high = np.quantile(known, [0.5 - LEVEL / 2.0, 0.5 + LEVEL / 2.0], axis=0)
    return low, high


@dataclass(frozen=True)
class Band:
    """The resamples of one set of blocks; every measure of them is taken under the same weights."""

    weights: Ints

    @classmethod
    def of(cls, seed: int, what: str, blocks: int, resamples: int = RESAMPLES) -> Band:
        """The resamples of so many blocks: none where there are too few of them."""
        enough = blocks >= ENOUGH_BLOCKS
        return cls(weights_for(seed, what, blocks, resamples) if enough else np.empty((0, blocks), np.int64))

    def measured(self, spells: Spells, measure: Measure) -> Floats:
        """A measure in each resample; no rows where there are none."""
        return resampled(spells, self.weights, measure) if len(self.weights) else np.empty(0)

    def curves(self, spells: Spells, times: Floats, measure: Measure) -> list[Curve]:
        """The rows that a measure gives, each a curve with its band."""
        values, drawn = np.atleast_2d(measure(spells, None)), self.measured(spells, measure)
        drawn = drawn.reshape(-1, *values.shape) if drawn.size else np.empty((0, *values.shape))
        return [curve(times, row, drawn[:, place]) for place, row in enumerate(values)]

    def means(self, spells: Spells, last: float) -> tuple[float, Floats]:
        """The restricted mean, and the same in each resample."""

        def mean(some: Spells, weights: Floats | None) -> Floats:
            return np.empty(0) if weights is None else restricted_means(some, last, weights)

        return restricted_mean(spells, last), self.measured(spells, mean)


def paired(of: Sequence[tuple[float, Floats]]) -> Estimate:
    """The first of two restricted means less the second, resample by resample."""
    (value, drawn), (other, others) = of
    return estimate(value - other, drawn - others)
