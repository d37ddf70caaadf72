"""Planners' numbers: how they are written, and what they come to in the model's units."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable

from sim.scenario.block import Unit

__all__ = ["EXPECTED", "PATTERNS", "hazard", "number", "share_over_time"]

_N = r"([-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
_PLAIN = re.compile(_N, re.ASCII)
_PERCENT = re.compile(_N + r"\s*%", re.ASCII)
_PERCENT_OF = re.compile(_N + r"(\s*%)\s+of\s+(\w+)", re.ASCII)
_TIME = re.compile(_N + r"\s*(year|month|week|day)s?", re.ASCII)
_PER_TIME = re.compile(_N + r"\s*(%?)\s*(?:times\s+)?(?:a|an|per|/)\s*(year|month|week|day)", re.ASCII)
_ONCE_IN = re.compile(r"once (?:in|every)\s+" + _N + r"\s*(year|month|week|day)s?", re.ASCII)
_MONEY = re.compile(r"(-?)\s*(?:\$|USD)?\s*(\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?)\s*(k|M|m|bn|B)?", re.ASCII)
_PEOPLE = re.compile(_N + r"\s*(k|M|m)?", re.ASCII)
_HOURS = re.compile(_N + r"\s*(?:hours?|h)?(?:\s*(?:a|per|/)\s*week)?", re.ASCII)
_TIMES = re.compile(r"(?:[x×]\s*" + _N + r"|" + _N + r"\s*[x×]?)", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)

_YEARS = {"year": 1.0, "month": 1.0 / 12.0, "week": 7.0 / 365.25, "day": 1.0 / 365.25}
_THOUSANDS = {None: 1.0, "k": 1e3, "M": 1e6, "m": 1e6, "bn": 1e9, "B": 1e9}

PATTERNS = {
    "share": (_PERCENT, _PLAIN),
    "per year": (_PER_TIME, _ONCE_IN, _PLAIN),
    "years": (_TIME, _PLAIN),
    "count": (_PLAIN,),
    "people": (_PEOPLE,),
    "hours a week": (_HOURS,),
    "month": (_PLAIN,),
    "times": (_TIMES,),
    "number": (_PLAIN,),
    "USD": (_MONEY,),
    "date": (_DATE,),
    "growth per year": (_PER_TIME, _PERCENT, _PLAIN),
}
"""What each unit may look like as text, for editors; `number` has the last word."""

EXPECTED = {
    "share": "a share such as `71%` or `0.71`",
    "per year": "a rate such as `6% a year`, `once in 20 years` or `{gone: 26%, after: 5 years}`",
    "years": "a time such as `5 years` or `18 months`",
    "count": "a number such as `12`",
    "people": "a number of people such as `18M` or `450000`",
    "hours a week": "a working time such as `10 hours`",
    "month": "a month of the year, from `1` to `12`",
    "times": "a multiplier such as `x2`",
    "number": "a number such as `1.4`",
    "USD": "an amount such as `$3M`, `$120k` or `1500`",
    "date": "a date such as `1989-01` or `1989-01-15`",
    "growth per year": "a yearly change such as `3% a year`",
}
"""How each unit is written, for messages and for the manual."""


def number(text: str, unit: Unit) -> float:
    """A planner's number in the model's unit.

    Raises:
        ValueError: what was expected instead, when the text is not a number of that unit or out of its range.
    """
    expected = EXPECTED[unit.name] + (f" (or `15% of {unit.of}`)" if unit.of else "")
    try:
        value = _READERS[unit.name](text.strip(), unit)
    except (ValueError, OverflowError):
        value = None
    if value is None:
        raise ValueError(expected)
    if not math.isfinite(value):
        raise ValueError("a finite number")
    if not unit.low <= value <= unit.high:
        raise ValueError(_range(unit))
    return value


def hazard(share: float, years: float) -> float:
    """The constant hazard per year under which `share` is gone after `years`: -ln(1-p)/t."""
    return -math.log1p(-share) / years


def share_over_time(text: str) -> tuple[float, float] | None:
    """`6% a year` as the share 0.06 and the time 1.0 in years; None for any other text."""
    match = _PER_TIME.fullmatch(text.strip())
    if match is None or not match[2]:
        return None
    return float(match[1]) / 100.0, _YEARS[match[3]]


def _range(unit: Unit) -> str:
    if unit.name == "share":
        return f"a share between 0% and {100.0 * unit.high:g}%"
    low = f"{unit.low:g}" if math.isfinite(unit.low) else ""
    high = f"{unit.high:g}" if math.isfinite(unit.high) else ""
    if low and high:
        return f"{unit.name} between {low} and {high}"
    return f"at least {low}" if low else f"at most {high}"


def _float(text: str) -> float:
    return float(text.replace("_", ""))


def _plain(text: str, unit: Unit) -> float | None:
    match = _PLAIN.fullmatch(text)
    return _float(match[1]) * unit.scale if match else None


def _share(text: str, unit: Unit) -> float | None:
    whole = _PERCENT_OF.fullmatch(text)
    if whole and unit.of and whole[3] == unit.of:
        return _float(whole[1]) / 100.0
    percent = _PERCENT.fullmatch(text)
    return _float(percent[1]) / 100.0 if percent else _plain(text, unit)


def _rate(text: str, unit: Unit) -> float | None:
    once = _ONCE_IN.fullmatch(text)
    if once:
        time = _float(once[1]) * _YEARS[once[2]]
        return 1.0 / time if time > 0.0 else None
    match = _PER_TIME.fullmatch(text)
    if match is None:
        return _plain(text, unit)
    amount = _float(match[1])
    if not match[2]:
        return amount / _YEARS[match[3]]
    return hazard(amount / 100.0, _YEARS[match[3]]) if 0.0 <= amount < 100.0 else None


def _growth(text: str, unit: Unit) -> float | None:
    match = _PER_TIME.fullmatch(text)
    if match and match[2] and match[3] == "year":
        return _float(match[1]) / 100.0
    return _share(text, unit)


def _years(text: str, unit: Unit) -> float | None:
    match = _TIME.fullmatch(text)
    return _float(match[1]) * _YEARS[match[2]] if match else _plain(text, unit)


def _money(text: str, unit: Unit) -> float | None:
    match = _MONEY.fullmatch(text)
    if match is None:
        return None
    return _float(match[2]) * _THOUSANDS[match[3]] * (-1.0 if match[1] else 1.0)


def _people(text: str, unit: Unit) -> float | None:
    match = _PEOPLE.fullmatch(text)
    return _float(match[1]) * _THOUSANDS[match[2]] if match else None


def _hours(text: str, unit: Unit) -> float | None:
    match = _HOURS.fullmatch(text)
    return _float(match[1]) if match else None


def _times(text: str, unit: Unit) -> float | None:
    match = _TIMES.fullmatch(text)
    return _float(match[1] or match[2]) if match else None


def _date(text: str, unit: Unit) -> float | None:
    """Months are twelfths of a year, days parts of their month: 2000-07 is 2000.5."""
    match = _DATE.fullmatch(text)
    if match is None:
        return _plain(text, unit)
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    if not 1 <= month <= 12 or year < 1:
        return None
    days = calendar.monthrange(year, month)[1]
    return year + (month - 1 + (day - 1) / days) / 12.0 if 1 <= day <= days else None


_READERS: dict[str, Callable[[str, Unit], float | None]] = {
    "share": _share,
    "per year": _rate,
    "years": _years,
    "count": _plain,
    "people": _people,
    "hours a week": _hours,
    "month": _plain,
    "times": _times,
    "number": _plain,
    "USD": _money,
    "date": _date,
    "growth per year": _growth,
}
