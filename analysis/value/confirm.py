"""A flip is a claim about runs: it holds when runs on both sides of it say so."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.value.choice import Choice
from analysis.value.flip import STEP, Z99, Flip
from sim.study.intervals import MeanInterval, interval_of

__all__ = ["Confirmation", "Simulate", "Verdict", "confirm", "relocated", "runs_needed"]

Floats = NDArray[np.float64]

Simulate = Callable[[str, Mapping[str, float], int], Floats]
"""`simulate(plan, uniforms, replications)`: a party's aim under a plan, one value a replication.

Draws that `uniforms` names are held there, all others are drawn anew for each replication; replication r has the same
luck and the same draws under every plan.
"""

Verdict = Literal["confirmed", "not confirmed", "not resolved"]

MOST_RUNS = 20_000
FEWEST_RUNS = 200


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What runs say of a flip."""

    flip: Flip
    before: MeanInterval
    """The rival's gain over the recommended plan, 90%, a step before the flip: positive is better for the party."""
    behind: MeanInterval
    """The same a step behind it."""
    replications: int
    """Runs of each plan at each point."""

    @property
    def verdict(self) -> Verdict:
        """Confirmed when the recommended plan is ahead before the flip and the rival behind it, each beyond its 90%
        interval; not confirmed when either is the other way round, or the plans are identical; else not resolved."""
        if self.before.high < 0.0 < self.behind.low:
            return "confirmed"
        if self.before.low > 0.0 or self.behind.high < 0.0 or not self.behind.differ:
            return "not confirmed"
        return "not resolved"


def runs_needed(choice: Choice, flip: Flip) -> int:
    """Runs a plan and point for the fitted lead to be twice its interval's half-width, from 200 to 20,000."""
    deviation = float(choice.gains[:, choice.rivals.index(flip.rival)].std(ddof=1))
    if flip.lead <= 0.0:
        return MOST_RUNS
    return int(min(MOST_RUNS, max(FEWEST_RUNS, math.ceil((2.0 * 1.645 * deviation / flip.lead) ** 2))))


def confirm(choice: Choice, flip: Flip, simulate: Simulate, replications: int | None = None) -> Confirmation:
    """Run the recommended plan and its rival on both sides of a flip.

    Args:
        choice: whose advice it is.
        flip: what is claimed.
        simulate: runs the model; see `Simulate`.
        replications: runs of each plan at each point; as many as `runs_needed` says unless given.
    """
    runs = replications or runs_needed(choice, flip)

    def gain(point: Mapping[str, float]) -> MeanInterval:
        there = choice.sign * (simulate(flip.rival, point, runs) - simulate(choice.recommended, point, runs))
        known = there[np.isfinite(there)]
        if known.size < 2:
            return MeanInterval(math.nan, -math.inf, math.inf, 1.0, known.size, known.size)
        return interval_of(known, int(np.count_nonzero(known)))

    return Confirmation(flip, gain(flip.before), gain(flip.behind), runs)


def relocated(found: Confirmation) -> Flip | None:
    """The flip where runs put it: on the line through the gains on both sides, with the interval that these leave.

    A fit to rows is smoother than the truth and puts flips too far out, with intervals that don't know of it. None
    where the rival gains nothing on the way, or the line crosses 0 beyond the 99th percentile.
    """
    flip = found.flip
    start, end = max(0.0, flip.distance - STEP), flip.distance + STEP
    rise = (found.behind.mean - found.before.mean) / (end - start)
    if not flip.distance > 0.0 or not rise > 0.0:
        return None
    at = start - found.before.mean / rise
    if not 0.0 < at <= Z99:
        return None
    half = max(one.high - one.mean for one in (found.before, found.behind)) / rise
    scores = {name: score * at / flip.distance for name, score in flip.scores.items()}
    return replace(flip, scores=scores, low=max(0.0, at - half), high=at + half, by_runs=True)
