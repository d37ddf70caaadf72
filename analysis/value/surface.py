"""What rivals bring, fitted over the scores of draws: additive splines and the products of the strongest draws.

Strong, Oakley & Brennan (2014, Med. Decis. Making 34, 311-326) estimate the value of information by regressing the
differences between plans on the numbers one could find out. Draws are standard normal, so knots stand at fixed
percentiles; ridge weights are chosen by generalised cross-validation (scikit-learn's RidgeCV), one for each rival.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FOLDS", "Surface", "explained", "folds", "splines", "strength"]

Floats = NDArray[np.float64]

KNOTS = (-2.326, -0.842, 0.0, 0.842, 2.326)
"""The 1st, 20th, 50th, 80th and 99th percentile; straight beyond."""
A_DRAW = len(KNOTS) + 1
"""Columns of one draw's cubic splines."""
MOST = 12
"""So many draws enter a joint fit: the strongest of its own rows, at most one for 20 rows."""
CROSSED = 4
"""The products of so many of the strongest draws enter, too."""
PRODUCT = 0.2
"""Products are made as small as spline columns, so that one ridge weight suits both."""
ALPHAS = tuple(float(weight) for weight in np.logspace(-2.0, 4.0, 13))
FOLDS = 5


def splines(scores: Floats) -> Floats:
    """Cubic splines of every draw: rows × (draws × A_DRAW)."""
    from sklearn.preprocessing import SplineTransformer

    knots = np.repeat(np.array(KNOTS)[:, None], scores.shape[1], axis=1)
    basis = SplineTransformer(degree=3, knots=knots, include_bias=False, extrapolation="linear")
    columns: Floats = basis.fit(knots).transform(scores)
    return columns


def strength(scores: Floats, gains: Floats) -> Floats:
    """The share of each rival's variance that a draw alone explains in these rows: draws × rivals."""
    rows, draws = scores.shape
    columns = splines(scores).reshape(rows, draws, -1).transpose(1, 0, 2)
    base = np.linalg.qr(columns - columns.mean(axis=1, keepdims=True))[0]
    centred = gains - gains.mean(axis=0)
    total = (centred**2).sum(axis=0)
    shares: Floats = (np.matmul(base.transpose(0, 2, 1), centred) ** 2).sum(axis=1) / np.where(total > 0, total, 1.0)
    return shares


class Surface:
    """Rivals' expected gains over the scores of draws.

    Args:
        scores: a row a design row, a column a draw.
        gains: a row a design row, a column a rival.
    """

    def __init__(self, scores: Floats, gains: Floats) -> None:
        from sklearn.linear_model import RidgeCV

        order = np.arange(scores.shape[1])
        if len(order) > 1:
            order = np.argsort(-strength(scores, gains).max(axis=1), kind="stable")
        self.kept = order[: min(MOST, max(1, len(scores) // 20))]
        self.pairs = [(a, b) for a in range(min(CROSSED, len(self.kept))) for b in range(a)]
        design = self._design(scores)
        self.centre = design.mean(axis=0)
        self.fitted: Any = RidgeCV(ALPHAS, alpha_per_target=True).fit(design, gains)

    def _design(self, scores: Floats) -> Floats:
        """The columns of the fit: splines draw by draw, then products."""
        kept = scores[:, self.kept]
        products = [PRODUCT * kept[:, [a]] * kept[:, [b]] for a, b in self.pairs]
        return np.hstack([splines(kept), *products])

    def __call__(self, scores: Floats) -> Floats:
        """Expected gains at these scores: a row a row, a column a rival."""
        gains: Floats = np.asarray(self.fitted.predict(self._design(scores)))
        return gains.reshape(len(scores), -1)

    def part(self, scores: Floats, wanted: NDArray[np.bool_]) -> Floats:
        """What the wanted draws alone contribute, products with others left out; about mean 0 over the fitted rows."""
        own = wanted[self.kept]
        columns = np.concatenate([np.repeat(own, A_DRAW), [own[a] and own[b] for a, b in self.pairs]]).astype(bool)
        slopes = np.atleast_2d(self.fitted.coef_)[:, columns]
        contribution: Floats = (self._design(scores) - self.centre)[:, columns] @ slopes.T
        return contribution


def folds(rows: int, seed: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Pairs of rows to fit on and rows to judge by, the same for every question to a study."""
    from sklearn.model_selection import KFold

    order = np.random.Generator(np.random.Philox([seed, rows])).permutation(rows)
    parts = KFold(FOLDS).split(order)
    return [(np.sort(order[fit]), np.sort(order[held])) for fit, held in parts]


def explained(gains: Floats, fitted: Floats) -> Floats:
    """The share of each rival's variance that a cross-fitted surface explains; may be below 0."""
    total = gains.var(axis=0)
    shares: Floats = 1.0 - ((gains - fitted) ** 2).mean(axis=0) / np.where(total > 0.0, total, np.inf)
    return np.where(total > 0.0, shares, 0.0)
