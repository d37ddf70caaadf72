"""Nodes into numbers: a bare number or a mapping with its passport becomes a value, and what is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import get_args

from sim.scenario.beta import beta_quantile
from sim.scenario.block import Unit
from sim.scenario.passports import Distribution, Passport
from sim.scenario.problems import nearest, shown
from sim.scenario.read import PASSPORT_KEYS, Node
from sim.scenario.report import Place, Report
from sim.scenario.values import EXPECTED, hazard, number, share_over_time

__all__ = ["read_gone", "read_number", "with_known"]

SHARE = Unit("share", 0.0, 1.0)
YEARS = Unit("years", 0.0, 1e3)
FLAT = ("uniform", "log-uniform")
GRADES = ("A", "B", "C", "D")
_Parse = Callable[[str], float]
DISTRIBUTIONS = tuple(name for name in get_args(Distribution) if name not in ("none", "beta", "choice"))


@dataclass(slots=True)
class _NumberError(Exception):
    """A number that cannot be read: the entry at fault, and what was expected there."""

    key: str
    expected: str


def read_number(node: Node, unit: Unit, place: Place, report: Report) -> float | None:
    """The central value of a number, in the model's unit; its passport goes into the report."""
    try:
        found = _number(node, unit, place, report)
    except _NumberError as wrong:
        _tell(node, wrong, place, report)
        return None
    report.passports[place.path] = with_known(found, node, place, report)
    return found.value


def read_gone(node: Node, place: Place, report: Report) -> dict[str, float] | None:
    """A share gone after a time, as `{gone, after}`; its one passport is that of the uncertain number."""
    try:
        gone, after = _gone(node, place, report)
    except _NumberError as wrong:
        _tell(node, wrong, place, report)
        return None
    found = after if after.uncertain else gone
    if "after" in node.entries():
        found = replace(found, text=f"{gone.text} after {after.text}")
    report.passports[place.path] = with_known(found, node, place, report)
    return {"gone": gone.value, "after": after.value}


def with_known(found: Passport, node: Node, place: Place, report: Report) -> Passport:
    """The passport with source, grade, reason, privacy and group, from its mapping or from around it."""
    entries = node.entries()
    texts = {key: _text(entries, key, place, report) for key in ("source", "grade", "why", "group")}
    if not any(texts[key] for key in ("source", "grade", "why")) and node.cover is not None:
        texts.update(source=node.cover.source, grade=node.cover.grade, why=node.cover.why)
        report.covered.add(place.path)
    if texts["grade"] and texts["grade"] not in GRADES:
        report.wrong(
            entries.get("grade", node), f"{place.path}.grade", "A, B, C or D", got=f"`{texts['grade']}`"
        )
    if texts["grade"] in ("A", "B", "C") and not texts["source"]:
        report.wrong(node, f"{place.path}.source", f"a source for grade {texts['grade']}", got="none")
    stated = not any(texts[key] for key in ("source", "grade", "why"))
    return replace(
        found,
        source=texts["source"],
        grade=texts["grade"] or "D",
        why="stated by the author" if stated else texts["why"],
        group=texts["group"],
        private=_private(entries, place, report),
        file=node.file,
        line=node.line,
    )


def _tell(node: Node, wrong: _NumberError, place: Place, report: Report) -> None:
    at = node.entries().get(wrong.key, node)
    report.wrong(at, f"{place.path}.{wrong.key}" if wrong.key else place.path, wrong.expected)


def _text(entries: dict[str, Node], key: str, place: Place, report: Report) -> str:
    if key not in entries:
        return ""
    value = entries[key].value
    if not isinstance(value, str):
        report.wrong(entries[key], f"{place.path}.{key}", "text")
        return ""
    return value


def _private(entries: dict[str, Node], place: Place, report: Report) -> bool:
    if "private" not in entries or entries["private"].value in ("true", "false"):
        return "private" in entries and entries["private"].value == "true"
    report.wrong(entries["private"], f"{place.path}.private", "true or false")
    return False


def _number(node: Node, unit: Unit, place: Place, report: Report) -> Passport:
    blank = Passport(place.path, place.address, unit.name, 0.0, 0.0, 0.0, least=unit.low, most=unit.high)
    if not isinstance(node.value, dict):
        return _certain(blank, _parse(node, "", unit), node.written().strip("`"))
    _known_keys(node, place, report)
    if "choice" in node.value:
        return _choice(blank, node, unit)
    if "count" in node.value:
        return _counted(blank, node, unit)
    if "gone" in node.value:
        return _gone_as_rate(blank, node, unit)
    if "value" not in node.value and _word(node, "dist") not in FLAT:
        raise _NumberError("", "`value`, the median" if "low" in node.value else EXPECTED[unit.name])
    return _spread(blank, node, lambda key: _parse(node, key, unit), "value")


def _known_keys(node: Node, place: Place, report: Report) -> None:
    for key, item in node.entries().items():
        if key not in PASSPORT_KEYS:
            close = nearest(key, PASSPORT_KEYS)
            comma = " (text with a comma needs quotes here)" if item.value is None else ""
            expected = "one of " + ", ".join(sorted(PASSPORT_KEYS)) + comma
            report.wrong(item, place.path, expected, got=f"the unknown key {shown(key)}", hint=close)


def _word(node: Node, key: str) -> str:
    item = node.entries().get(key)
    return item.value if item is not None and isinstance(item.value, str) else ""


def _said(node: Node, key: str) -> str:
    """An entry as its author means it, with the passport's `unit` behind it."""
    return f"{_word(node, key)} {_word(node, 'unit')}".strip()


def _parse(node: Node, key: str, unit: Unit) -> float:
    """A number of the node itself, or of one of its entries, with the passport's `unit` behind it."""
    item = node.entries()[key] if key else node
    if not isinstance(item.value, str):
        raise _NumberError(key, EXPECTED[unit.name])
    suffix = _word(node, "unit")
    try:
        return number(f"{item.value} {suffix}" if suffix else item.value, unit)
    except ValueError as error:
        raise _NumberError(key, str(error)) from None


def _certain(blank: Passport, value: float, text: str) -> Passport:
    return replace(blank, value=value, low=value, high=value, text=text)


def _choice(blank: Passport, node: Node, unit: Unit) -> Passport:
    item = node.entries()["choice"]
    if not isinstance(item.value, list) or len(item.value) < 2:
        raise _NumberError("choice", "a list of at least two values, the central one first")
    options = []
    for option in item.value:
        try:
            options.append(number(option.value if isinstance(option.value, str) else "", unit))
        except ValueError as error:
            raise _NumberError("choice", f"values that are each {error}") from None
    return replace(
        blank,
        value=options[0],
        low=min(options),
        high=max(options),
        kind="choice",
        options=tuple(options),
        text=_word(node, "choice") or ", ".join(str(option.value) for option in item.value),
    )


def _counted(blank: Passport, node: Node, unit: Unit) -> Passport:
    """So many of so many: a share with the spread that its own count gives it."""
    if unit.name != "share":
        raise _NumberError("count", EXPECTED[unit.name])
    if "of" not in node.entries():
        raise _NumberError("", "`of` beside `count`, as in `{count: 3, of: 30}`")
    k, n = _parse(node, "count", Unit("count")), _parse(node, "of", Unit("count"))
    if n <= 0.0 or k > n:
        raise _NumberError(
            "count", f"at most {n:g}, the number that were counted" if n > 0.0 else "`of` above 0"
        )
    low, middle, high = (beta_quantile(k + 0.5, n - k + 0.5, u) for u in (0.1, 0.5, 0.9))
    text = f"{_word(node, 'count')} of {_word(node, 'of')}"
    return replace(blank, value=middle, low=low, high=high, kind="beta", counts=(k, n), text=text)


def _spread(blank: Passport, node: Node, parse: _Parse, main: str) -> Passport:
    """The distribution through low, value and high."""
    entries = node.entries()
    ends = [key for key in ("low", "high") if key in entries]
    if len(ends) == 1:
        raise _NumberError("", "`low` and `high` together")
    kind = _word(node, "dist")
    if "dist" in entries and kind not in DISTRIBUTIONS:
        raise _NumberError("dist", "one of " + ", ".join(DISTRIBUTIONS))
    if not ends:
        if kind:
            raise _NumberError("dist", "`low` and `high` beside `dist`")
        return _certain(blank, parse(main), _said(node, main))
    low, high = parse("low"), parse("high")
    if low > high:
        raise _NumberError("low", f"at most `high` ({_word(node, 'high')})")
    value = _middle(kind, low, high) if kind in FLAT else parse(main)
    if kind in FLAT and main in entries and not math.isclose(parse(main), value, rel_tol=1e-6):
        raise _NumberError(
            main, f"the middle of `low` and `high` ({value:g}), or nothing, for `dist: {kind}`"
        )
    if not low <= value <= high:
        raise _NumberError(
            main, f"a value between `low` and `high` ({_word(node, 'low')} to {_word(node, 'high')})"
        )
    found = replace(
        blank,
        value=value,
        low=low,
        high=high,
        text=_said(node, main),
        low_text=_said(node, "low"),
        high_text=_said(node, "high"),
    )
    return replace(found, kind=_family(found, kind), dist_given=bool(kind)) if low < high else found


def _middle(kind: str, low: float, high: float) -> float:
    if kind == "uniform":
        return 0.5 * (low + high)
    if low <= 0.0:
        raise _NumberError("low", "above 0 for `dist: log-uniform`")
    return math.sqrt(low * high)


def _family(found: Passport, wanted: str) -> Distribution:
    """The family asked for, or the unit's own: shares logit, positives log, others plain."""
    kind: Distribution = "normal"
    if wanted:
        kind = next(name for name in get_args(Distribution) if name == wanted)
    elif found.unit == "share" and found.most == 1.0:
        kind = "logit-normal"
    elif found.unit not in ("date", "number", "growth per year") and (found.least >= 0.0 or found.low > 0.0):
        kind = "log-normal"
    if kind in ("logit-normal", "log-normal") and found.low <= 0.0:
        raise _NumberError("low", "above 0, or another `dist`, such as `dist: normal`")
    if kind == "logit-normal" and found.high >= 1.0:
        raise _NumberError("high", "below 100%, or another `dist`, such as `dist: normal`")
    return kind


def _gone(node: Node, place: Place, report: Report) -> tuple[Passport, Passport]:
    """The share and the time of `{gone: 50%, after: 4.5 years}` or `6% a year`."""
    gone = Passport(place.path, f"{place.address}.gone", "share", 0.0, 0.0, 0.0, least=0.0, most=1.0)
    after = Passport(place.path, f"{place.address}.after", "years", 0.0, 0.0, 0.0, least=0.0)
    expected = "`6% a year` or `{gone: 50%, after: 4.5 years}`"
    entries = node.entries()
    if not isinstance(node.value, dict) or ("gone" not in entries and "count" not in entries):
        key = "value" if "value" in entries else ""
        if isinstance(node.value, dict):
            _known_keys(node, place, report)
        yearly = _yearly(node, key, expected)
        text = _word(node, key) if key else node.written().strip("`")
        after = _certain(after, yearly[1], text)
        if not key:
            return _certain(gone, yearly[0], text), after
        return _spread(gone, node, lambda k: _same_time(node, k, yearly[1], expected), key), after
    _known_keys(node, place, report)
    if "after" not in entries:
        raise _NumberError("", "`after` beside `gone`, as in " + expected)
    time = _parse(node, "after", YEARS)
    if time <= 0.0:
        raise _NumberError("after", "a time above 0")
    if "count" in entries:
        return _counted(gone, node, SHARE), _certain(after, time, _word(node, "after"))
    share = _parse(node, "gone", SHARE)
    if share >= 1.0:
        raise _NumberError("gone", "less than 100%")
    if "low" in entries and not _is_share(_word(node, "low")):
        timed = _spread(after, node, lambda key: _parse(node, key, YEARS), "after")
        return _certain(gone, share, _word(node, "gone")), timed
    shared = _spread(gone, node, lambda key: _parse(node, key, SHARE), "gone")
    return shared, _certain(after, time, _word(node, "after"))


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
        raise _NumberError(key, expected)
    if not 0.0 <= found[0] < 1.0:
        raise _NumberError(key, "a share from 0% up to, but not including, 100%")
    return found


def _same_time(node: Node, key: str, time: float, expected: str) -> float:
    share, years = _yearly(node, key, expected)
    return -math.expm1(-hazard(share, years) * time)


def _gone_as_rate(blank: Passport, node: Node, unit: Unit) -> Passport:
    """A share gone after a time, for a field that wants a rate: -ln(1-p)/t; a longer time is a lower rate."""
    if unit.name != "per year":
        raise _NumberError("gone", EXPECTED[unit.name])
    if _word(node, "dist") in FLAT:
        raise _NumberError("dist", "another family; a share over time is not flat as a rate")
    report = Report()
    gone, after = _gone(node, Place(blank.path, blank.address), report)
    if gone.high >= 1.0 or after.low <= 0.0:
        raise _NumberError("high" if gone.high >= 1.0 else "low", "less than 100%, after a time above 0")
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
    return replace(found, kind=_family(found, _word(node, "dist"))) if rates[0] < rates[2] else found
