"""Landmark analysis: which value, known at a date, best foretells failure by the horizon.

H. C. van Houwelingen 2007, Dynamic prediction by landmarking in event history analysis, Scand. J. Stat. 34, 70-85.
The best of many candidates looks good by chance: its AUC is told of folds, by block, in which it wasn't chosen, and
it is announced only where it beats the best of the same candidates against permuted failures (P. H. Westfall & S. S.
Young 1993, Resampling-Based Multiple Testing).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.discovery.failure import FEWEST
from analysis.discovery.rows import seeded
from analysis.refusal import Refusal
from sim.study.intervals import wilson

__all__ = ["Auc", "Foretold", "Sign", "auc", "foretell"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FOLDS, PERMUTATIONS, RESAMPLES = 5, 999, 400
FOLD, PERMUTE, RESAMPLE = 11, 12, 13
"""What random numbers are drawn for."""


@dataclass(frozen=True, slots=True)
class Auc:
    """The chance that a failure has the higher score than a success, with its 90% interval by block."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sign:
    """One candidate on its own."""

    name: str
    below: bool
    """Whether low values foretell failure."""
    auc: float
    """On the histories in which its direction was chosen: at least 0.5."""
    p: float
    """Chance that the best of all candidates would do as well if none had to do with failure."""


@dataclass(frozen=True, slots=True, eq=False)
class Foretold:
    """What a landmark tells."""

    best: Sign
    signs: tuple[Sign, ...]
    """Every candidate, the best first."""
    held: Auc
    """Of the best candidate, chosen and turned in the other folds."""
    threshold: float
    """Of the best candidate, by Youden's index on all histories: those past it are alarmed."""
    false_alarms: tuple[float, float, float]
    """Share of alarms among histories that don't fail, threshold chosen in the other folds, with its 90% interval."""
    misses: tuple[float, float, float]
    """Share of failures without an alarm, likewise."""
    curve: tuple[Floats, Floats]
    """ROC of the held-out scores: false alarms and hits."""
    alarmed: Bools
    """Histories past the threshold."""
    histories: int
    failing: int


def auc(fails: Bools, score: Floats, seed: int) -> Auc:
    """The area under the ROC curve with a 90% percentile interval, histories resampled within each class.

    Raises:
        ValueError: there is but one class, or a score isn't finite.
    """
    from scipy.stats import bootstrap, rankdata
    from sklearn.metrics import roc_auc_score

    value = float(roc_auc_score(fails, score))
    if np.ptp(score) == 0.0:
        return Auc(value, 0.5, 0.5)

    def area(high: Floats, low: Floats, axis: int = -1) -> Floats:
        failing, succeeding = high.shape[axis], low.shape[axis]
        ranks = rankdata(np.concatenate([high, low], axis=axis), axis=axis)
        total = np.take(ranks, range(failing), axis=axis).sum(axis=axis)
        return np.asarray((total - failing * (failing + 1.0) / 2.0) / (failing * succeeding), np.float64)

    found = bootstrap(
        (score[fails], score[~fails]),
        area,
        n_resamples=RESAMPLES,
        vectorized=True,
        confidence_level=0.9,
        method="percentile",
        rng=seeded(seed, RESAMPLE),
    ).confidence_interval
    return Auc(value, float(found.low), float(found.high))


def foretell(values: Floats, fails: Bools, names: Sequence[str], seed: int) -> Foretold | Refusal:
    """Which candidate best tells who will fail.

    Args:
        values: a row a history (a block), a column a candidate: what is known at the landmark.
        fails: whether each history fails by the horizon.
        names: of the candidates.
        seed: the study's.

    Returns:
        What was found, whether or not it is worth announcing (`best.p`); or why nothing is looked for.
    """
    varies = (np.ptp(values, axis=0) > 0.0) & np.isfinite(values).all(axis=0) if values.size else np.empty(0, bool)
    failing = int(np.count_nonzero(fails))
    if min(failing, fails.size - failing) < FEWEST:
        what = f"{failing:,} of {fails.size:,} histories at risk at this date fail"
        return Refusal(what, f"keep series of more blocks: at least {FEWEST} must fail, and as many must not")
    if not varies.any():
        return Refusal("no reported value differs between histories at this date", "look at a later date")
    values, names = values[:, varies], [name for name, kept in zip(names, varies, strict=True) if kept]
    ranks = _ranks(values)
    areas = _areas(ranks, fails[None, :])[0]
    signs = _signs(ranks, areas, fails, names, seed)
    best = names.index(signs[0].name)
    score, alarm = _held_out(values, fails, seed)
    threshold = _youden(-values[:, best] if signs[0].below else values[:, best], fails)
    alarmed = -values[:, best] >= threshold if signs[0].below else values[:, best] >= threshold
    return Foretold(
        signs[0],
        signs,
        auc(fails, score, seed),
        -threshold if signs[0].below else threshold,
        _share(alarm[~fails]),
        _share(~alarm[fails]),
        _curve(fails, score),
        alarmed,
        fails.size,
        failing,
    )


def _signs(ranks: Floats, areas: Floats, fails: Bools, names: Sequence[str], seed: int) -> tuple[Sign, ...]:
    """Candidates by how well they tell, with p-values of the best of as many (Westfall & Young's single step)."""
    generator = seeded(seed, PERMUTE)
    permuted = generator.permuted(np.tile(fails, (PERMUTATIONS, 1)), axis=1)
    chance = np.abs(_areas(ranks, permuted) - 0.5).max(axis=1)
    found = [
        Sign(name, bool(area < 0.5), float(max(area, 1.0 - area)), _p(abs(area - 0.5), chance))
        for name, area in zip(names, areas, strict=True)
    ]
    return tuple(sorted(found, key=lambda sign: -sign.auc))


def _p(size: float, chance: Floats) -> float:
    return (1 + int(np.count_nonzero(chance >= size - 1e-12))) / (1 + chance.size)


def _ranks(values: Floats) -> Floats:
    """Mid-ranks by column."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values, axis=0), np.float64)


def _areas(ranks: Floats, fails: Bools) -> Floats:
    """AUC by row of failures and column of ranks: the Mann-Whitney statistic over the number of pairs."""
    failing = fails.sum(axis=1, keepdims=True).astype(float)
    total = fails.astype(float) @ ranks
    found: Floats = (total - failing * (failing + 1.0) / 2.0) / (failing * (fails.shape[1] - failing))
    return found


def _youden(score: Floats, fails: Bools) -> float:
    """The score at which hits less false alarms are most, halfway to the next lower one (Youden 1950)."""
    from sklearn.metrics import roc_curve

    false, hits, levels = roc_curve(fails, score)
    level = float(levels[int(np.argmax(hits - false))])
    lower = score[score < level]
    return level if math.isinf(level) or not lower.size else (level + float(lower.max())) / 2.0


def _held_out(values: Floats, fails: Bools, seed: int) -> tuple[Floats, Bools]:
    """Score and alarm of each history by the candidate, direction and threshold that the other folds choose.

    Scores of different candidates are made alike as shares of the other folds' histories that score lower.
    """
    from sklearn.model_selection import StratifiedKFold

    state = int(seeded(seed, FOLD).integers(2**31))
    score, alarm = np.empty(fails.size), np.zeros(fails.size, bool)
    for used, rest in StratifiedKFold(FOLDS, shuffle=True, random_state=state).split(values, fails):
        areas = _areas(_ranks(values[used]), fails[None, used])[0]
        best = int(np.argmax(np.abs(areas - 0.5)))
        turned = -values[:, best] if areas[best] < 0.5 else values[:, best]
        known = np.sort(turned[used])
        middle = np.searchsorted(known, turned[rest], "left") + np.searchsorted(known, turned[rest], "right")
        score[rest] = middle / (2.0 * used.size)
        alarm[rest] = turned[rest] >= _youden(turned[used], fails[used])
    return score, alarm


def _curve(fails: Bools, score: Floats) -> tuple[Floats, Floats]:
    from sklearn.metrics import roc_curve

    false, hits, _ = roc_curve(fails, score)
    return np.asarray(false, np.float64), np.asarray(hits, np.float64)


def _share(here: Bools) -> tuple[float, float, float]:
    count = int(np.count_nonzero(here))
    return (count / here.size, *wilson(count, here.size))
