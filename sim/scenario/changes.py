"""The changes that futures and plans write under full paths: found in the schema, and laid over a tree."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from sim.scenario.careers import Gone
from sim.scenario.fields import Accepts, fields_of
from sim.scenario.inherit import merge
from sim.scenario.problems import nearest, shown
from sim.scenario.read import Node
from sim.scenario.report import Place, Report
from sim.scenario.scenario import Scenario
from sim.scenario.walk import BAD, walk

__all__ = ["apply_changes", "changes_of", "read_changes"]

ROOT = Accepts("block", blocks=(Scenario,))
CHANGEABLE = ("switches", "countries", "parties", "people", "streams", "programmes")
"""The parts of a scenario that a future or a plan may change."""


def changes_of(tree: Node, group: str, name: str) -> dict[str, Node]:
    """The changes of one future (group `futures`) or plan (`plans`): a node by full path."""
    owner = tree.entries().get(group, Node({})).entries().get(name, Node({}))
    return {key: node for key, node in owner.entries().items() if "." in key}


def apply_changes(tree: Node, changes: Mapping[str, Node]) -> Node:
    """A tree with the changes laid over it; the tree given stays as it is."""
    return reduce(lambda below, change: merge(below, _nested(*change)), changes.items(), tree)


def _nested(path: str, node: Node) -> Node:
    for key in reversed(path.split(".")):
        node = Node({key: node}, node.file, node.line, node.column)
    return node


def read_changes(tree: Node, plain: dict[str, Any], report: Report) -> None:
    """Reads every change against the schema, and puts its central value under `changes`."""
    for group in ("futures", "plans"):
        for name, owner in plain.get(group, {}).items():
            if not isinstance(owner, dict):
                continue
            found: dict[str, Any] = {}
            for path, node in changes_of(tree, group, name).items():
                place = Place(group, group).down(name).down(path)
                accepts = _accepts(tree, path, node, place, report)
                value = walk(node, accepts, place, report) if accepts else BAD
                if value is not BAD:
                    found[path] = value
            owner["changes"] = found


def _accepts(tree: Node, path: str, node: Node, place: Place, report: Report) -> Accepts | None:
    """What may stand at a path of this tree; a problem, and None, when nothing may be changed there."""
    keys = path.split(".")
    here, at = ROOT, tree
    for depth, key in enumerate(keys):
        known = _known(here, at, depth)
        if key not in known:
            said = ".".join(keys[: depth + 1])
            better = nearest(key, known)
            hint = shown(".".join([*keys[:depth], better.strip("`"), *keys[depth + 1 :]])) if better else ""
            report.wrong(node, place.path, "the full path of a value", got=f"the path {shown(said)}", hint=hint)
            return None
        here = known[key]
        at = at.entries().get(key, Node(None))
        if here.form == "choice":
            here = _chosen(here, at)
    whole = here.form in ("map", "choice") or (here.form == "block" and here.blocks != (Gone,))
    if whole:
        known = _known(here, at, len(keys))
        example = f"{path}.{next(iter(known), 'name')}"
        report.wrong(node, place.path, f"the path of one value, such as {shown(example)}", got="a whole part")
        return None
    return here


def _known(here: Accepts, at: Node, depth: int) -> dict[str, Accepts]:
    """The keys that may follow: fields of a block, and names that this tree holds in a map."""
    if here.form == "map" and here.inner is not None:
        return dict.fromkeys([key for key, item in at.entries().items() if not item.removed], here.inner)
    if here.form == "block" and here.blocks != (Gone,):
        fields = fields_of(here.blocks[0])
        return {key: one.accepts for key, one in fields.items() if depth or key in CHANGEABLE}
    return {}


def _chosen(here: Accepts, at: Node) -> Accepts:
    tag = at.entries().get(here.tag, Node(None)).value
    for block in here.blocks:
        if tag in fields_of(block)[here.tag].accepts.words:
            return Accepts("block", blocks=(block,))
    return here
