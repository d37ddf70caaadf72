"""What a study can resolve in the time given: half-widths from a pilot's standard deviations and its pace."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sim.study.stopping import Z

__all__ = [
    "DurationError",
    "Outcome",
    "Resolution",
    "amount",
    "blocks_within",
    "duration",
    "half_width",
    "parse_duration",
    "resolutions",
    "sentences",
]

_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)\s*h)?\s*(?:(\d+(?:\.\d+)?)\s*m(?:in)?)?\s*(?:(\d+(?:\.\d+)?)\s*s)?")


SCALE = "from 0 to 1"
"""The unit of a score, which is no share of anything."""


class DurationError(ValueError):
    """A text is no length of time; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something that a study is to resolve, as a pilot saw it."""

    label: str
    unit: str
    """`share`, or `share of` something, is told in points; any other unit is written as it is."""
    deviation: float
    """Standard deviation of the paired differences, in the unit: of the pair of plans that differ most unevenly."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a length of time buys."""

    seconds: float
    blocks: int
    halves: dict[str, float]
    """By label: half of the 90% interval for the mean difference of two plans, in the outcome's unit."""


def parse_duration(text: str) -> float:
    """Seconds of a length of time like `10m`, `90s`, `2h` or `1h30m`.

    Raises:
        DurationError: it isn't written so, or it is nothing.
    """
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None or not any(found.groups()):
        raise DurationError(f"time {text!r}: expected a number and a unit, as in 90s, 10m, 2h or 1h30m")
    hours, minutes, rest = (float(part or 0.0) for part in found.groups())
    seconds = 3600.0 * hours + 60.0 * minutes + rest
    if not seconds > 0.0:
        raise DurationError(f"time {text!r}: expected more than nothing, as in 90s, 10m or 2h")
    return seconds


def duration(seconds: float) -> str:
    """A length of time for readers: `45 seconds`, `10 minutes`, `1.5 hours`."""
    for unit, size in (("hour", 3600.0), ("minute", 60.0)):
        if seconds >= 1.5 * size or math.isclose(seconds, size):
            return _counted(seconds / size, unit)
    return _counted(seconds, "second")


def _counted(number: float, unit: str) -> str:
    text = f"{number:.0f}" if number >= 10.0 else f"{number:.2g}"
    return f"{text} {unit}{'' if text == '1' else 's'}"


def half_width(deviation: float, blocks: int) -> float:
    """Half of the 90% interval for the mean of so many paired differences, in the unit of their standard deviation."""
    return Z * deviation / math.sqrt(blocks)


def blocks_within(seconds: float, seconds_a_block: float) -> int:
    """The blocks that a length of time has room for; at least 1."""
    return max(1, math.floor(seconds / seconds_a_block)) if seconds_a_block > 0.0 else 1


def resolutions(
    outcomes: Sequence[Outcome], seconds_a_block: float, times: Sequence[float], at_most: int
) -> list[Resolution]:
    """What each of several lengths of time would resolve.

    Args:
        outcomes: what is to be resolved.
        seconds_a_block: wall seconds that a block takes, all plans and futures together.
        times: lengths of time in seconds.
        at_most: the cap on blocks.
    """
    found = []
    for seconds in times:
        blocks = min(at_most, blocks_within(seconds, seconds_a_block))
        halves = {outcome.label: half_width(outcome.deviation, blocks) for outcome in outcomes}
        found.append(Resolution(seconds, blocks, halves))
    return found


def amount(value: float, unit: str) -> str:
    """A half-width to two figures: `3 points`, `0.45 points`, `1,200 USD`."""
    value *= 100.0 if _is_share(unit) else 1.0
    rounded = 0.0 if value == 0.0 else round(value, 1 - math.floor(math.log10(abs(value))))
    text = f"{rounded:,.0f}" if rounded >= 10.0 else f"{rounded:.2g}"
    if unit == SCALE:
        return text
    return f"{text} {'points' if _is_share(unit) else unit}".rstrip()


def _is_share(unit: str) -> bool:
    return unit == "share" or unit.startswith("share of ")


def sentences(outcomes: Sequence[Outcome], found: Sequence[Resolution]) -> list[str]:
    """Each outcome in words: `10 minutes resolve 3 points of failure probability; 40 minutes 1.5 points`."""
    told = []
    for outcome in outcomes:
        subject = f"of {outcome.label}" if _is_share(outcome.unit) else f'in "{outcome.label}"'
        if outcome.deviation == 0.0:
            told.append(f"{outcome.label}: no difference between plans seen yet, so nothing to plan with")
            continue
        first, *rest = found
        given = duration(first.seconds)
        verb = "resolves" if given.startswith("1 ") else "resolve"
        text = f"{given} {verb} {amount(first.halves[outcome.label], outcome.unit)} {subject}"
        told.append("; ".join([text, *(_shorter(outcome, later) for later in rest)]))
    return told


def _shorter(outcome: Outcome, found: Resolution) -> str:
    return f"{duration(found.seconds)} {amount(found.halves[outcome.label], outcome.unit)}"
