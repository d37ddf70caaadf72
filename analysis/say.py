"""How numbers, dates and names are written for readers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.differences import LITTLE, Worth
from sim.study.intervals import MeanInterval, Spread

if TYPE_CHECKING:
    from analysis.limits import Limit
    from sim.study.results import StoredStudy

__all__ = [
    "SIGNS",
    "correlation",
    "date",
    "day",
    "difference",
    "entity",
    "gain",
    "labelled",
    "limit",
    "mean_text",
    "number",
    "plain",
    "ratio",
    "rough",
    "safe",
    "share",
    "span",
    "spread_text",
    "title",
    "within",
    "words",
    "worth",
    "worth_note",
]

WHOLE = ("people", "posts", "count")
"""Units of which there are no parts."""

SCALES = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
PER_DOLLAR, DOLLARS = " per USD", 1e5
"""What one dollar buys is too small a number to read: it is written of so many."""

SIGNS = {"more": "▲", "less": "▼", "about the same": "=", "not resolved": "?"}
"""A word as one sign, for narrow tables."""

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
    if unit.endswith(PER_DOLLAR):
        return number(value * DOLLARS, "", signed)
    if unit.startswith("USD"):
        for scale, letter in SCALES:
            if size >= scale:
                return f"{sign}${size / scale:.3g}{letter}"
        return f"{sign}${size:.0f}"
    whole = size >= 100 or (size == round(size) and not signed)
    return f"{sign}{size:,.{0 if whole else 1 if size >= 1 else 2}f}"


def labelled(label: str, unit: str) -> str:
    """An outcome's label with its unit, unless that goes without saying."""
    if unit.startswith("USD"):
        return f"{label} a year" if unit.endswith("a year") else label
    if unit.endswith(PER_DOLLAR):
        return label.replace("per public dollar", f"per ${DOLLARS:,.0f} of public money")
    known = unit in ("people", "share", "count", "") or unit.rpartition("-")[2] in label.replace(",", "").split()
    return label if known else f"{label}, {unit}"


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
    return median if low == high == median else f"{median} ({span(found.low, found.high, unit)})"


def gain(found: MeanInterval, word: str, unit: str) -> str:
    """A difference as a sign and its size: `▲ 12 ±2` more, `▼ 12 ±2` less, `? +1 ±3` not resolved, `=` the same."""
    if not found.pairs:
        return "–"
    if word == "about the same":
        return SIGNS[word]
    half = max(found.high - found.mean, found.mean - found.low)
    resolved = word in ("more", "less")
    return f"{SIGNS[word]} {within(abs(found.mean) if resolved else found.mean, half, unit, not resolved)}"


def within(value: float, half: float, unit: str, signed: bool = False) -> str:
    """A number and half of its interval, as precise as the interval: `$14.6M ±1.8`, `43 ±5`, `17 ±2 pts`."""
    known = math.isfinite(half) and half > 0.0
    factor, before, after, tail = _scaled(max(abs(value), half if known else 0.0), unit)
    value, half = value * factor, half * factor
    sign = MINUS if value < 0 else "+" if signed and value > 0 else ""
    if not known:
        return f"{sign}{before}{number(abs(value), '')}{after}{tail}"
    digits = -math.floor(math.log10(half))
    if abs(value) >= 0.01:
        digits = min(digits, 2)
        half = max(half, 0.01)
    size, half = round(abs(value), digits), round(half, digits)
    return f"{sign}{before}{size:,.{max(0, digits)}f}{after} ±{half:,.{max(0, digits)}f}{tail}"


def _scaled(size: float, unit: str) -> tuple[float, str, str, str]:
    """What a number of some size is multiplied by; what stands before it, after it, and after its interval."""
    if unit == "share":
        return 100.0, "", "", " pts"
    if unit.endswith(PER_DOLLAR):
        return DOLLARS, "", "", ""
    if unit.startswith("USD") or size >= 1e3:
        scale, letter = next(((scale, letter) for scale, letter in SCALES if size >= scale), (1.0, ""))
        return 1.0 / scale, "$" * unit.startswith("USD"), letter, ""
    return 1.0, "", "", ""


def span(low: float, high: float, unit: str) -> str:
    """From one number to another, the unit once where it is the same: `11–13`, `$1.1–1.3M`, `10–14%`."""
    one, other = plain(low, unit), plain(high, unit)
    if one[-1:] == other[-1:] and not one[-1:].isdigit():
        one = one[:-1]
    return f"{one}–{other.removeprefix('$')}"


def share(count: int, low: float, high: float, runs: int) -> str:
    """A share of runs with its interval: `98% (93–100)`."""
    return f"{number(count / runs, 'share')} ({span(low, high, 'share')})"


def ratio(value: float, low: float, high: float, unit: str) -> str:
    """A ratio of means with half of its interval; a dash where there is nothing to divide by."""
    if not math.isfinite(value):
        return "–"
    if not math.isfinite(low):
        return f"{within(value, math.nan, unit)} (no bound)"
    return within(value, max(high - value, value - low), unit)


def mean_text(found: Spread, unit: str) -> str:
    """A mean with the middle 80% of runs, all in the scale of the mean: `$3.1M (2.5–4.2)`."""
    if not found.runs:
        return "–"
    factor, before, after, tail = _scaled(abs(found.mean), unit)
    digits = 0 if abs(found.mean) * factor >= 10.0 else 1
    mean, low, high = (f"{value * factor:,.{digits}f}" for value in (found.mean, found.low, found.high))
    return f"{before}{mean}{after} ({low}–{high}){tail}"


def futures(held: Sequence[str], every: Sequence[str]) -> str:
    """The futures that something holds in."""
    return "in every future" if len(held) == len(every) > 1 else ", ".join(map(words, held))


def partnership(study: StoredStudy, name: str) -> str:
    """A partnership's title, or its name in words."""
    return safe(study.manifest["scenario"].get("partnerships", {}).get(name) or "") or words(name)


def title(study: StoredStudy, what: str, name: str) -> str:
    """The title of a future or plan, or its name in words."""
    return safe(study.manifest["scenario"][what].get(name) or "") or words(name)


def difference(found: MeanInterval, unit: str) -> str:
    """A mean difference with its interval: `+12 (11 to 13)`."""
    if not found.pairs:
        return "–"
    if not found.differ:
        return "identical"
    points = unit == "share"  # a difference of shares is no share
    mean, low, high = (
        number(value * 100.0, "points", True) if points else number(value, unit, True)
        for value in (found.mean, found.low, found.high)
    )
    mean += " pts" * points
    return f"{mean} ({low} to {high})" if math.isfinite(found.low) else mean  # one pair has no interval


def worth(found: Worth | None) -> str:
    """What sharing blocks was worth, and with the controls: `1.5`, `1.5; 2.2`, or a dash where that can't be told."""
    if found is None:
        return "–"
    ratios = [found.paired] if found.controlled is None else [found.paired, found.controlled]
    return "; ".join(f"{ratio:.1f}" if ratio < 10.0 else f"{ratio:,.0f}" for ratio in ratios)


def correlation(found: float | None) -> str:
    """How far two plans go together over blocks: `0.83`, or a dash where one never varies."""
    return "–" if found is None else f"{MINUS if found < 0.0 else ''}{abs(found):.2f}"


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
