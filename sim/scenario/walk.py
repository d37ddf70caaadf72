"""A tree against the schema: each value in its type, each number in the model's unit, each problem noted."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sim.scenario.block import Block, Unit
from sim.scenario.careers import Gone
from sim.scenario.contingency import When
from sim.scenario.decision import Difference, Level
from sim.scenario.fields import Accepts, Field, fields_of
from sim.scenario.forms import known_keys
from sim.scenario.numbers import read_gone, read_number, with_known
from sim.scenario.passports import Passport
from sim.scenario.plans import Future, Plan
from sim.scenario.problems import nearest, shown
from sim.scenario.read import Node
from sim.scenario.report import Place, Reference, Report
from sim.scenario.values import number

__all__ = ["BAD", "walk"]


class _Bad:
    """What a value that cannot be read comes to; it is left out."""


BAD = _Bad()
LONGEST_NAME = 200
ORDERED = ("futures", "plans", "targets")
"""Maps that keep the file's order, for tables. The others are sorted, so that no result hangs on it."""
FLAGS = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}
WHOLE = re.compile(r"[-+]?\d{1,19}", re.ASCII)
PART, ANY_NUMBER = Unit("share", 0.0, 1e6), Unit("number", -1e12, 1e12)
YEARLY = re.compile(r"(.+?)\s+(?:a|per)\s+year")
RELATIVE: dict[type[Block], str] = {Level: r"(.+%)\s+of start", Difference: r"(.+%)"}
"""How a part of something else is written, where a number or such a part may stand."""


def walk(node: Node, accepts: Accepts, place: Place, report: Report) -> Any:
    """The plain value of a node, or BAD when there is none; what is known and wrong goes into the report."""
    report.nodes[place.path] = node
    if node.value is None:
        if not accepts.optional and accepts.form != "any":
            empty = " (`{}` for an empty one)" if accepts.form in ("block", "map") else ""
            report.wrong(node, place.path, _expected(accepts) + empty)
            return BAD
        return None
    if accepts.form == "number":
        value = read_number(node, accepts.unit, place, report)
        return BAD if value is None else value
    return _WALKERS[accepts.form](node, accepts, place, report)


def _expected(accepts: Accepts) -> str:
    """A few words for what should stand in a place."""
    if accepts.form == "words":
        return "one of " + ", ".join(str(word) for word in accepts.words)
    if accepts.form == "text" and accepts.refers:
        return f"a name from `{accepts.refers}`" if accepts.refers != "metric" else "the name of an outcome"
    return {
        "flag": "on or off",
        "whole": "a whole number",
        "text": "text",
        "block": "a mapping",
        "choice": f"a mapping with `{accepts.tag}`",
        "map": "a mapping of names",
        "list": "a list",
    }.get(accepts.form, "a value")


def _miss(node: Node, accepts: Accepts, place: Place, report: Report, hint: str = "") -> _Bad:
    report.wrong(node, place.path, _expected(accepts), hint=hint)
    return BAD


def _flag(node: Node, accepts: Accepts, place: Place, report: Report) -> Any:
    if isinstance(node.value, str) and node.value.lower() in FLAGS:
        return FLAGS[node.value.lower()]
    options = node.entries().get("choice", Node(None)).value
    if not isinstance(options, list) or len(options) < 2:
        return _miss(node, accepts, place, report)
    values = [FLAGS.get(o.value.lower()) if isinstance(o.value, str) else None for o in options]
    if None in values:
        return _miss(node, accepts, place, report)
    known_keys(node, place, report)
    floats = tuple(float(value is True) for value in values)
    text = ", ".join(str(o.value) for o in options)
    blank = Passport(place.path, place.address, "on/off", floats[0], 0.0, 1.0, kind="choice", options=floats, text=text)
    report.passports[place.path] = with_known(blank, node, place, report)
    return values[0]


def _whole(node: Node, accepts: Accepts, place: Place, report: Report) -> Any:
    if isinstance(node.value, str) and WHOLE.fullmatch(node.value):
        if 0 <= int(node.value) < 2**63:
            return int(node.value)
        report.wrong(node, place.path, "a whole number from 0 to 9223372036854775807")
        return BAD
    return _miss(node, accepts, place, report)


def _text(node: Node, accepts: Accepts, place: Place, report: Report) -> Any:
    if not isinstance(node.value, str):
        return _miss(node, accepts, place, report)
    if accepts.refers:
        report.references.append(Reference(node, place.path, node.value, accepts.refers))
    return node.value


def _words(node: Node, accepts: Accepts, place: Place, report: Report) -> Any:
    if isinstance(node.value, str) and node.value in accepts.words:
        return node.value
    close = nearest(node.value, accepts.words) if isinstance(node.value, str) else ""
    return _miss(node, accepts, place, report, close)


def _list(node: Node, accepts: Accepts, place: Place, report: Report) -> Any:
    if not isinstance(node.value, list) or accepts.inner is None:
        return _miss(node, accepts, place, report)
    items = [walk(n, accepts.inner, place.down(str(i)), report) for i, n in enumerate(node.value)]
    texts = [item for item in items if isinstance(item, str)]
    for twice in sorted({text for text in texts if texts.count(text) > 1}):
        report.wrong(node, place.path, "each name once", got=f"{shown(twice)} twice")
    return [item for item in items if item is not BAD]


def _map(node: Node, accepts: Accepts, place: Place, report: Report) -> Any:
    if not isinstance(node.value, dict) or accepts.inner is None:
        return _miss(node, accepts, place, report)
    plain: dict[str, Any] = {}
    for key, item in node.value.items():
        if item.removed:
            continue
        inner = place.down(key)
        if accepts.keys:
            report.references.append(Reference(item, inner.path, key, accepts.keys))
        if not key.strip() or "." in key or len(key) > LONGEST_NAME or not key.isprintable():
            expected = f"a name of 1 to {LONGEST_NAME} printable characters without dots"
            report.wrong(item, place.path, expected, got=f"the name {shown(key)}")
            continue
        value = walk(item, accepts.inner, inner, report)
        if value is not BAD:
            plain[key] = value
    return plain if place.path in ORDERED else dict(sorted(plain.items()))


def _any(node: Node, accepts: Accepts, place: Place, report: Report) -> Any:
    return _miss(node, accepts, place, report)


def _choice(node: Node, accepts: Accepts, place: Place, report: Report) -> Any:
    """A block whose class is told by its `kind` or `do`."""
    kinds = {word: block for block in accepts.blocks for word in fields_of(block)[accepts.tag].accepts.words}
    tag = node.entries().get(accepts.tag)
    if tag is None:
        report.wrong(node, place.path, f"`{accepts.tag}`: one of " + ", ".join(kinds))
        return BAD
    if not isinstance(tag.value, str) or tag.value not in kinds:
        close = nearest(tag.value, kinds) if isinstance(tag.value, str) else ""
        report.wrong(tag, f"{place.path}.{accepts.tag}", "one of " + ", ".join(kinds), hint=close)
        return BAD
    return _block(node, Accepts("block", blocks=(kinds[tag.value],)), place, report)


def _block(node: Node, accepts: Accepts, place: Place, report: Report) -> Any:
    (block,) = accepts.blocks
    if block is Gone:
        gone = read_gone(node, place, report)
        return BAD if gone is None else gone
    if block in RELATIVE and not isinstance(node.value, dict):
        return _relative(node, block, place, report)
    if block is When and isinstance(node.value, str):
        node = replace(node, value={"event": node})
    if not isinstance(node.value, dict):
        return _miss(node, accepts, place, report)
    plain: dict[str, Any] = {}
    fields = fields_of(block)
    known = [key for key in fields if key != "changes"]
    for key, item in node.value.items():
        if item.removed and key in known and not fields[key].required:
            continue
        if key in known:
            value = walk(item, fields[key].accepts, place.down(key, fields[key].attribute), report)
            if value is not BAD:
                plain[key] = value
        elif not (block in (Future, Plan) and "." in key):
            report.unknown(item, place.down(key).path, key, known)
    _missing(node, fields, place, report)
    _covers(node, fields, plain, place, report)
    return plain


def _missing(node: Node, fields: dict[str, Field], place: Place, report: Report) -> None:
    for key, one in fields.items():
        if one.required and key not in node.entries():
            got = "nothing"
            report.wrong(node, place.down(key).path, _wanted(one), got=got)


def _wanted(one: Field) -> str:
    return f"a value: {one.doc.split('. ')[0].split(';')[0].rstrip('.').lower()}" if one.doc else "a value"


def _covers(node: Node, fields: dict[str, Field], plain: dict[str, Any], place: Place, report: Report) -> None:
    """A class with a `source` or `grade` of its own takes the one that stands in its block."""
    for key in ("source", "grade"):
        if key in fields and node.cover is not None:
            plain[key] = getattr(node.cover, key)
            report.covered.add(place.path)


def _relative(node: Node, block: type[Block], place: Place, report: Report) -> Any:
    """A number, or a part of something that the class names."""
    text = node.value.strip() if isinstance(node.value, str) else ""
    yearly = YEARLY.fullmatch(text) if block is Level else None
    text = yearly[1] if yearly else text
    match = re.fullmatch(RELATIVE[block], text)
    for unit in (PART,) if match else (PART, ANY_NUMBER):
        try:
            return {"value": number(match[1] if match else text, unit), "relative": match is not None}
        except ValueError:
            continue
    example = "`40`, `40%`, `10% a year` or `80% of start`" if block is Level else "`3`, or `5%` of the centre"
    report.wrong(node, place.path, f"a number or a part, such as {example}")
    return BAD


_WALKERS = {
    "flag": _flag,
    "whole": _whole,
    "text": _text,
    "words": _words,
    "list": _list,
    "map": _map,
    "any": _any,
    "choice": _choice,
    "block": _block,
}
