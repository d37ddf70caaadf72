"""Numbers that a file may leave out: None in the schema, NaN in a record.

These rules return their argument; they tell the type checker what the records already hold.
"""

from __future__ import annotations

import math

from sim.engine.compiled import rule
from sim.scenario.careers import Gone

__all__ = ["cohort", "given", "number"]


@rule
def number(x: float | None) -> float:
    """A number that may be NaN."""
    return x  # type: ignore[return-value]


@rule
def given(x: float | None) -> bool:
    """Whether the file gives the number."""
    return not math.isnan(x)  # type: ignore[arg-type]


@rule
def cohort(x: Gone | None) -> Gone:
    """A published share gone, whose numbers may be NaN."""
    return x  # type: ignore[return-value]
