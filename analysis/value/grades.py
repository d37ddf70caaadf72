"""How much of an answer rests on guesses: value and explained variance by evidence grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.value.choice import Choice
from analysis.value.evppi import EVERYTHING, Value, group_values
from analysis.value.factors import Factor
from analysis.value.surface import Surface, folds
from sim.study.intervals import ENOUGH_DIFFER

__all__ = ["ENOUGH_EXPLAINED", "MEASURED", "WEAK", "Rests", "first_to_measure", "rests_on", "shares"]

Floats = NDArray[np.float64]

MEASURED, WEAK = "grades A and B", "grades C and D"

ENOUGH_EXPLAINED = 0.2
"""Where the fit explains less, its split by grades is not printed."""


@dataclass(frozen=True, slots=True)
class Rests:
    """What one party's choice in one future rests on."""

    groups: dict[str, Value]
    """The value of knowing each group of grades, and everything (EVPI)."""
    numbers: dict[str, int]
    """How many draws each group has."""
    shares: dict[str, float] | None
    """Share of the fitted variance of the rival's gain by group; the rest is joint. None where the fit explains too
    little."""
    rival: str
    """The rival at stake."""
    explained: float
    """What the fit explains of that rival's gain, cross-fitted; the rest is luck and what the fit misses."""


def rests_on(choice: Choice, factors: Mapping[str, Factor]) -> Rests:
    """Value and explained variance of what is measured (A, B) and of what is not (C, D)."""
    weak = [draw for draw in choice.draws if factors[draw].grade not in ("A", "B")]
    groups = {MEASURED: [draw for draw in choice.draws if draw not in set(weak)], WEAK: weak}
    found = {value.name: value for value in group_values(choice, groups)}
    fit, rival = found[EVERYTHING].explained, found[EVERYTHING].rival
    split = shares(choice, groups, rival) if fit >= ENOUGH_EXPLAINED else None
    return Rests(found, {name: len(draws) for name, draws in groups.items()}, split, choice.rivals[rival], fit)


def shares(choice: Choice, groups: Mapping[str, Sequence[str]], rival: int) -> dict[str, float]:
    """Each group's part of what a cross-fitted surface explains of a rival's gain (a column of `gains`).

    A part is its covariance with the held-out gains over that of the whole surface: parts add up to 1 with what the
    groups do jointly, and an inert group's is about 0.
    """
    gains = choice.gains[:, [rival]]
    wanted = {name: np.isin(np.array(choice.draws), list(draws)) for name, draws in groups.items()}
    parts = {name: np.zeros(len(gains)) for name in groups}
    whole = np.zeros(len(gains))
    for fit, held in folds(len(gains), choice.seed):
        surface = Surface(choice.scores[fit], gains[fit])
        whole[held] = surface(choice.scores[held])[:, 0]
        for name, mask in wanted.items():
            parts[name][held] = surface.part(choice.scores[held], mask)[:, 0]
    centred = gains[:, 0] - gains.mean()
    total = float(whole @ centred)
    return {name: float(part @ centred) / total if total > 0.0 else 0.0 for name, part in parts.items()}


def first_to_measure(values: Sequence[Value]) -> Value | None:
    """The number that is worth measuring first: the largest policy value whose 90% interval leaves out 0.

    Only where knowing it changes the choice in 30 rows or more; None where no single number's value is resolved.
    """
    clear = [one for one in values if one.counts and one.policy.low > 0.0 and one.policy.differ >= ENOUGH_DIFFER]
    return max(clear, key=lambda value: value.low, default=None)
