"""Paired differences whose mean is known: symmetric, skewed, rare with a heavy tail, and rare signs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["TRUTHS", "Truth"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Truth:
    """A distribution of paired differences."""

    draw: Callable[[np.random.Generator, tuple[int, ...]], Floats]
    mean: float
    deviation: float
    covers: tuple[float, float]
    """What coverage of the 90% interval is asked for."""


def _sometimes_lognormal(luck: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    return np.where(luck.random(shape) < 0.1, luck.lognormal(0.0, 1.0, shape), 0.0)


def _rare_signs(luck: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    chance = luck.random(shape)
    return np.where(chance < 0.0125, -1.0, np.where(chance < 0.025, 1.0, 0.0))


TRUTHS = {
    "normal": Truth(lambda luck, shape: luck.normal(1.0, 1.0, shape), 1.0, 1.0, (0.88, 0.92)),
    "gamma": Truth(lambda luck, shape: luck.gamma(0.3, 1.0, shape), 0.3, math.sqrt(0.3), (0.88, 0.92)),
    "rare lognormal": Truth(
        _sometimes_lognormal, 0.1 * math.exp(0.5), math.sqrt(0.1 * math.exp(2.0) - 0.01 * math.e), (0.86, 1.0)
    ),
    "rare signs": Truth(_rare_signs, 0.0, math.sqrt(0.025), (0.88, 0.92)),
}
"""The four known truths, by name."""
