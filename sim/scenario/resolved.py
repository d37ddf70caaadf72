"""A resolved tree as text that stands alone, and the name of what it means."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sim.scenario.passports import Passport
from sim.scenario.problems import shown
from sim.scenario.read import COVER, Node, is_passport
from sim.scenario.scenario import Scenario
from sim.scenario.targets import Source

__all__ = ["PROSE", "Note", "as_yaml", "bare_or_quoted", "meaning"]

SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
BARE = re.compile(r"-?[A-Za-z0-9_$.][A-Za-z0-9_$+.%' ()/;-]*")
NOT_TEXT = re.compile(r"(?i)null")
Note = Callable[[str, Node], str]
PROSE = frozenset(("title", "question", "reviewed_by", "sources"))
"""The parts of a file that are read by people only; they change no result."""


def as_yaml(
    tree: Node,
    covered: set[str],
    sources: Mapping[str, Source],
    note: Note | None = None,
    *,
    alone: bool = True,
) -> str:
    """YAML that needs no other file; loading it gives the same scenario.

    Args:
        tree: the resolved tree.
        covered: paths of values whose source stood beside a whole part of their file.
        sources: the registry's sources that the scenario uses.
        alone: whether it says that it needs no other file; not for an overlay.
        note: what to say behind the line of a path, as a comment; nothing for an empty text.
    """
    writer = _Writer(covered, note)
    entries = {key: node for key, node in tree.entries().items() if key != "sources"}
    lines = ["extends: nothing"] if alone else []
    for key, node in entries.items():
        lines += writer.entry(key, node, key, 0)
    if sources:
        lines.append("sources:")
        for key, source in sources.items():
            lines.append(f"  {_key(key)}: {_flow(source.model_dump())}")
    return "\n".join(lines) + "\n"


def meaning(scenario: Scenario, passports: Mapping[str, Passport], extra: Any = None) -> str:
    """A hash of the values and their distributions: not of prose, comments, key order or layout."""
    values = scenario.model_dump(mode="json", by_alias=True, exclude=set(PROSE))
    spread = {
        key: [one.kind, one.low, one.value, one.high, one.options, one.counts, one.group]
        for key, one in passports.items()
        if one.uncertain
    }
    text = json.dumps([values, spread, extra], sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


class _Writer:
    """Nodes as lines: mappings of mappings indented, each value on one line."""

    def __init__(self, covered: set[str], note: Note | None) -> None:
        self.covered = covered
        self.note = note

    def entry(self, key: str, node: Node, path: str, depth: int) -> list[str]:
        if node.removed:
            return []
        pad = "  " * depth
        if isinstance(node.value, dict) and self._nests(node, path):
            lines = [f"{pad}{_key(key)}:"]
            for name in self._cover(node, path):
                lines.append(f"{pad}  {name}: {bare_or_quoted(getattr(node.cover, name))}")
            for inner, item in node.value.items():
                lines += self.entry(inner, item, f"{path}.{inner}", depth + 1)
            return lines
        line = f"{pad}{_key(key)}: {_flow(self.data(node, path))}"
        said = shown(self.note(path, node), quoted=False, longest=200) if self.note else ""
        return [f"{line}  # {said}" if said else line]

    def _nests(self, node: Node, path: str) -> bool:
        """Whether a mapping is worth several lines: near the root, or with mappings inside."""
        inner = [isinstance(self.data(item, f"{path}.{key}"), dict | list) for key, item in node.entries().items()]
        return not is_passport(node) and (any(inner) or (bool(inner) and path.count(".") < 2))

    def _cover(self, node: Node, path: str) -> list[str]:
        return [name for name in COVER if path in self.covered and node.cover and getattr(node.cover, name)]

    def data(self, node: Node, path: str) -> Any:
        """A node as plain data, with the source that its part of the file gave it written beside it."""
        cover = {name: getattr(node.cover, name) for name in self._cover(node, path)}
        if isinstance(node.value, dict):
            inner = {key: item for key, item in node.value.items() if not item.removed}
            return {key: self.data(item, f"{path}.{key}") for key, item in inner.items()} | cover
        if isinstance(node.value, list):
            return [self.data(item, f"{path}.{i}") for i, item in enumerate(node.value)]
        return {"value": node.value} | cover if cover else node.value


def _flow(data: Any) -> str:
    """Plain data on one line."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{_key(key)}: {_flow(item)}" for key, item in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(_flow(item) for item in data) + "]"
    return "null" if data is None else bare_or_quoted(data)


def _key(text: str) -> str:
    return text if SIMPLE.fullmatch(text) and not NOT_TEXT.fullmatch(text) else bare_or_quoted(text)


def bare_or_quoted(text: str) -> str:
    """A scalar: bare where that is safe, in JSON's quotes (which are YAML's) where it is not."""
    if BARE.fullmatch(text) and text == text.strip() and not NOT_TEXT.fullmatch(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
