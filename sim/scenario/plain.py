"""The plain tree that checks look at: what a file says, by the file's own keys, and where it says it."""

from __future__ import annotations

from typing import Any

from sim.scenario.read import Node
from sim.scenario.report import Report

__all__ = ["Plain", "at", "each", "items"]

Plain = dict[str, Any]


def at(report: Report, *paths: str) -> Node:
    """The node at the first of some paths that was written."""
    return next((report.nodes[path] for path in paths if path in report.nodes), report.nodes[""])


def each(plain: Plain, group: str) -> list[tuple[str, Plain, str]]:
    """Name, content and path of every entry of a top-level map."""
    entries = plain.get(group, {})
    return [(name, entry, f"{group}.{name}") for name, entry in entries.items() if isinstance(entry, dict)]


def items(entry: Plain, key: str) -> list[tuple[int, Plain]]:
    """Number and content of every mapping of a list."""
    return [(i, one) for i, one in enumerate(entry.get(key) or []) if isinstance(one, dict)]
