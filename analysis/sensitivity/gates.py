"""What an analysis must pass before its numbers are shown: enough runs, none failed unsaid, a sample that settles."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.sensitivity.estimates import Estimate, Refusal

__all__ = [
    "LEAST_ROWS",
    "WIDEST",
    "Convergence",
    "Failure",
    "Refusal",
    "convergence",
    "failures",
    "more_rows",
    "not_judged",
    "refuse_failed",
    "rows_needed",
]

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

WIDEST = 0.1
"""An index is printed only when it is known to ± this."""

LEAST_ROWS = 30
"""With fewer design rows a bootstrap interval means little."""

LISTED = 5


@dataclass(frozen=True, slots=True)
class Failure:
    """Runs that failed for one cause."""

    cause: str
    runs: int
    points: tuple[str, ...]
    """Design points where it happened, those with most failures first."""


def failures(failed: NDArray[np.bool_], causes: Strings | None = None, points: Strings | None = None) -> list[Failure]:
    """Failed runs by cause, the commonest first.

    Args:
        failed: which runs failed, in any shape.
        causes: why, in the same shape; "unknown cause" without.
        points: the name of each run's design point, in a shape that broadcasts to it; its row, the last axis but one,
            without.
    """
    if causes is None:
        causes = np.full(failed.shape, "unknown cause")
    if points is None:
        rows = np.arange(failed.shape[-2] if failed.ndim > 1 else failed.size)
        points = np.char.add("row ", rows.astype(str))
        points = points[:, None] if failed.ndim > 1 else points
    where = np.broadcast_to(points, failed.shape)[failed]
    why = causes[failed]
    found = []
    for cause, runs in Counter(why.tolist()).most_common():
        places = Counter(where[why == cause].tolist()).most_common()
        found.append(Failure(cause, runs, tuple(place for place, _ in places)))
    return found


def refuse_failed(
    failed: NDArray[np.bool_], causes: Strings | None = None, points: Strings | None = None
) -> Refusal | None:
    """A refusal that lists failed runs by cause and design point, or None when every run finished.

    Args:
        failed: which runs failed, in any shape.
        causes: see `failures`.
        points: see `failures`.
    """
    count = int(failed.sum())
    if not count:
        return None
    if count == failed.size:
        head = f"All {count:,} runs failed"
    else:
        head = f"{count:,} of {failed.size:,} runs failed ({100.0 * count / failed.size:.2g}%)"
    lines = [_line(failure) for failure in failures(failed, causes, points)]
    more = f"; and {len(lines) - LISTED} further causes" if len(lines) > LISTED else ""
    reason = f"{head}: {'; '.join(lines[:LISTED])}{more}. "
    if count == failed.size:
        return Refusal(reason + "There is nothing to judge.", "Replay one of these runs to see why it stops.")
    return Refusal(
        reason + "This method needs every run of its design, and a failed run cannot be left out unsaid.",
        "Replay one of these runs and mend the cause; or ask for a given-data method by name (delta, pawn, rbd_fast "
        "or hdmr), which leaves failed rows out and says so; or take failing itself as the outcome.",
    )


def _line(failure: Failure) -> str:
    shown = ", ".join(failure.points[:LISTED])
    more = f" and {len(failure.points) - LISTED} more" if len(failure.points) > LISTED else ""
    return f"{failure.cause} ({failure.runs:,} runs, at {shown}{more})"


def not_judged(y: Floats, factors: int, least: int, rows: int | None = None) -> Refusal | None:
    """Why outcomes cannot be judged at all: no factor, one factor, no runs, failed runs, a constant, too few rows.

    Args:
        y: outcomes; NaN where a run failed.
        factors: how many factors vary.
        least: the fewest rows that the method takes.
        rows: how many rows there are; the second axis of y without.
    """
    if factors == 0:
        return Refusal("No number of this scenario is uncertain.", "Give a number a range in its passport.")
    if factors == 1:
        return Refusal(
            "Only one factor varies, so all that is not chance is due to it.",
            "Look at the split of chance and knowledge, or let a second number vary.",
        )
    if y.size == 0:
        return Refusal("There are no runs.", "Run the study first.")
    refused = refuse_failed(~np.isfinite(y))
    if refused:
        return refused
    count = y.shape[1] if rows is None else rows
    return few_rows(count, min(least, 2)) or constant(y) or few_rows(count, least)


def constant(y: Floats) -> Refusal | None:
    """A refusal when every run has the same outcome."""
    spread = float(np.ptp(y))
    if spread > 1e-12 * float(np.abs(y).max()):
        return None
    return Refusal(
        f"The outcome is {float(y.flat[0]):.6g} in all {y.size:,} runs, so no factor can matter to it here.",
        "Choose an outcome that varies, or wider ranges, or a longer horizon.",
    )


def few_rows(rows: int, least: int) -> Refusal | None:
    """A refusal when there are fewer independent rows than a method takes."""
    if rows >= least:
        return None
    return Refusal(
        f"{rows:,} rows are too few to judge: at least {least:,} are needed.", f"Run {least:,} or more rows."
    )


def rows_needed(rows: int, half: float, limit: float = WIDEST) -> int | None:
    """About how many rows bring a half-width down to a limit, as it shrinks with 1/√rows; None if it can't be said."""
    return math.ceil(rows * (half / limit) ** 2) if math.isfinite(half) else None


def more_rows(
    names: Sequence[str], kinds: Mapping[str, Sequence[Estimate]], rows: int, limit: float = WIDEST
) -> Refusal | None:
    """Which indices are known too roughly to print, and about how many rows would do; None when all are known.

    Args:
        names: the factors.
        kinds: estimates by kind of index, an entry a factor.
        rows: rows that they come from.
        limit: the widest half-width that is printed.
    """
    wide = [
        (f"{kind} of {name}", estimate.half)
        for kind, estimates in kinds.items()
        for name, estimate in zip(names, estimates, strict=True)
        if not estimate.within(limit)
    ]
    if not wide:
        return None
    wide.sort(key=lambda item: -item[1])
    every = sum(len(estimates) for estimates in kinds.values())
    worst, half = wide[0]
    known = f"±{half:.2g}" if math.isfinite(half) else "no bound"
    needed = rows_needed(rows, half, limit)
    enough = (
        f"About {_round(needed):,} rows would do, {_round(needed) - rows:,} more than now."
        if needed is not None
        else "Try four times as many rows."
    )
    return Refusal(
        f"{len(wide)} of {every} indices are not printed, because {rows:,} rows do not bring them within "
        f"±{limit:g} (the worst: {worst}, {known}).",
        enough,
    )


def _round(count: int) -> int:
    """A number of rows to two figures, upwards."""
    step = int(10 ** max(0, len(str(count)) - 2))
    return -(-count // step) * step


@dataclass(frozen=True, slots=True)
class Convergence:
    """Estimates on growing parts of one sample."""

    names: tuple[str, ...]
    rows: tuple[int, ...]
    estimates: tuple[tuple[Estimate | None, ...], ...]
    """By number of rows, then by name; None where so few rows support none."""

    @property
    def settled(self) -> tuple[bool, ...]:
        """By name, whether half of the sample says the same as all of it, within twice the interval of all.

        An estimate from half of a sample differs from that of all by about one standard error of the latter, so that
        chance alone exceeds this for one factor in a thousand.
        """
        if len(self.rows) < 2:
            return tuple(False for _ in self.names)
        pairs = zip(self.estimates[-2], self.estimates[-1], strict=True)
        return tuple(half is not None and whole is not None and _agree(half, whole) for half, whole in pairs)

    @property
    def unsettled(self) -> Refusal | None:
        """Which indices still move as the sample grows, or None."""
        moving = [name for name, settled in zip(self.names, self.settled, strict=True) if not settled]
        if not moving:
            return None
        more = f" and {len(moving) - LISTED} more" if len(moving) > LISTED else ""
        return Refusal(
            f"Half of the sample and all {self.rows[-1]:,} rows disagree about {', '.join(moving[:LISTED])}{more}.",
            f"Run {2 * self.rows[-1]:,} rows and look again.",
        )


def _agree(half: Estimate, whole: Estimate) -> bool:
    """Whether two estimates differ by no more than twice the interval's half-width."""
    return math.isfinite(whole.half) and abs(half.value - whole.value) <= 2.0 * whole.half


def convergence(
    names: Sequence[str], rows: int, estimate: Callable[[int], Sequence[Estimate] | Refusal]
) -> Convergence:
    """Estimates on the first N/8, N/4, N/2 and all N rows.

    The parts are nested, so that agreement of half and whole is a weak test: it finds a sample with a few rows that
    decide everything; the interval says how precise the estimate is.

    Args:
        names: what is estimated.
        rows: N.
        estimate: takes a number of rows and estimates from the first of them.
    """
    sizes = [size for size in (rows // 8, rows // 4, rows // 2, rows) if size > 0]
    found: list[tuple[Estimate | None, ...]] = []
    for size in sizes:
        answer = estimate(size)
        found.append(tuple(None for _ in names) if isinstance(answer, Refusal) else tuple(answer))
    return Convergence(tuple(names), tuple(sizes), tuple(found))
