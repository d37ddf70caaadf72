"""Paired differences less what is known to average nothing.

Over a run, the events of a cause less the hazard that people were exposed to have mean 0 under any plan, any
parameters and any feedback (a martingale); so has their difference between two plans. Where blocks draw parameters, the
standard normal numbers behind the draws have mean 0 too. What a regression on such controls explains of an outcome's
difference is chance of this sample alone. Coefficients fitted to the same blocks would bias the mean; here each block's
come from the other folds, as does the choice of controls, and then its correction has mean 0 exactly. (Control
variates: P. Glasserman 2003, Monte Carlo Methods in Financial Engineering, 4.1; cross-fitting: V. Chernozhukov et al.
2018, Econometrics J. 21, C1.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLOCKS_A_CONTROL", "FEWEST", "FEWEST_BLOCKS", "Controls"]

Floats = NDArray[np.float64]

BLOCKS_A_CONTROL = 10
"""With fewer blocks for each control, its coefficient costs more than it brings: the weakest are left out."""

FEWEST_BLOCKS = 100
"""With fewer, taking whichever interval is narrower would bias the mean (tests/analysis/test_controls.py)."""

FEWEST = 30
"""A control that is not 0 in fewer blocks is left out, and nothing is corrected where fewer differences are not 0."""

FOLDS = 10
RIDGE = 1e-9


class Controls:
    """Controls of one pair of plans, ready to correct the difference of any outcome.

    Args:
        controls: of the pair: a row a block, a column a control; each has mean 0 over all blocks there could be.
    """

    def __init__(self, controls: Floats) -> None:
        size = len(controls)
        self.enough = size >= FEWEST_BLOCKS
        if not self.enough:
            return
        active = ((controls != 0.0).sum(axis=0) >= FEWEST) & (controls.std(axis=0) > 0.0)
        self.enough = bool(active.any())
        scaled = controls[:, active] / controls[:, active].std(axis=0)
        design = np.column_stack([np.ones(size), scaled])
        self.folds = np.zeros((FOLDS, -(-size // FOLDS), design.shape[1]))  # the last row of some folds stays 0
        for here, fold in enumerate(self.folds):
            fold[: len(design[here::FOLDS])] = design[here::FOLDS]
        turned = np.ascontiguousarray(self.folds.transpose(0, 2, 1))  # a copy: a product with itself is slower
        products = turned @ self.folds
        # so little on the diagonal that only controls which say the same feel it
        whole = products.sum(axis=0) + RIDGE * size * np.eye(design.shape[1])
        self.turned, self.others, self.most = turned, whole - products, size // BLOCKS_A_CONTROL
        self.means = self.others[:, 0, 1:] / self.others[:, :1, 0]
        spread = np.diagonal(self.others, axis1=1, axis2=2)[:, 1:] - self.others[:, 0, 1:] * self.means
        self.scale = np.sqrt(np.maximum(spread, 1e-12))

    def correct(self, differences: Floats) -> Floats | None:
        """Differences with the same mean and less luck, or None where the controls can't help.

        Args:
            differences: of an outcome between the two plans, one a block. All must be defined: had the outcome a part
                in which blocks count, the mean of the controls among those would not be 0.
        """
        if not self.enough or np.count_nonzero(differences) < FEWEST or not np.isfinite(differences).all():
            return None
        by_fold = np.zeros(self.folds.shape[:2])
        for here, fold in enumerate(by_fold):
            fold[: len(differences[here::FOLDS])] = differences[here::FOLDS]
        parts = (self.turned @ by_fold[:, :, None])[:, :, 0]
        wanted = parts.sum(axis=0) - parts
        chosen = self._choose(wanted)
        products = self.others[np.arange(FOLDS)[:, None, None], chosen[:, :, None], chosen[:, None, :]]
        found = np.linalg.solve(products, np.take_along_axis(wanted, chosen, axis=1)[:, :, None])[:, :, 0]
        slopes = np.zeros(wanted.shape)
        np.put_along_axis(slopes, chosen, found, axis=1)
        slopes[:, 0] = 0.0  # the intercept is what is looked for
        left = by_fold - (self.folds @ slopes[:, :, None])[:, :, 0]
        result = left.T.ravel()[: differences.size]  # block b is row b // FOLDS of fold b % FOLDS
        return result if result.var() < differences.var() else None

    def _choose(self, wanted: Floats) -> NDArray[np.intp]:
        """By fold, the intercept and as many controls as there are blocks for: those most like the differences."""
        strength = np.abs(wanted[:, 1:] - self.means * wanted[:, :1]) / self.scale
        strongest = 1 + np.sort(np.argsort(-strength, axis=1, kind="stable")[:, : self.most], axis=1)
        return np.hstack([np.zeros((FOLDS, 1), np.intp), strongest])
