"""Choices with a known answer: two plans, gains linear in normal scores, luck on top."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from analysis.definition import Definition
from analysis.value.choice import Choice

Floats = NDArray[np.float64]
NORMAL = NormalDist()


def worth(mean: float, deviation: float) -> float:
    """The EVPPI of a number that moves a gain of this mean (0 or less) by this much: s φ(m/s) - |m| Φ(-|m|/s)."""
    if deviation == 0.0:
        return 0.0
    ratio = abs(mean) / deviation
    return deviation * NORMAL.pdf(ratio) - abs(mean) * NORMAL.cdf(-ratio)


def choice(
    rows: int, slopes: tuple[float, ...], mean: float = -1.0, luck: float = 0.0, seed: int = 1, better: str = "more"
) -> Choice:
    """One rival whose expected gain is `mean + slopes · scores`, seen with normal luck."""
    random = np.random.Generator(np.random.Philox(seed))
    scores = random.normal(size=(rows, len(slopes)))
    gains = mean + scores @ np.array(slopes) + luck * random.normal(size=rows)
    definition = Definition("ghana.obgyn.public_practice", "in public practice", "people", better, 0.5)
    draws = tuple(f"x{place}" for place in range(len(slopes)))
    return Choice(
        "ministry", definition, 2010.0, "baseline", "home", ("abroad",), gains[:, None], scores, draws, 0.5, seed
    )


def together(*slopes: float) -> float:
    """The deviation that several numbers make together."""
    return math.hypot(*slopes)
