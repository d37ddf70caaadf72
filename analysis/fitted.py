"""What an outcome is expected to be under given parameters, with the luck of single runs taken out.

A run is one draw of luck, so the best or the worst of many runs is mostly luck. A gradient-boosted fit on the standard
normal numbers behind the parameters estimates the mean over luck instead (J. H. Friedman 2001, Greedy function
approximation, Ann. Statist. 29, 1189-1232; scikit-learn's histogram version). Design rows are split in halves once;
each half's values come from the fit to the other (cross-fitting: V. Chernozhukov et al. 2018, Econometrics J. 21, C1),
so that no run has a part in what is expected of it, and whoever picks by one half can value by the other.

R² is out of sample and against single runs: luck alone keeps it under 1, however well the mean is known. Under `ENOUGH`
the fit isn't used. To stay fast, a fit sees the `FEATURES` parameters that go with the outcome most, in level or in
square, among its own half; trees are of depth 2; and it learns from at most `MOST_LEARNT` blocks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

__all__ = ["ENOUGH", "Fit", "fit", "fit_odds", "halves"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

ENOUGH = 0.2
"""With less of the variance explained, raw means are used."""

FEATURES = 15
FEWEST_LEARNT = 40
"""Blocks of a half, without which nothing is fitted."""
MOST_LEARNT = 4000
FEWEST_EVENTS = 10
"""Of either kind in a half, without which no odds are fitted."""
ROUNDS, RATE, DEPTH, LEAF, BINS = 20, 0.2, 2, 10, 32


@dataclass(frozen=True, slots=True)
class Fit:
    """An outcome's expectation in every block, by what is known of the blocks' parameters."""

    raw: Floats
    """The outcome itself; NaN where it is undefined."""
    half: Whole
    """The half, 0 or 1, that each block belongs to."""
    by_half: Floats
    """What the fit to each half expects in every block: two rows."""
    r2: float
    """Share of the variance of single runs that the other half's fit explains; NaN where nothing was fitted."""

    @property
    def used(self) -> bool:
        """Whether the fit explains enough; where it doesn't, raw means stand for it."""
        return self.r2 >= ENOUGH

    @property
    def expected(self) -> Floats:
        """By block: what the other half's fit expects, or the raw mean of all blocks."""
        if not self.used:
            return np.full(len(self.raw), _mean(self.raw))
        return _across(self.by_half, self.half)

    @property
    def halved(self) -> Floats:
        """By half and block: what that half alone lets expect; its raw mean where the fit isn't used."""
        if self.used:
            return self.by_half
        means = [[_mean(self.raw[self.half == here])] for here in (0, 1)]
        return np.repeat(np.array(means), len(self.raw), axis=1)


def halves(rows: Whole, seed: int) -> Whole:
    """Split design rows in two at random; blocks of one row stay together.

    Args:
        rows: the design row of every block.
        seed: the study's seed; the same seed gives the same halves.
    """
    names, place = np.unique(rows, return_inverse=True)
    order = np.random.Generator(np.random.Philox(key=[seed % 2**64, len(names)])).permutation(len(names))
    half: Whole = (order % 2).astype(np.int64)[place]
    return half


def fit(raw: Floats, scores: Floats, half: Whole) -> Fit:
    """Fit an outcome, or a paired difference, on the parameters' scores.

    Args:
        raw: one value a block; blocks with NaN are not learnt from.
        scores: a row a block, a column a parameter, each standard normal.
        half: of every block, from `halves`.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    return _fit(raw, scores, half, HistGradientBoostingRegressor, 0)


def fit_odds(happened: Floats, scores: Floats, half: Whole) -> Fit:
    """Fit the probability of an event from zeros and ones; R² is then its Brier skill against the plain frequency."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return _fit(happened, scores, half, HistGradientBoostingClassifier, FEWEST_EVENTS)


def _fit(raw: Floats, scores: Floats, half: Whole, learner: Any, fewest: int) -> Fit:
    known = np.isfinite(raw)
    by_half = np.full((2, len(raw)), np.nan)
    learnt = [np.flatnonzero(known & (half == here))[:MOST_LEARNT] for here in (0, 1)]
    if not scores.shape[1] or not all(_enough(raw[blocks], fewest) for blocks in learnt):
        return Fit(raw, half, by_half, math.nan)
    for here, blocks in enumerate(learnt):
        columns = _screened(raw[blocks], scores[blocks])
        model = learner(
            max_iter=ROUNDS, learning_rate=RATE, max_depth=DEPTH, min_samples_leaf=LEAF, max_bins=BINS,
            early_stopping=False, random_state=0,
        )  # fmt: skip
        with _threads().limit(limits=1):  # threads wait for each other longer than so small a fit takes
            model.fit(scores[np.ix_(blocks, columns)], raw[blocks])
            by_half[here] = _predicted(model, scores[:, columns])
    by_half = np.clip(by_half, raw[known].min(), raw[known].max())  # trees overshoot; a mean can't
    left = (raw - _across(by_half, half))[known]
    return Fit(raw, half, by_half, 1.0 - float(np.mean(left**2)) / float(raw[known].var()))


@cache
def _threads() -> ThreadpoolController:
    """The pools of threads of the libraries that fit, which takes a while to find out."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _enough(learnt: Floats, fewest: int) -> bool:
    """Whether a half has something to learn from."""
    if len(learnt) < FEWEST_LEARNT or learnt.min() == learnt.max():
        return False
    return not fewest or bool(min(np.count_nonzero(learnt == 0.0), np.count_nonzero(learnt)) >= fewest)


def _screened(learnt: Floats, scores: Floats) -> NDArray[np.intp]:
    """The parameters that go with the outcome most, in level or in square."""
    centred = learnt - learnt.mean()

    def strength(columns: Floats) -> Floats:
        columns = columns - columns.mean(axis=0)
        size: Floats = np.abs(centred @ columns) / np.maximum(np.sqrt((columns**2).sum(axis=0)), 1e-12)
        return size

    both = np.maximum(strength(scores), strength(scores**2))
    return np.sort(np.argsort(-both, kind="stable")[:FEATURES])


def _predicted(model: Any, scores: Floats) -> Floats:
    found: Floats = model.predict_proba(scores)[:, 1] if hasattr(model, "predict_proba") else model.predict(scores)
    return found


def _across(by_half: Floats, half: Whole) -> Floats:
    """In every block what the half that it isn't in lets expect."""
    found: Floats = np.where(half == 0, by_half[1], by_half[0])
    return found


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else math.nan
