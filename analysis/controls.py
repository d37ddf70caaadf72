"""Paired differences less the luck that is known to average nothing.

Over a run, the events of a cause less the hazard that people were exposed to have mean 0 under any plan, any
parameters and any feedback (a martingale). So has their difference between two plans, and what a regression on such
differences explains of an outcome's is luck alone. Coefficients fitted to the same blocks would bias the mean; here
each block's come from the other folds, and then its correction has mean 0 exactly. (Control variates: P. Glasserman
2003, Monte Carlo Methods in Financial Engineering, 4.1; cross-fitting: V. Chernozhukov et al. 2018, Econometrics J.
21, C1.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLOCKS_A_CONTROL", "FEWEST", "FEWEST_BLOCKS", "Controls"]

Floats = NDArray[np.float64]

BLOCKS_A_CONTROL = 10
"""With fewer blocks for each control, its coefficient costs more than it brings."""

FEWEST_BLOCKS = 100
"""With fewer, taking whichever interval is narrower would bias the mean (tests/analysis/test_controls.py)."""

FEWEST = 30
"""A control that is not 0 in fewer blocks is left out, and nothing is corrected where fewer differences are not 0."""

FOLDS = 10


class Controls:
    """Controls of one pair of plans, ready to correct the difference of any outcome.

    Args:
        differences: of each control between the two plans: a row a block, a column a control.
    """

    def __init__(self, differences: Floats) -> None:
        size = len(differences)
        self.enough = size >= FEWEST_BLOCKS
        if not self.enough:
            return
        active = ((differences != 0.0).sum(axis=0) >= FEWEST) & (differences.std(axis=0) > 0.0)
        self.enough = 0 < BLOCKS_A_CONTROL * int(active.sum()) <= size
        if not self.enough:
            return
        scaled = differences[:, active] / differences[:, active].std(axis=0)
        self.design = np.column_stack([np.ones(size), scaled])
        self.folds = [np.arange(here, size, FOLDS) for here in range(FOLDS)]
        whole = self.design.T @ self.design
        self.solvers = [
            np.linalg.pinv(whole - self.design[fold].T @ self.design[fold], hermitian=True) for fold in self.folds
        ]

    def correct(self, differences: Floats) -> Floats | None:
        """Differences with the same mean and less luck, or None where the controls can't help.

        Args:
            differences: of an outcome between the two plans, one a block. All must be defined: had the outcome a part
                in which blocks count, the mean of the controls among those would not be 0.
        """
        if not self.enough or np.count_nonzero(differences) < FEWEST or not np.isfinite(differences).all():
            return None
        whole = self.design.T @ differences
        result = differences.copy()
        for fold, solver in zip(self.folds, self.solvers, strict=True):
            slopes = solver @ (whole - self.design[fold].T @ differences[fold])
            result[fold] -= self.design[fold, 1:] @ slopes[1:]  # the intercept stays: it is what is looked for
        return result if result.var() < differences.var() else None
