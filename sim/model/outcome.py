"""What is said of an outcome, and of a ratio of two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Of", "Outcome", "Ratio"]

Of = Literal["cadre", "unit", "party", "cohort", "training", "exchange", "programme", "partnership"]
"""The kinds of entity that outcomes are measured of."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome.

    Attributes:
        metric: the last part of its name.
        measure: the rule that measures it, a `kinds.Measure`.
        label: its words in a table.
        unit: what it counts.
        better: the direction that the cadre's country would call better, if there is one.
        matters: the smallest difference that counts: a share of its centre (`5%`), or a number in its unit.
        definition: what is counted, and when.
        of: what kind of entity it is measured of.
    """

    metric: str
    measure: int
    label: str
    unit: str
    better: Literal["more", "less", "neither"]
    matters: str
    definition: str
    of: Of = "cadre"


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of two outcomes of the same entity. A run has both parts and no ratio: it may have nothing to divide by.

    Attributes:
        name: what it is called.
        over, under: the metrics of its parts.
        label: its words in a table.
        unit: what it counts.
        better: the direction that the cadre's country would call better.
        definition: what is divided by what.
    """

    name: str
    over: str
    under: str
    label: str
    unit: str
    better: Literal["more", "less"]
    definition: str
