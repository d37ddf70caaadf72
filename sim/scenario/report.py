"""Where the readers of a tree put what they find: problems, passports, and who set what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sim.scenario.passports import Passport
from sim.scenario.problems import Problem, nearest, shown
from sim.scenario.read import Node

__all__ = ["Place", "Reference", "Report"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: in the file's keys, and in the attributes of the case."""

    path: str = ""
    address: str = ""

    def down(self, key: str, attribute: str = "") -> Place:
        """The place of an entry."""
        step = attribute or key
        return Place(f"{self.path}.{key}" if self.path else key, f"{self.address}.{step}" if self.address else step)


@dataclass(frozen=True, slots=True)
class Reference:
    """A text that must be the name of something under a top-level key."""

    node: Node
    path: str
    name: str
    to: str


@dataclass(slots=True)
class Report:
    """What reading a tree against the schema has found.

    Attributes:
        problems: everything that is wrong or worth knowing.
        passports: every number, by its path.
        nodes: the node of every value, by its path.
        references: the names that must be declared.
        covered: paths whose source stands beside a whole part of the file.
    """

    problems: list[Problem] = field(default_factory=list)
    passports: dict[str, Passport] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    covered: set[str] = field(default_factory=set)

    def wrong(
        self,
        node: Node,
        path: str,
        expected: str,
        *,
        got: str = "",
        hint: str = "",
        severity: Literal["error", "warning", "info"] = "error",
    ) -> None:
        """Notes a problem at a node."""
        self.problems.append(Problem(node.file, node.line, path, got or node.written(), expected, hint, severity))

    def unknown(self, node: Node, path: str, key: str, known: list[str]) -> None:
        """Notes a key that nothing reads."""
        close = nearest(key, known)
        expected = "a known key" if close else "one of " + ", ".join(known)
        self.wrong(node, path, expected, got=f"the unknown key {shown(key)}", hint=close)
