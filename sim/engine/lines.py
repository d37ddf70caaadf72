"""Waiting lines: first in, first out, with members who may leave from anywhere in the line.

A member is a node, numbered by the model (posts and people may both wait). How long somebody is willing to wait is
a clock or a date like any other; when it fires, the rule calls `leave`.
"""

from __future__ import annotations

from sim.engine.compiled import rule
from sim.engine.tables import NONE, EngineWorld

__all__ = ["empty", "first", "join", "leave", "waits_in"]


@rule
def empty(w: EngineWorld, line: int) -> None:
    """Make a line empty: to be called once, when a run begins."""
    x = w.lines[line]
    x.head = NONE
    x.tail = NONE
    x.waiting = 0


@rule
def first(w: EngineWorld, line: int) -> int:
    """The node at the head of a line, or NONE."""
    return w.lines[line].head


@rule
def waits_in(w: EngineWorld, node: int) -> int:
    """The line in which a node waits, or NONE."""
    return w.links[node].line


@rule
def join(w: EngineWorld, line: int, node: int) -> None:
    """Go to the end of a line."""
    x = w.lines[line]
    n = w.links[node]
    n.line = line
    n.after = NONE
    n.before = x.tail
    if x.tail == NONE:
        x.head = node
    else:
        w.links[x.tail].after = node
    x.tail = node
    x.waiting += 1


@rule
def leave(w: EngineWorld, node: int) -> None:
    """Leave the line, served or not. A node that waits nowhere is left alone."""
    n = w.links[node]
    if n.line == NONE:
        return
    x = w.lines[n.line]
    if n.before == NONE:
        x.head = n.after
    else:
        w.links[n.before].after = n.after
    if n.after == NONE:
        x.tail = n.before
    else:
        w.links[n.after].before = n.before
    x.waiting -= 1
    n.line = NONE
