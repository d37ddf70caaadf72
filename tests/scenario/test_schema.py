"""The JSON Schema takes what ships and refuses what is wrong, as an editor would while typing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sim.scenario import LIBRARY, load
from sim.scenario.interview import starter
from sim.scenario.read import Node, read
from sim.scenario.schema import json_schema
from tests.scenario.test_wrong_files import WRONG

SHIPPED = sorted(path for path in LIBRARY.rglob("*.yaml") if path.parent.name != "evidence")
VALIDATOR = jsonschema.Draft202012Validator(json_schema())
SEEN_BY_EDITORS = (
    "unknown top-level key",
    "unknown field",
    "unknown part of a passport",
    "wrong unit: years for a share",
    "wrong unit: a rate for a share",
    "wrong unit: a share for years",
    "wrong unit: a share for a rate",
    "wrong unit: a count for money",
    "text for a number",
    "a list for a number",
    "a mapping for a text",
    "a text for a mapping",
    "a mapping for a list",
    "a number for on and off",
    "a wrong grade",
    "unknown distribution",
    "probability below 0",
    "gone as a plain share",
    "better in no direction",
    "horizon 0",
    "a shock of a wrong kind",
    "overlays that are no list",
)


def plain(node: Node) -> Any:
    """A tree as an editor's YAML 1.2 reader would see it."""
    if isinstance(node.value, dict):
        return {key: plain(item) for key, item in node.value.items()}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    if node.value in ("true", "false"):
        return node.value == "true"
    if node.value is not None and re.fullmatch(r"[-+]?\d+", node.value):
        return int(node.value)
    if node.value is not None and re.fullmatch(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", node.value):
        return float(node.value)
    return node.value


def complaints(path: Path) -> list[str]:
    tree = read(path, [])
    assert tree is not None
    return [error.message for error in VALIDATOR.iter_errors(plain(tree))]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_ships_is_right(path: Path) -> None:
    assert complaints(path) == []


def test_a_starter_and_a_resolved_file_are_right(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(starter("x"))
    assert complaints(path) == []
    path.write_text(load(LIBRARY / "ghana_obgyn.yaml").resolved_yaml())
    assert complaints(path) == []


@pytest.mark.parametrize("name", SEEN_BY_EDITORS)
def test_what_is_wrong_is_underlined(name: str, tmp_path: Path) -> None:
    text = WRONG[name][0]
    assert isinstance(text, str)
    path = tmp_path / "x.yaml"
    path.write_text(text)
    assert complaints(path)


def test_every_field_is_explained_while_typing() -> None:
    for name, definition in json_schema()["$defs"].items():
        for key, one in definition.get("properties", {}).items():
            assert key in ("source", "grade", "why") or one.get("description"), f"{name}.{key}"
