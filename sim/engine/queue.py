"""What fires next: a pairing heap of slots in every clock, and a winner tree over the clocks.

The heap's links lie in the slots themselves, so no clock needs room of its own. Inserting is one comparison;
taking a slot out that is not first touches its neighbours only (Fredman, Sedgewick, Sleator & Tarjan 1986). Ties are
broken by the slot's name, which is its kind, then its entity; never by the order of insertion.
"""

from __future__ import annotations

import math

from sim.engine.compiled import rule
from sim.engine.tables import NONE, EngineWorld

__all__ = ["first_clock", "insert", "plant", "refresh", "remove"]


@rule
def earlier(w: EngineWorld, a: int, b: int) -> bool:
    """Whether slot a fires before slot b on the same clock."""
    x = w.slots[a]
    y = w.slots[b]
    return x.mark < y.mark or (x.mark == y.mark and x.name < y.name)


@rule
def join(w: EngineWorld, a: int, b: int) -> int:
    """Join two heaps by their roots; the later root becomes the first child of the earlier one."""
    if earlier(w, b, a):
        a, b = b, a
    x = w.slots[a]
    y = w.slots[b]
    y.before = a
    y.after = x.child
    if x.child != NONE:
        w.slots[x.child].before = b
    x.child = b
    return a


@rule
def gather(w: EngineWorld, s: int) -> int:
    """Join a list of siblings into one heap: in pairs from the left, then the pairs from the right."""
    pairs = NONE
    while s != NONE:
        second = w.slots[s].after
        following = NONE
        root = s
        if second != NONE:
            following = w.slots[second].after
            root = join(w, s, second)
        w.slots[root].after = pairs
        pairs = root
        s = following
    root = pairs
    if root != NONE:
        s = w.slots[root].after
        while s != NONE:
            following = w.slots[s].after
            root = join(w, root, s)
            s = following
        w.slots[root].after = NONE
        w.slots[root].before = NONE
    return root


@rule
def insert(w: EngineWorld, clock: int, s: int) -> None:
    """Put a slot, whose mark is set, into a clock's heap."""
    x = w.slots[s]
    x.child = NONE
    x.after = NONE
    x.before = NONE
    c = w.clocks[clock]
    root = c.root
    c.root = s if root == NONE else join(w, root, s)
    if c.root == s:
        refresh(w, clock)


@rule
def remove(w: EngineWorld, clock: int, s: int) -> None:
    """Take a slot out of a clock's heap."""
    x = w.slots[s]
    c = w.clocks[clock]
    below = gather(w, x.child)
    if c.root == s:
        c.root = below
        refresh(w, clock)
    else:
        parent_or_elder = w.slots[x.before]
        if parent_or_elder.child == s:
            parent_or_elder.child = x.after
        else:
            parent_or_elder.after = x.after
        if x.after != NONE:
            w.slots[x.after].before = x.before
        if below != NONE:
            c.root = join(w, c.root, below)
    x.child = NONE


@rule
def firing_time(w: EngineWorld, clock: int) -> float:
    """When a clock's Λ reaches the mark of its first slot."""
    c = w.clocks[clock]
    if c.root == NONE or c.rate <= 0.0:
        return math.inf
    left = (w.slots[c.root].mark - c.level) / c.rate
    if c.growth != 0.0:
        scaled = c.growth * left
        if scaled <= -1.0:
            return math.inf
        left = math.log1p(scaled) / c.growth
    # A residual of a few units in the last place must not fire in the past.
    return max(c.since + left, w.run.now)


@rule
def refresh(w: EngineWorld, clock: int) -> None:
    """Work out anew when a clock fires, and play its matches in the winner tree."""
    w.clocks[clock].time = firing_time(w, clock)
    leaves = len(w.order) // 2
    i = (leaves + clock) // 2
    while i >= 1:
        w.order[i] = winner(w, w.order[2 * i], w.order[2 * i + 1])
        i //= 2


@rule
def winner(w: EngineWorld, a: int, b: int) -> int:
    """Which of two clocks fires first; equal times go by the name of the event."""
    if b == NONE:
        return a
    if a == NONE:
        return b
    x = w.clocks[a]
    y = w.clocks[b]
    if x.time != y.time:
        return a if x.time < y.time else b
    if x.root == NONE or y.root == NONE:
        return b if x.root == NONE else a
    return a if w.slots[x.root].name < w.slots[y.root].name else b


@rule
def plant(w: EngineWorld) -> None:
    """Set up the winner tree: a leaf a clock, and empty clocks. The calendar runs at rate 1."""
    leaves = len(w.order) // 2
    for c in range(len(w.clocks)):
        clock = w.clocks[c]
        clock.root = NONE
        clock.time = math.inf
        w.order[leaves + c] = c
    for c in range(len(w.clocks), leaves):
        w.order[leaves + c] = NONE
    for i in range(leaves - 1, 0, -1):
        w.order[i] = winner(w, w.order[2 * i], w.order[2 * i + 1])
    w.clocks[0].rate = 1.0


@rule
def first_clock(w: EngineWorld) -> int:
    """The clock that fires next."""
    return w.order[1]
