"""One plan against another in one outcome: the mean paired difference, its word, and what sharing luck was worth.

The estimator is one rule for all outcomes. The plain mean of the paired differences, and its interval, stand in every
result. Where the controls narrow it (analysis/controls.py says when they are tried), the mean and interval of the
corrected differences take their place in tables and words. Both means are unbiased, and with so many blocks the choice
between them adds no bias that can be measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.controls import Controls
from sim.study.intervals import ENOUGH_DIFFER, MeanInterval, interval_of, mean_interval
from sim.study.stopping import Look, interval_now

__all__ = ["LITTLE", "Difference", "Worth", "correlation", "differ", "hardly_shared", "judge"]

Floats = NDArray[np.float64]

LITTLE = 1.5
"""Below this variance ratio, pairing runs is worth little."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What sharing blocks was worth: the variance of the difference of separate runs, over that of paired ones."""

    paired: float
    controlled: float | None
    """The same with the controls; None where they are not used."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One plan against another in one outcome: the mean paired difference, and what it amounts to."""

    plan: str
    against: str
    interval: MeanInterval
    """What tables show: `controlled` where there is one, else `raw`."""
    raw: MeanInterval
    controlled: MeanInterval | None
    matters: float
    word: str
    """`more`, `less`, `about the same` or `not resolved`."""
    worth: Worth | None
    """None where plans differ by less than a tenth of what matters, or in too few blocks: any ratio is easy there."""
    correlation: float | None = None
    """Of the two plans' values over blocks, which sharing luck achieves; None where either never varies."""

    def turned(self) -> Difference:
        """The same comparison the other way round."""
        controlled = None if self.controlled is None else _turned(self.controlled)
        return replace(
            self,
            plan=self.against,
            against=self.plan,
            interval=_turned(self.interval),
            raw=_turned(self.raw),
            controlled=controlled,
            word={"more": "less", "less": "more"}.get(self.word, self.word),
        )


def _turned(found: MeanInterval) -> MeanInterval:
    return replace(found, mean=-found.mean, low=-found.high, high=-found.low)


def differ(
    plan: str,
    against: str,
    first: Floats,
    second: Floats,
    matters: float,
    controls: Controls,
    look: Look | None = None,
) -> Difference:
    """Compare two plans block by block; blocks in which the outcome is undefined under either are left out.

    At another `look` than the planned one the interval is that of a confidence sequence, of the plain differences.
    """
    fixed = look is None or look.kind == "fixed"
    raw = mean_interval(first, second) if look is None else interval_now(look, first, second)
    corrected = controls.correct(first - second) if raw.differ and fixed else None
    controlled = None if corrected is None else interval_of(corrected, raw.differ)
    interval = controlled or raw
    worth = None
    if abs(raw.mean) > matters / 10.0 and raw.differ >= ENOUGH_DIFFER:
        worth = _worth(first, second, corrected)
    word = judge(interval, matters)
    return Difference(plan, against, interval, raw, controlled, matters, word, worth, correlation(first, second))


def correlation(first: Floats, second: Floats) -> float | None:
    """The correlation of two plans' values over blocks that define both; None where either never varies."""
    known = np.isfinite(first) & np.isfinite(second)
    if known.sum() < 2 or not first[known].std() or not second[known].std():
        return None
    return float(np.corrcoef(first[known], second[known])[0, 1])


def _worth(first: Floats, second: Floats, corrected: Floats | None) -> Worth | None:
    known = np.isfinite(first) & np.isfinite(second)
    separate = float(first[known].var() + second[known].var())
    paired = float((first - second)[known].var())
    if not paired:
        return None
    return Worth(separate / paired, None if corrected is None else separate / float(corrected.var()))


def judge(interval: MeanInterval, matters: float) -> str:
    """A difference in words: it counts, it is too small to count, or the runs don't tell.

    Identical runs are about the same, however few. A difference counts when its interval leaves out zero
    and its mean is at least the smallest that matters.
    """
    if not interval.pairs:
        return "not resolved"
    if not interval.differ:
        return "about the same"
    if -matters <= interval.low and interval.high <= matters:
        return "about the same"
    if interval.low > 0.0 and interval.mean >= matters:
        return "more"
    if interval.high < 0.0 and interval.mean <= -matters:
        return "less"
    return "not resolved"


def hardly_shared(differences: Iterable[Difference]) -> bool:
    """Whether pairing was worth little in some of these differences."""
    return any(found.worth is not None and found.worth.paired < LITTLE for found in differences)
