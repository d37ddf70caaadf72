"""Nodes into numbers: a bare number or a mapping with its passport becomes a value, and what is known."""

from __future__ import annotations

from dataclasses import replace

from sim.scenario.block import Unit
from sim.scenario.forms import FLAT, NumberError, certain, choice, counted, known_keys, parse, spread, word
from sim.scenario.gone import gone_as_rate, over_time
from sim.scenario.passports import Passport
from sim.scenario.read import Node
from sim.scenario.report import Place, Report
from sim.scenario.values import EXPECTED

__all__ = ["read_gone", "read_number", "with_known"]

GRADES = ("A", "B", "C", "D")


def read_number(node: Node, unit: Unit, place: Place, report: Report) -> float | None:
    """The central value of a number, in the model's unit; its passport goes into the report."""
    try:
        found = _number(node, unit, place, report)
    except NumberError as wrong:
        _tell(node, wrong, place, report)
        return None
    report.passports[place.path] = with_known(found, node, place, report)
    return found.value


def read_gone(node: Node, place: Place, report: Report) -> dict[str, float] | None:
    """A share gone after a time, as `{gone, after}`; its one passport is that of the uncertain number."""
    try:
        gone, after = over_time(node, place, report)
    except NumberError as wrong:
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
        report.wrong(entries.get("grade", node), f"{place.path}.grade", "A, B, C or D", got=f"`{texts['grade']}`")
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


def _tell(node: Node, wrong: NumberError, place: Place, report: Report) -> None:
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
        return certain(blank, parse(node, "", unit), str(node.value))
    known_keys(node, place, report)
    if "choice" in node.value:
        return choice(blank, node, unit)
    if "count" in node.value:
        return counted(blank, node, unit)
    if "gone" in node.value:
        return gone_as_rate(blank, node, unit)
    if "value" not in node.value and word(node, "dist") not in FLAT:
        raise NumberError("", "`value`, the median" if "low" in node.value else EXPECTED[unit.name])
    return spread(blank, node, lambda key: parse(node, key, unit), "value")
