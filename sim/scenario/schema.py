"""The JSON Schema of a scenario file, for editors: what completes names and underlines mistakes while typing.

It is looser than the loader: a file may leave out what its parents hold, and cross-references are not in it.
"""

from __future__ import annotations

import re
from typing import Any, get_args

from sim.scenario.block import Block, Unit
from sim.scenario.careers import Gone
from sim.scenario.contingency import When
from sim.scenario.decision import Difference, Level
from sim.scenario.fields import Accepts, Field, accepts, fields_of
from sim.scenario.passports import Distribution
from sim.scenario.plans import Future, Plan
from sim.scenario.read import COVER
from sim.scenario.scenario import Programme, Scenario
from sim.scenario.values import EXPECTED, PATTERNS

__all__ = ["json_schema"]

Schema = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Schema = {"type": ["string", "number", "boolean"]}
"""Text: a bare `007` or `true` is read as what it looks like by editors, and as text by the loader."""
NOTHING: Schema = {"type": "null"}


def json_schema() -> Schema:
    """The schema as plain data."""
    defs: dict[str, Schema] = {}
    root = _block(Scenario, defs)
    name = {"type": "string", "description": "A scenario file, beside this one or in the library."}
    root["properties"] |= {
        "extends": name | {"description": "The parent of this file; `nothing` for a file that stands alone."},
        "overlays": {
            "type": "array",
            "items": name,
            "description": "Files of changes, laid over this one in order.",
        },
        "defaults": _defaults(defs),
        "presets": _map(_accepts(accepts(Programme), defs), "The catalogue of programmes."),
    }
    return {"$schema": DRAFT, "title": "Scenario", **root, "$defs": dict(sorted(defs.items()))}


def _defaults(defs: dict[str, Schema]) -> Schema:
    groups = {
        key: one.accepts.inner.blocks[0]
        for key, one in fields_of(Scenario).items()
        if one.accepts.form == "map" and one.accepts.inner and one.accepts.inner.form == "block"
    }
    posts = fields_of(groups["parties"])["posts"].accepts.inner
    if posts is not None:
        groups["posts"] = posts.blocks[0]
    return {
        "type": "object",
        "description": "What holds for each entry of a map that does not say otherwise.",
        "properties": {key: _reference(block, defs) for key, block in groups.items()},
        "additionalProperties": False,
    }


def _block(block: type[Block], defs: dict[str, Schema]) -> Schema:
    """The schema of a class itself; fields that are classes go to the definitions."""
    properties: Schema = {key: {"type": "string"} for key in COVER}
    for key, one in fields_of(block).items():
        if key != "changes":
            properties[key] = _field(one, defs)
    schema: Schema = {
        "type": "object",
        "description": _first(block.__doc__ or ""),
        "properties": properties,
        "additionalProperties": False,
    }
    if block in (Future, Plan):
        schema["patternProperties"] = {"\\.": {"description": "A new value for one full path."}}
    return schema


def _first(doc: str) -> str:
    return " ".join(doc.split("\n\n")[0].split())


def _field(one: Field, defs: dict[str, Schema]) -> Schema:
    schema = _accepts(one.accepts, defs)
    found: Schema = {"description": one.doc}
    if one.default is not None and isinstance(one.default, str | int | float | bool) and one.default != "":
        found["default"] = one.default
    # Null takes away what a parent holds, whatever the field.
    return {"anyOf": [schema, NOTHING], **found}


def _accepts(one: Accepts, defs: dict[str, Schema]) -> Schema:
    if one.form == "number":
        return _number(one.unit, defs)
    if one.form == "flag":
        words = {"enum": [True, False, "on", "off", "yes", "no"]}
        return {"anyOf": [words, _passport(["choice"], words, defs)]}
    if one.form == "whole":
        return {"type": "integer", "minimum": 0}
    if one.form == "words":
        return {"enum": list(one.words)}
    if one.form == "list" and one.inner:
        return {"type": "array", "items": _accepts(one.inner, defs)}
    if one.form == "map" and one.inner:
        return _map({"anyOf": [_accepts(one.inner, defs), NOTHING]})
    if one.form in ("block", "choice"):
        return {"anyOf": [_reference(block, defs) for block in one.blocks]}
    return TEXT if one.form == "text" else {}


def _map(inner: Schema, doc: str = "") -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {key: {"type": "string"} for key in COVER},
        "additionalProperties": inner,
    }
    return schema | ({"description": doc} if doc else {})


def _reference(block: type[Block], defs: dict[str, Schema]) -> Schema:
    name = block.__name__
    if name not in defs:
        defs[name] = {}
        defs[name] = _gone(defs) if block is Gone else _block(block, defs)
        if block is When:
            defs[name] = {"anyOf": [{"enum": list(fields_of(When)["event"].accepts.words)}, defs[name]]}
        if block in (Level, Difference):
            defs[name] = {"anyOf": [{"type": ["number", "string"]}, defs[name]]}
    return {"$ref": f"#/$defs/{name}"}


def _number(unit: Unit, defs: dict[str, Schema]) -> Schema:
    """A number of a unit: bare, as a planner writes it, or with its passport."""
    name = " ".join(filter(None, (unit.name, unit.of and f"of {unit.of}", "months" * (unit.scale != 1.0))))
    name += f" {unit.low:g} to {unit.high:g}" if unit.high != float("inf") and unit.name != "share" else ""
    name = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if name not in defs:
        defs[name] = {}
        bare = _bare(unit)
        heads = ["value", "count", "choice"] + (["gone"] if unit.name == "per year" else [])
        defs[name] = {"anyOf": [bare, _passport(heads, bare, defs)], "description": EXPECTED[unit.name]}
    return {"$ref": f"#/$defs/{name}"}


def _bare(unit: Unit) -> Schema:
    number: Schema = {"type": "number"}
    if unit.low != float("-inf"):
        number["minimum"] = unit.low / unit.scale
    if unit.high != float("inf"):
        number["maximum"] = unit.high / unit.scale
    patterns = [pattern.pattern for pattern in PATTERNS[unit.name]]
    if unit.of:
        patterns.append(f"{PATTERNS['share'][0].pattern}\\s+of\\s+{unit.of}")
    text = {"type": "string", "pattern": "^\\s*(?:" + "|".join(f"(?:{p})" for p in patterns) + ")\\s*$"}
    return {"anyOf": [number, text]}


def _passport(heads: list[str], bare: Schema, defs: dict[str, Schema]) -> Schema:
    any_number = {"type": ["number", "string"]}
    bounds = {"low": "The 10th percentile.", "high": "The 90th percentile."}
    known: Schema = {
        "value": bare | {"description": "The median."},
        "count": any_number | {"description": "How many were counted, with `of`."},
        "of": any_number | {"description": "Of how many."},
        "gone": any_number | {"description": "The share gone, with `after`."},
        "after": any_number | {"description": "After how long."},
        "choice": {
            "type": "array",
            "minItems": 2,
            "description": "A structural choice, the central value first.",
        },
        **{key: any_number | {"description": doc} for key, doc in bounds.items()},
        "dist": {"enum": [d for d in get_args(Distribution) if d not in ("none", "beta", "choice")]},
        "unit": {"type": "string", "description": "A unit for bare numbers here, such as `months`."},
        "source": {"type": "string", "description": "A key of the evidence registry."},
        "grade": {"enum": ["A", "B", "C", "D"], "description": "D is a guess, and then wide."},
        "why": TEXT | {"description": "What a reader should know."},
        "private": {"type": "boolean", "description": "Keep it out of shared reports."},
        "group": TEXT | {"description": "Numbers of one group are drawn together."},
    }
    options = [{"required": [head]} for head in heads] + [{"required": ["low", "high", "dist"]}]
    return {"type": "object", "properties": known, "additionalProperties": False, "anyOf": options}


def _gone(defs: dict[str, Schema]) -> Schema:
    yearly = {"type": "string", "pattern": "%\\s*(?:a|per|/)"}
    options = [
        {"required": ["gone", "after"]},
        {"required": ["count", "of", "after"]},
        {"required": ["value"]},
    ]
    passport = _passport(["gone", "count", "value"], yearly, defs) | {"anyOf": options}
    doc = "A share gone after a time: `6% a year` or `{gone: 50%, after: 4.5 years}`."
    return {"anyOf": [yearly, passport], "description": doc}
