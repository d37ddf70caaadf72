"""Which plan is best, with a stated chance of being right: fully sequential selection on stored blocks.

Plans that are clearly worse are left out one batch after the other, which common random numbers make quick. Source:
S.-H. Kim & B. L. Nelson (2001), A fully sequential procedure for indifference-zone selection in simulation, ACM Trans.
Model. Comput. Simul. 11, 251-273 (procedure KN with c = 1). Observations are means of batches of blocks, since the
procedure supposes normal ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BATCH", "CLAIM", "FIRST", "Selection", "select"]

Floats = NDArray[np.float64]

BATCH = 25
"""Blocks whose mean is one observation."""

FIRST = 16
"""Observations before any plan may be left out."""

CLAIM = "with probability >= 90% the chosen plan's mean primary outcome is within `matters` of the best"
"""All that an ended selection says."""


@dataclass(frozen=True, slots=True)
class Selection:
    """How far the selection of a plan has come."""

    survivors: tuple[int, ...]
    """Columns of the plans that may still be the best."""
    chosen: int | None
    """The column selected, or None while the procedure has not ended."""
    batches: int
    """Batches looked at until it ended, or that there are."""
    at_most: int
    """Batches after which it ends whatever they bring; 0 while the first are missing."""

    @property
    def ended(self) -> bool:
        """Whether the procedure has ended; only then does it claim something."""
        return self.chosen is not None

    @property
    def blocks(self) -> int:
        """The blocks of those batches."""
        return self.batches * BATCH


def select(values: Floats, matters: float, more_is_better: bool = True, level: float = 0.9) -> Selection:
    """Select the plan with the best mean.

    Args:
        values: a row a block, a column a plan, all on the same blocks and defined everywhere. Rows are used in order,
            and never more of them than the procedure asks for.
        matters: the indifference zone δ > 0, in the outcome's unit.
        more_is_better: whether a larger mean is better.
        level: least chance of a plan within δ of the best.

    Raises:
        ValueError: `matters` is not positive, or something is undefined.
    """
    if not matters > 0.0:
        raise ValueError(f"selection needs a difference that matters above 0, got {matters:g}")
    if not np.isfinite(values).all():
        raise ValueError("selection needs outcomes that are defined in every block under every plan")
    plans = values.shape[1]
    batches = len(values) // BATCH
    if plans == 1:
        return Selection((0,), 0, 0, 0)
    if batches < FIRST:
        return Selection(tuple(range(plans)), None, batches, 0)
    signed = values if more_is_better else -values
    means = signed[: batches * BATCH].reshape(batches, BATCH, plans).mean(axis=1)
    eta = 0.5 * ((2.0 * (1.0 - level) / (plans - 1)) ** (-2.0 / (FIRST - 1)) - 1.0)
    pairs = means[:FIRST, :, None] - means[:FIRST, None, :]
    # h² S², for every pair of plans
    reach = 2.0 * eta * (FIRST - 1) * pairs.var(axis=0, ddof=1)
    return _screen(np.cumsum(means, axis=0), reach, matters)


def _screen(sums: Floats, reach: Floats, matters: float) -> Selection:
    """Leave plans out batch by batch, until one is left or the time of the procedure is over."""
    alive = np.arange(sums.shape[1])
    longest = np.floor(reach / matters**2).max(axis=1)
    for count in range(FIRST, len(sums) + 1):
        # once the longest is over the margin below is 0 and the best mean alone is left, or plans that are equal
        margin = np.maximum(0.0, (reach[np.ix_(alive, alive)] / matters - matters * count) / 2.0)
        total = sums[count - 1, alive]
        alive = alive[(total[:, None] >= total[None, :] - margin).all(axis=1)]
        if len(alive) == 1 or count > longest[alive].max():
            chosen = int(alive[sums[count - 1, alive].argmax()])
            return Selection(tuple(alive.tolist()), chosen, count, count)
    return Selection(tuple(alive.tolist()), None, len(sums), math.floor(longest[alive].max()) + 1)
