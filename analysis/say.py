"""How numbers, dates and names are written for readers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.differences import LITTLE, Worth
from analysis.intervals import MeanInterval, Spread

if TYPE_CHECKING:
    from analysis.limits import Limit

__all__ = [
    "date",
    "day",
    "difference",
    "entity",
    "labelled",
    "limit",
    "number",
    "plain",
    "rough",
    "safe",
    "spread_text",
    "words",
    "worth",
    "worth_note",
]

WHOLE = ("people", "posts", "count")
"""Units of which there are no parts."""

MINUS = "\u2212"
"""A minus sign that is as wide as a plus sign."""


def number(value: float, unit: str, signed: bool = False) -> str:
    """A number in its unit, as precise as a reader needs."""
    if not math.isfinite(value):
        return "–"
    sign = MINUS if value < 0 else "+" if signed and value > 0 else ""
    size = abs(value)
    if unit in ("share", "%"):
        size = size * 100.0 if unit == "share" else size
        return f"{sign}{size:.{0 if size >= 10 or size == 0 else 1}f}%"
    if unit.startswith("USD"):
        for scale, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
            if size >= scale:
                return f"{sign}${size / scale:.3g}{letter}"
        return f"{sign}${size:.0f}"
    whole = size >= 100 or (size == round(size) and not signed)
    return f"{sign}{size:,.{0 if whole else 1 if size >= 1 else 2}f}"


def labelled(label: str, unit: str) -> str:
    """An outcome's label with its unit, unless that goes without saying."""
    return label if unit in ("people", "share", "count", "", label.split()[-1]) else f"{label}, {unit}"


def plain(value: float, unit: str) -> str:
    """A level: whole people, tenths of anything smaller."""
    if unit in WHOLE or (unit not in ("share", "%") and not unit.startswith("USD") and abs(value) >= 10):
        return number(round(value), unit) if math.isfinite(value) else number(value, unit)
    return number(value, unit)


def spread_text(found: Spread, unit: str) -> str:
    """A median with the middle 80% of runs: `34 (27–41)`."""
    if not found.runs:
        return "–"
    low, median, high = (plain(value, unit) for value in (found.low, found.median, found.high))
    return median if low == high == median else f"{median} ({low}–{high})"


def difference(found: MeanInterval, unit: str) -> str:
    """A mean difference with its interval: `+12 (11 to 13)`."""
    if not found.pairs:
        return "–"
    if not found.differ:
        return "identical"
    mean, low, high = (number(value, unit, True) for value in (found.mean, found.low, found.high))
    if not math.isfinite(found.low):
        return mean  # one pair has no interval
    return f"{mean} ({low} to {high})"


def worth(found: Worth | None) -> str:
    """What sharing blocks was worth, and with the controls: `1.5`, `1.5; 2.2`, or a dash where that can't be told."""
    if found is None:
        return "–"
    ratios = [found.paired] if found.controlled is None else [found.paired, found.controlled]
    return "; ".join(f"{ratio:.1f}" if ratio < 10.0 else f"{ratio:,.0f}" for ratio in ratios)


def worth_note(shared: str, little: bool) -> str:
    """What the column of ratios means, and whether sharing failed somewhere; `shared` is what blocks share."""
    text = (
        f"Worth: so many times the runs, with separate {shared}, would tell these plans apart as sharply; "
        "behind a semicolon with the correction by quantities whose mean is known, where that narrows the interval."
    )
    if little:
        text += (
            f" Below {LITTLE:g} sharing is worth little: most of such a difference comes from events that only one of "
            "the two plans has."
        )
    return text


def rough(found: MeanInterval, enough: int) -> bool:
    """Whether too few pairs differ for the interval to be trusted."""
    return 0 < found.differ < enough


def limit(found: Limit, names: Mapping[str, str], unit: str) -> str:
    """What must not happen, in words."""
    side = "below" if found.below else "above"
    level = f"{number(found.level, 'share')} of its start" if found.relative else number(found.level, unit)
    where = entity(found.metric.rpartition(".")[0], names)
    allowed = number(found.in_more_than, "share")
    return f"{where}, {found.label} {side} {level} in {date(found.at)}: in no more than {allowed} of runs"


def date(year: float) -> str:
    """A calendar year with its fraction as year and month: 2010.5 is `2010-07`."""
    month = round((year - math.floor(year)) * 12)
    return f"{math.floor(year) + month // 12}-{month % 12 + 1:02d}"


def day(year: float) -> str:
    """A calendar year with its fraction as a day: 2010.5 is about `2010-07-02`."""
    from datetime import date as calendar_date
    from datetime import timedelta

    first = calendar_date(math.floor(year), 1, 1)
    length = (first.replace(year=first.year + 1) - first).days
    return (first + timedelta(days=math.floor((year - first.year) * length + 1e-6))).isoformat()


def words(name: str) -> str:
    """A name from a file as words: `train_home` is `train home`."""
    return safe(name.replace("_", " "))


def safe(text: str) -> str:
    """Text from a file without control characters, which could command a terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in text)


def entity(name: str, names: Mapping[str, str]) -> str:
    """Whose outcome it is: `ghana.obgyn` is `Ghana, obgyn`."""
    return ", ".join(safe(names.get(part, "")) or words(part) for part in name.split(".")) if name else ""
