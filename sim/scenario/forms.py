"""The forms that a number may take in a file: bare, counted, chosen, or spread between low and high."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import get_args

from sim.scenario.beta import beta_quantile
from sim.scenario.block import Unit
from sim.scenario.passports import Distribution, Passport
from sim.scenario.problems import nearest, shown
from sim.scenario.read import COVER, PASSPORT_KEYS, Node
from sim.scenario.report import Place, Report
from sim.scenario.values import EXPECTED, number

__all__ = [
    "FLAT",
    "NumberError",
    "certain",
    "choice",
    "counted",
    "family",
    "known_keys",
    "parse",
    "spread",
    "word",
]

FLAT = ("uniform", "log-uniform")
DISTRIBUTIONS = tuple(name for name in get_args(Distribution) if name not in ("none", "beta", "choice"))
ANYWHERE = (*COVER, "private", "group", "unit")
FORMS = {
    "choice": (),
    "count": ("of",),
    "gone": ("after", "low", "high", "dist"),
    "value": ("low", "high", "dist"),
    "low": ("high", "dist"),
}
"""What may stand beside the key that says which form a number has."""
Parse = Callable[[str], float]


@dataclass(slots=True)
class NumberError(Exception):
    """A number that cannot be read: the entry at fault, and what was expected there."""

    key: str
    expected: str


def known_keys(node: Node, place: Place, report: Report, *more: str) -> None:
    """Notes keys that no passport has and keys that do not go together, but for `more`."""
    entries = node.entries()
    form = next((key for key in FORMS if key in entries), "low")
    for key, item in entries.items():
        if key not in PASSPORT_KEYS:
            comma = " (text with a comma needs quotes here)" if item.value is None else ""
            expected = "one of " + ", ".join(sorted(PASSPORT_KEYS)) + comma
            hint = nearest(key, PASSPORT_KEYS)
            report.wrong(item, place.path, expected, got=f"the unknown key {shown(key)}", hint=hint)
        elif key not in (form, *FORMS[form], *ANYWHERE, *more):
            report.wrong(item, place.path, f"nothing like it beside `{form}`", got=f"the key `{key}`")
    if "unit" in entries and not isinstance(entries["unit"].value, str):
        report.wrong(entries["unit"], f"{place.path}.unit", "a unit such as `months`")


def word(node: Node, key: str) -> str:
    """An entry that is text, or nothing."""
    item = node.entries().get(key)
    return item.value if item is not None and isinstance(item.value, str) else ""


def said(node: Node, key: str) -> str:
    """An entry as its author means it, with the passport's `unit` behind it."""
    return f"{word(node, key)} {word(node, 'unit')}".strip()


def parse(node: Node, key: str, unit: Unit) -> float:
    """A number of the node itself, or of one of its entries, with the passport's `unit` behind it."""
    item = node.entries()[key] if key else node
    if not isinstance(item.value, str):
        raise NumberError(key, EXPECTED[unit.name])
    suffix = word(node, "unit")
    try:
        return number(f"{item.value} {suffix}" if suffix else item.value, unit)
    except ValueError as error:
        raise NumberError(key, str(error)) from None


def certain(blank: Passport, value: float, text: str) -> Passport:
    """A number without a spread."""
    return replace(blank, value=value, low=value, high=value, text=text)


def choice(blank: Passport, node: Node, unit: Unit) -> Passport:
    """A structural choice: one of some values, the first of them central."""
    item = node.entries()["choice"]
    if not isinstance(item.value, list) or len(item.value) < 2:
        raise NumberError("choice", "a list of at least two values, the central one first")
    options = []
    for option in item.value:
        try:
            options.append(number(option.value if isinstance(option.value, str) else "", unit))
        except ValueError as error:
            raise NumberError("choice", f"values that are each {error}") from None
    return replace(
        blank,
        value=options[0],
        low=min(options),
        high=max(options),
        kind="choice",
        options=tuple(options),
        text=word(node, "choice") or ", ".join(str(option.value) for option in item.value),
    )


def counted(blank: Passport, node: Node, unit: Unit) -> Passport:
    """So many of so many: a share with the spread that its own count gives it."""
    if unit.name != "share":
        raise NumberError("count", EXPECTED[unit.name])
    if "of" not in node.entries():
        raise NumberError("", "`of` beside `count`, as in `{count: 3, of: 30}`")
    k, n = parse(node, "count", Unit("count")), parse(node, "of", Unit("count"))
    if n <= 0.0 or k > n:
        raise NumberError("count", f"at most {n:g}, the number that were counted" if n > 0.0 else "`of` above 0")
    low, middle, high = (beta_quantile(k + 0.5, n - k + 0.5, u) for u in (0.1, 0.5, 0.9))
    text = f"{word(node, 'count')} of {word(node, 'of')}"
    return replace(blank, value=middle, low=low, high=high, kind="beta", counts=(k, n), text=text)


def spread(blank: Passport, node: Node, parse: Parse, main: str) -> Passport:
    """The distribution through low, value and high."""
    entries = node.entries()
    ends = [key for key in ("low", "high") if key in entries]
    if len(ends) == 1:
        raise NumberError("", "`low` and `high` together")
    kind = word(node, "dist")
    if "dist" in entries and kind not in DISTRIBUTIONS:
        raise NumberError("dist", "one of " + ", ".join(DISTRIBUTIONS))
    if not ends:
        if kind:
            raise NumberError("dist", "`low` and `high` beside `dist`")
        return certain(blank, parse(main), said(node, main))
    low, high = parse("low"), parse("high")
    if low > high:
        raise NumberError("low", f"at most `high` ({word(node, 'high')})")
    value = _middle(kind, low, high) if kind in FLAT else parse(main)
    if kind in FLAT and main in entries and not math.isclose(parse(main), value, rel_tol=1e-6):
        raise NumberError(main, f"the middle of `low` and `high` ({value:g}), or nothing, for `dist: {kind}`")
    if not low <= value <= high:
        raise NumberError(main, f"a value between `low` and `high` ({word(node, 'low')} to {word(node, 'high')})")
    found = replace(
        blank,
        value=value,
        low=low,
        high=high,
        text=said(node, main),
        low_text=said(node, "low"),
        high_text=said(node, "high"),
    )
    return replace(found, kind=family(found, kind), dist_given=bool(kind)) if low < high else found


def _middle(kind: str, low: float, high: float) -> float:
    if kind == "uniform":
        return 0.5 * (low + high)
    if low <= 0.0:
        raise NumberError("low", "above 0 for `dist: log-uniform`")
    return math.sqrt(low * high)


def family(found: Passport, wanted: str) -> Distribution:
    """The family asked for, or the unit's own: shares logit, positives log, others plain."""
    kind: Distribution = "normal"
    if wanted:
        kind = next(name for name in get_args(Distribution) if name == wanted)
    elif found.unit == "share" and found.most == 1.0:
        kind = "logit-normal"
    elif found.unit not in ("date", "number", "growth per year") and (found.least >= 0.0 or found.low > 0.0):
        kind = "log-normal"
    if kind in ("logit-normal", "log-normal") and found.low <= 0.0:
        raise NumberError("low", "above 0, or another `dist`, such as `dist: normal`")
    if kind == "logit-normal" and found.high >= 1.0:
        raise NumberError("high", "below 100%, or another `dist`, such as `dist: normal`")
    return kind
