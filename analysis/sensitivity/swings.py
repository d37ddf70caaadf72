"""What a tornado shows: the mean outcome where a factor is low and where it is high, everything else as it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.sensitivity.estimates import Estimate, Refusal
from analysis.sensitivity.gates import not_judged
from sim.study.intervals import interval_of

__all__ = ["Swing", "swings"]

Floats = NDArray[np.float64]

PART = 0.2
LEAST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Swing:
    """Mean outcomes of the rows in which a factor is in its lowest and in its highest fifth."""

    name: str
    low: Estimate
    high: Estimate

    @property
    def width(self) -> float:
        """From one mean to the other, in the outcome's unit."""
        return abs(self.high.value - self.low.value)


def swings(names: Sequence[str], x: Floats, y: Floats) -> tuple[Swing, ...] | Refusal:
    """Swings by factor, the widest first.

    A factor that acts from the middle both ways has no swing; its total index shows it.

    Args:
        names: the k factors.
        x: (rows, k), an independent sample.
        y: (rows,), one outcome a row; NaN where a run failed.
    """
    refused = not_judged(y[None, :], len(names), LEAST_ROWS)
    if refused:
        return refused
    found = []
    for place, name in enumerate(names):
        bottom, top = np.quantile(x[:, place], [PART, 1.0 - PART])
        found.append(Swing(name, _mean(y[x[:, place] <= bottom]), _mean(y[x[:, place] >= top])))
    return tuple(sorted(found, key=lambda swing: -swing.width))


def _mean(values: Floats) -> Estimate:
    """A mean with its 90% interval."""
    found = interval_of(values, int(np.count_nonzero(values)))
    return Estimate(found.mean, found.low, found.high)
