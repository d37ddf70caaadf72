"""Shares over time: `6% a year`, `{gone: 50%, after: 4.5 years}`, as cohorts are counted or as a rate."""

from __future__ import annotations

import math
from dataclasses import replace

from sim.scenario.block import Unit
from sim.scenario.forms import FLAT, NumberError, certain, counted, family, known_keys, parse, spread, word
from sim.scenario.passports import Passport
from sim.scenario.read import Node
from sim.scenario.report import Place, Report
from sim.scenario.values import EXPECTED, hazard, share_over_time

__all__ = ["gone_as_rate", "over_time"]

SHARE = Unit("share", 0.0, 1.0)
YEARS = Unit("years", 0.0, 1e3)


def over_time(node: Node, place: Place, report: Report) -> tuple[Passport, Passport]:
    """The share and the time of `{gone: 50%, after: 4.5 years}` or `6% a year`."""
    gone = Passport(place.path, f"{place.address}.gone", "share", 0.0, 0.0, 0.0, least=0.0, most=1.0)
    after = Passport(place.path, f"{place.address}.after", "years", 0.0, 0.0, 0.0, least=0.0)
    expected = "`6% a year` or `{gone: 50%, after: 4.5 years}`"
    entries = node.entries()
    if not isinstance(node.value, dict) or ("gone" not in entries and "count" not in entries):
        key = "value" if "value" in entries else ""
        if isinstance(node.value, dict):
            known_keys(node, place, report)
        yearly = _yearly(node, key, expected)
        text = word(node, key) if key else str(node.value)
        after = certain(after, yearly[1], text)
        if not key:
            return certain(gone, yearly[0], text), after
        return spread(gone, node, lambda k: _same_time(node, k, yearly[1], expected), key), after
    known_keys(node, place, report, "after")
    if "after" not in entries:
        raise NumberError("", "`after` beside `gone`, as in " + expected)
    time = parse(node, "after", YEARS)
    if time <= 0.0:
        raise NumberError("after", "a time above 0")
    if "count" in entries:
        return counted(gone, node, SHARE), certain(after, time, word(node, "after"))
    share = parse(node, "gone", SHARE)
    if share >= 1.0:
        raise NumberError("gone", "less than 100%")
    if "low" in entries and not _is_share(word(node, "low")):
        timed = spread(after, node, lambda key: parse(node, key, YEARS), "after")
        return certain(gone, share, word(node, "gone")), timed
    shared = spread(gone, node, lambda key: parse(node, key, SHARE), "gone")
    return shared, certain(after, time, word(node, "after"))


def _is_share(text: str) -> bool:
    """Whether a bound of `gone` is a share: with a percent sign, or a bare number up to 1."""
    try:
        return text.strip().endswith("%") or float(text) <= 1.0
    except ValueError:
        return False


def _yearly(node: Node, key: str, expected: str) -> tuple[float, float]:
    item = node.entries()[key] if key else node
    found = share_over_time(item.value) if isinstance(item.value, str) else None
    if found is None:
        raise NumberError(key, expected)
    if not 0.0 <= found[0] < 1.0:
        raise NumberError(key, "a share from 0% up to, but not including, 100%")
    return found


def _same_time(node: Node, key: str, time: float, expected: str) -> float:
    share, years = _yearly(node, key, expected)
    return -math.expm1(-hazard(share, years) * time)


def gone_as_rate(blank: Passport, node: Node, unit: Unit) -> Passport:
    """A share gone after a time, for a field that wants a rate: -ln(1-p)/t; a longer time is a lower rate."""
    if unit.name != "per year":
        raise NumberError("gone", EXPECTED[unit.name])
    if word(node, "dist") in FLAT:
        raise NumberError("dist", "another family; a share over time is not flat as a rate")
    report = Report()
    gone, after = over_time(node, Place(blank.path, blank.address), report)
    if gone.high >= 1.0 or after.low <= 0.0:
        raise NumberError("high" if gone.high >= 1.0 else "low", "less than 100%, after a time above 0")
    rates = [
        hazard(share, time)
        for share, time in ((gone.low, after.high), (gone.value, after.value), (gone.high, after.low))
    ]
    found = replace(
        blank,
        low=rates[0],
        value=rates[1],
        high=rates[2],
        text=f"{gone.text} after {after.text}",
        low_text=gone.low_text or after.low_text,
        high_text=gone.high_text or after.high_text,
    )
    return replace(found, kind=family(found, word(node, "dist"))) if rates[0] < rates[2] else found
