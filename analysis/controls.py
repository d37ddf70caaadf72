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
        self.folds = [np.ascontiguousarray(design[here::FOLDS]) for here in range(FOLDS)]
        products = [fold.T @ fold for fold in self.folds]
        # so little on the diagonal that only controls which say the same feel it
        whole = sum(products) + RIDGE * size * np.eye(design.shape[1])
        self.others = [whole - one for one in products]
        self.most = size // BLOCKS_A_CONTROL

    def correct(self, differences: Floats) -> Floats | None:
        """Differences with the same mean and less luck, or None where the controls can't help.

        Args:
            differences: of an outcome between the two plans, one a block. All must be defined: had the outcome a part
                in which blocks count, the mean of the controls among those would not be 0.
        """
        if not self.enough or np.count_nonzero(differences) < FEWEST or not np.isfinite(differences).all():
            return None
        parts = [fold.T @ differences[here::FOLDS] for here, fold in enumerate(self.folds)]
        whole = np.sum(parts, axis=0)
        result = differences.copy()
        for here, fold in enumerate(self.folds):
            products, wanted = self.others[here], whole - parts[here]
            chosen = self._choose(products, wanted)
            slopes = np.zeros(len(wanted))
            slopes[chosen] = np.linalg.solve(products[np.ix_(chosen, chosen)], wanted[chosen])
            slopes[0] = 0.0  # the intercept is what is looked for
            result[here::FOLDS] -= fold @ slopes
        return result if result.var() < differences.var() else None

    def _choose(self, products: Floats, wanted: Floats) -> NDArray[np.intp]:
        """The intercept, and as many controls as there are blocks for: those that go with the differences most."""
        count = products[0, 0]
        covariance = wanted[1:] - products[0, 1:] * wanted[0] / count
        spread = np.diag(products)[1:] - products[0, 1:] ** 2 / count
        strength = np.abs(covariance) / np.sqrt(np.maximum(spread, 1e-12))
        return np.concatenate([[0], 1 + np.sort(np.argsort(-strength, kind="stable")[: self.most])])
