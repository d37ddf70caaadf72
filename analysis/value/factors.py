"""The uncertain numbers behind the draws: what they are called, how good their evidence is, what they may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.loaded import Loaded
    from sim.scenario.passports import Passport

__all__ = ["GRADES", "Factor", "factors_of"]

GRADES = {
    "A": "counted, in this cadre and setting",
    "B": "measured, but elsewhere or by asking people",
    "C": "second-hand or derived",
    "D": "a guess",
}
"""What an evidence grade says of a number."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One draw and the numbers that share it."""

    draw: str
    passports: tuple[Passport, ...]
    """Those of its numbers, the worst known first."""

    @property
    def first(self) -> Passport:
        """The number that stands for all: the worst known."""
        return self.passports[0]

    @property
    def grade(self) -> str:
        """The evidence grade of the worst known of its numbers."""
        return self.first.grade

    @property
    def private(self) -> bool:
        """Whether its values must stay out of shared reports."""
        return any(one.private for one in self.passports)

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of its sources in the evidence registry."""
        return tuple(dict.fromkeys(one.source for one in self.passports if one.source))

    def at(self, score: float) -> float:
        """The value of the first number at a standard normal score, in its passport's unit."""
        from scipy.special import ndtr

        return self.first.quantile(float(ndtr(score)))


def factors_of(loaded: Loaded, cells: Iterable[tuple[str, str]], draws: Iterable[str]) -> dict[str, Factor]:
    """The numbers behind draws, by the draw's key.

    Args:
        loaded: the scenario that was run.
        cells: futures and plans that were run: a plan may have uncertain numbers of its own.
        draws: the keys that are wanted.

    Raises:
        KeyError: no number of the scenario has such a draw.
    """
    held: dict[str, dict[str, Passport]] = {}
    every = [list(loaded.passports.values())]
    every += [list(loaded.case(future, plan).passports.values()) for future, plan in cells]
    for passports in every:
        for one in passports:
            if one.uncertain:
                held.setdefault(one.draw_key, {}).setdefault(one.path, one)
    found = {}
    for draw in draws:
        if draw not in held:
            raise KeyError(f"no uncertain number of the scenario is drawn as {draw}")
        numbers = sorted(held[draw].values(), key=lambda one: (-ord(one.grade[:1] or "D"), one.path))
        found[draw] = Factor(draw, tuple(numbers))
    return found
