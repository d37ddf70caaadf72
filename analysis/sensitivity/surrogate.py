"""Indices from a surrogate, used only when it predicts rows that it has not seen.

The measure is Q²: the share of the *explainable* variance, that of the expected outcome, which cross-validated
predictions explain. Chance is not explainable, and its size is known from the replications (`chance.split`).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.sensitivity.chance import split
from analysis.sensitivity.estimates import Estimate, Refusal, bootstrap, generator, percentiles
from analysis.sensitivity.gates import not_judged

__all__ = ["KINDS", "PASSES", "SurrogateIndices", "surrogate"]

Floats = NDArray[np.float64]

KINDS = ("gaussian process", "gradient boosting")
PASSES = 0.8
"""The low end of Q²'s 90% interval must reach this."""

FOLDS = 5
LEAST_ROWS = 100
MOST_ROWS, FITTED_ROWS = 1500, 300
"""A Gaussian process inverts a matrix of rows × rows, at every step while it fits its scales: those see fewer rows."""

SAMPLE = 1024


@dataclass(frozen=True, slots=True)
class SurrogateIndices:
    """First-order and total indices of a surrogate, a factor an entry."""

    kind: str
    names: tuple[str, ...]
    accuracy: Estimate
    """Q², the cross-validated share of the explainable variance."""
    first: tuple[Estimate, ...]
    total: tuple[Estimate, ...]
    """Intervals span the surrogates fitted without each fold, each with its own sampling interval."""
    rows: int

    @property
    def label(self) -> str:
        """What must stand beside every such index."""
        return (
            f"Surrogate, not simulation: {self.kind} on {self.rows:,} rows; it explains "
            f"{100.0 * self.accuracy.value:.0f}% ({100.0 * self.accuracy.low:.0f}–{100.0 * self.accuracy.high:.0f}) of "
            "what can be explained in rows that it has not seen."
        )


def surrogate(
    names: Sequence[str], x: Floats, y: Floats, seed: int, kind: str | None = None
) -> SurrogateIndices | Refusal:
    """Indices from the better of two surrogates, or from the one that is named.

    Args:
        names: the k factors.
        x: (rows, k) uniform numbers of an independent sample.
        y: (rows, replications ≥ 2); NaN where a run failed.
        seed: the study's; it keys folds and bootstrap.
        kind: one of `KINDS`.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
    refused = not_judged(y, len(names), LEAST_ROWS, rows=len(y))
    if refused:
        return refused
    parts = split(y, seed)
    if isinstance(parts, Refusal):
        return parts
    if not parts.parameters.low > 0.0:
        return Refusal(
            "The parameters' variance cannot be told from zero, so there is nothing for a surrogate to explain.",
            "Run more rows, or choose an outcome that varies less by chance.",
        )
    kinds = [kind] if kind else [one for one in KINDS if one != KINDS[0] or len(y) <= MOST_ROWS]
    fold = generator(seed, "folds").permutation(len(y)) % FOLDS
    tried = [_tried(one, x, y, fold, seed) for one in kinds]
    place = max(range(len(kinds)), key=lambda which: tried[which][0].value)
    accuracy, fitted = tried[place]
    if not accuracy.low >= PASSES:
        return Refusal(
            f"The best surrogate ({kinds[place]}) explains {100.0 * accuracy.value:.0f}% of what can be explained in "
            f"rows that it has not seen (90% interval {100.0 * accuracy.low:.0f} to {100.0 * accuracy.high:.0f}%); "
            f"{100.0 * PASSES:.0f}% is required, so its indices are not used.",
            "Run more rows, or take Sobol indices from the model itself.",
        )
    first, total = _indices(names, fitted, seed)
    return SurrogateIndices(kinds[place], tuple(names), accuracy, first, total, len(y))


def _tried(kind: str, x: Floats, y: Floats, fold: NDArray[np.int64], seed: int) -> tuple[Estimate, list[Any]]:
    """Q² with its interval by row, and the models fitted without each fold."""
    from threadpoolctl import threadpool_limits

    target = y.mean(axis=1)
    predicted, fitted = np.empty_like(target), []
    for held in range(FOLDS):
        with threadpool_limits(1):  # so little work is slower on several threads, far slower on a busy machine
            model = _model(kind, x.shape[1], seed).fit(x[fold != held], target[fold != held])
        predicted[fold == held] = model.predict(x[fold == held])
        fitted.append(model)
    # Across replications, luck cancels from the error as it does from the variance.
    runs = y.shape[1]
    noise = y.var(axis=1, ddof=1) / runs
    level = float(target.mean())
    columns = np.stack([(target - predicted) ** 2 - noise, (target - level) ** 2 - noise, target - level], axis=1)

    def accuracy(weights: Floats) -> Floats:
        error, square, middle = (weights @ columns).T
        variance = square - middle**2
        return np.asarray(1.0 - error / np.where(variance > 0.0, variance, np.nan))

    value = float(accuracy(np.full((1, len(y)), 1.0 / len(y)))[0])
    return percentiles(value, bootstrap(len(y), accuracy, seed, kind)), fitted


def _model(kind: str, factors: int, seed: int) -> Any:
    """An unfitted surrogate."""
    if kind == KINDS[1]:
        from sklearn.ensemble import HistGradientBoostingRegressor

        return HistGradientBoostingRegressor(
            learning_rate=0.08, max_iter=300, max_leaf_nodes=8, min_samples_leaf=8, l2_regularization=1.0,
            early_stopping=False, random_state=seed % 2**31,
        )  # fmt: skip
    return _Process(seed % 2**31, factors)


class _Process:
    """A Gaussian process with a length scale a factor, fitted on a few rows and conditioned on all."""

    def __init__(self, seed: int, factors: int) -> None:
        from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

        smooth = ConstantKernel(1.0, (1e-3, 1e3)) * RBF(np.ones(factors), (0.05, 100.0))
        self.kernel = smooth + WhiteKernel(0.1, (1e-8, 10.0))
        self.seed = seed
        self.model: Any = None

    def fit(self, x: Floats, y: Floats) -> _Process:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor

        first = GaussianProcessRegressor(self.kernel, normalize_y=True, random_state=self.seed)
        with warnings.catch_warnings():  # an inert factor's length scale sits on its bound, rightly
            warnings.simplefilter("ignore", ConvergenceWarning)
            first.fit(x[:FITTED_ROWS], y[:FITTED_ROWS])
            self.model = GaussianProcessRegressor(first.kernel_, normalize_y=True, optimizer=None).fit(x, y)
        return self

    def predict(self, x: Floats) -> Floats:
        return np.asarray(self.model.predict(x), dtype=np.float64)


def _indices(
    names: Sequence[str], fitted: Sequence[Any], seed: int
) -> tuple[tuple[Estimate, ...], tuple[Estimate, ...]]:
    """Indices over the fitted models: the mean value, the lowest low end and the highest high end."""
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample

    from analysis.sensitivity.estimates import LEVEL

    count = len(names)
    problem = {"num_vars": count, "names": list(names), "bounds": [[0.0, 1.0]] * count}
    key = int(generator(seed, "surrogate").integers(1, 2**31))
    points = sample.sample(problem, SAMPLE, calc_second_order=False, seed=key)
    found = [
        analyze.analyze(problem, model.predict(points), calc_second_order=False, conf_level=LEVEL, seed=key)
        for model in fitted
    ]
    both = []
    for kind in ("S1", "ST"):
        values = np.array([one[kind] for one in found], dtype=np.float64)
        halves = np.array([one[f"{kind}_conf"] for one in found], dtype=np.float64)
        low, high = (values - halves).min(axis=0), (values + halves).max(axis=0)
        ends = zip(values.mean(axis=0), low, high, strict=True)
        both.append(tuple(Estimate(*map(float, three)) for three in ends))
    return both[0], both[1]
