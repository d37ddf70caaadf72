"""When a study has run enough: a pilot, then a number of blocks fixed in advance, and one interval at its end.

Under shared luck most paired differences are zero, so a rule that watches an interval until it is narrow stops on a run
of zeros [a t-interval watched so covers 8% instead of 90%]. Here the pilot is doubled until enough blocks differ in
every pair of plans, the number of blocks follows once from the standard deviations (C. Stein 1945, Ann. Math. Statist.
16, 243-258, in its large-sample form), and the interval is computed at that number alone.

Whoever looks at other moments (an interrupted study, or one extended after its end) needs an interval that holds at all
of them: the asymptotic confidence sequence of I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy & A. Ramdas (2024,
Time-uniform central limit theory and asymptotic confidence sequences, Ann. Statist. 52, 2613-2640, theorem 2.2),

    mean ± s √( 2 (t ρ² + 1) / (t² ρ²) · ln( √(t ρ² + 1) / α ) )        after t blocks,

narrowest at t blocks if t ρ² = −W₋₁(−α² / e) − 1 (W₋₁ is Lambert's function): ρ is tuned at the blocks planned.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.study.intervals import ENOUGH_DIFFER, MeanInterval, mean_interval

__all__ = [
    "CAP",
    "LEVEL",
    "PILOT",
    "Decision",
    "Look",
    "Z",
    "at_most_differ",
    "blocks_needed",
    "decide",
    "few_differ",
    "interval_now",
    "look_at",
    "sequence_interval",
]

Floats = NDArray[np.float64]

PILOT = 400
"""Blocks of the first pilot."""

CAP = 20_000
"""Blocks that no study runs of its own accord."""

LEVEL = 0.9
"""Confidence of the intervals."""

Z = 1.645
"""The normal quantile that belongs to it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from a pilot: another pilot of twice the blocks, or the number of blocks for good."""

    pilot: int
    """Blocks that were looked at."""
    settled: bool
    """Whether `blocks` is the number for good; otherwise it is the size of the next pilot."""
    blocks: int
    wanted: float
    """Blocks that the half-width asked for would take, whatever the cap; infinite where it can't be told."""
    driver: int
    """The column that asks for the most: the fewest blocks that differ, or the most blocks needed."""
    differ: tuple[int, ...]
    """Blocks that differ at all, by column."""

    @property
    def capped(self) -> bool:
        """Whether the half-width asked for is out of reach."""
        return self.settled and self.wanted > self.blocks


@dataclass(frozen=True, slots=True)
class Look:
    """What may be said of a study as it stands."""

    kind: Literal["fixed", "sequence"]
    """`fixed`: the interval of a number of blocks fixed in advance; `sequence`: one that holds at every look."""
    blocks: int
    """The first blocks of the study that it is about."""
    tuned: int
    """The blocks at which the sequence is narrowest."""


def blocks_needed(differences: Floats, matters: Floats) -> Floats:
    """N = ⌈(1.645 s/h)²⌉ by column, with h half of what matters; more where an outcome is undefined in some blocks.

    Args:
        differences: a row a block, a column a pair of plans, in the outcome's unit; NaN where undefined.
        matters: the smallest difference that counts, by column, in the same unit.

    Returns:
        Blocks, infinite where nothing is known of the spread or no difference is too small to count.
    """
    needed = np.full(differences.shape[1], np.inf)
    for place, column in enumerate(differences.T):
        known = column[np.isfinite(column)]
        if known.size > 1 and matters[place] > 0.0:
            needed[place] = math.ceil((Z * known.std(ddof=1) / (matters[place] / 2.0)) ** 2)
            needed[place] = math.ceil(needed[place] * column.size / known.size)
    return needed


def decide(differences: Floats, matters: Floats, most: int = CAP, widest: Floats | None = None) -> Decision:
    """What follows from a pilot for all its pairs of plans; the neediest pair decides.

    A few blocks that differ say too little of the spread, and the pilot is doubled. Of a pair that never differed at
    most 3/N of blocks differ (95%); when so many of them, each by the widest difference seen between any two plans,
    would not move the mean by half of what matters, more blocks would change no answer: plans that are the same to a
    party (it has no part in them) stop there, and not at the cap.

    Args:
        differences: the pilot: a row a block, a column a pair of plans; NaN where undefined. At least one column.
        matters: the smallest difference that counts, by column, in the outcome's unit.
        most: blocks that may be run at most (the cap, or what the time allows).
        widest: the largest difference between any two plans of the column's aim and future, in the same unit; unless
            given, a pair that never differs is run to the cap.
    """
    size = len(differences)
    differ = np.count_nonzero(np.nan_to_num(differences), axis=0)
    counts = tuple(map(int, differ))
    reach = np.full(differences.shape[1], np.inf) if widest is None else at_most_differ(0, size) * widest
    alike = (differ == 0) & (reach <= matters / 2.0)
    few = (differ < ENOUGH_DIFFER) & ~alike
    if few.any():
        fewest = int(np.where(few, differ, size).argmin())
        return Decision(size, size >= most, max(size, min(2 * size, most)), math.inf, fewest, counts)
    needed = np.where(alike, 0.0, blocks_needed(differences, matters))
    driver = int(needed.argmax())
    wanted = max(float(needed[driver]), float(size))
    return Decision(size, True, max(size, int(min(wanted, most))), wanted, driver, counts)


def at_most_differ(differ: int, blocks: int) -> float:
    """The largest share of blocks that may differ (95%), where so many of them did; about 3/N if none.

    Source: C. J. Clopper & E. S. Pearson (1934, Biometrika 26, 404-413), one-sided.
    """
    from scipy.special import betaincinv

    return 1.0 if differ >= blocks else float(betaincinv(differ + 1.0, float(blocks - differ), 0.95))


def few_differ(differ: int, blocks: int) -> str:
    """The words for a pair of plans of which too few blocks differ."""
    if not differ:
        return f"identical in {blocks:,} blocks; at most {min(1.0, 3.0 / blocks):.2g} of blocks differ (95%)"
    share = at_most_differ(differ, blocks)
    return f"differ in {differ} of {blocks:,} blocks, too few to plan with; at most {share:.2g} of blocks differ (95%)"


def _sequence_scale(blocks: int, tuned: int, alpha: float) -> float:
    """Half-width of the confidence sequence after so many blocks, in standard deviations."""
    spent = blocks * _rho_squared(tuned, alpha)
    return math.sqrt(2.0 * (spent + 1.0) / (blocks * spent) * math.log(math.sqrt(spent + 1.0) / alpha))


def _rho_squared(tuned: int, alpha: float) -> float:
    """The ρ² at which the sequence is narrowest after `tuned` blocks."""
    from scipy.special import lambertw

    return float(-lambertw(-(alpha**2) / math.e, -1).real - 1.0) / tuned


def sequence_interval(first: Floats, second: Floats, tuned: int, level: float = LEVEL) -> MeanInterval:
    """The mean of `first - second` with an interval that holds at every look together, in large samples.

    Args:
        first: an outcome under one plan, one value a block; pairs undefined under either plan are left out.
        second: the same under the other plan.
        tuned: blocks at which the sequence is narrowest: those that were planned. It must not depend on later data.
        level: chance that it never fails to cover from about `tuned` blocks on.

    Returns:
        The interval; its p-value holds at every look, too.
    """
    difference = (first - second)[np.isfinite(first) & np.isfinite(second)]
    size, differ = difference.size, int(np.count_nonzero(difference))
    mean = float(difference.mean()) if size else math.nan
    if size < 2:
        return MeanInterval(mean, -math.inf, math.inf, 1.0, size, differ)
    deviation = float(difference.std())
    half = deviation * _sequence_scale(size, tuned, 1.0 - level)
    if deviation == 0.0:
        return MeanInterval(mean, mean, mean, 1.0 if mean == 0.0 else 0.0, size, differ)
    spent = size * _rho_squared(tuned, 1.0 - level)
    # the smallest level of error at which 0 would be left out, with the same ρ
    p = math.sqrt(spent + 1.0) * math.exp(-((mean / deviation) ** 2) * size * spent / (2.0 * (spent + 1.0)))
    return MeanInterval(mean, mean - half, mean + half, min(1.0, p), size, differ)


def look_at(stopping: Mapping[str, Any] | None, blocks: int, complete: bool) -> Look:
    """What may be said of a study, from what its manifest has under `stopping`.

    Blocks after the planned number that were run for the selection of a plan only are left out. An unfinished study,
    and one extended by its user, is looked at with a confidence sequence.

    Args:
        stopping: the record; None where a user chose the number of blocks.
        blocks: number of blocks of the study.
        complete: whether all of them have been run.
    """
    if stopping is None:
        return Look("fixed", blocks, blocks)
    planned = stopping["blocks"]
    if planned is None:
        return Look("sequence", blocks, stopping["pilot"])
    if planned <= blocks <= max(planned, stopping["selection_blocks"]) and (complete or blocks > planned):
        return Look("fixed", planned, planned)
    return Look("sequence", blocks, planned)


def interval_now(look: Look, first: Floats, second: Floats) -> MeanInterval:
    """The honest 90% interval of a mean paired difference: at the planned number of blocks, or at any other look.

    Args:
        look: what `look_at` says of the study.
        first: an outcome under one plan, one value a block.
        second: the same under the other plan.
    """
    if look.kind == "fixed":
        return mean_interval(first, second)
    return sequence_interval(first, second, look.tuned)
