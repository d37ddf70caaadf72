"""What a failed partnership leaves behind, for some years, at those who were in it."""

from __future__ import annotations

from sim.engine.compiled import rule
from sim.model.state import World

__all__ = ["failed_lately", "in_partnership", "less_willing"]


@rule
def has_stake(w: World, agreement: int, party: int) -> bool:
    """Whether a party is in a partnership."""
    a = w.agreements[agreement]
    found = False
    for stake in range(a.first_stake, a.last_stake):
        found = found or w.stakes[stake].party == party
    return found


@rule
def still_felt(w: World, t: float, agreement: int) -> bool:
    """Whether a partnership has failed, and not long ago."""
    a = w.agreements[agreement]
    return a.failed != 0 and t < a.ended + a.numbers.aftermath


@rule
def failed_lately(w: World, t: float, party: int) -> float:
    """1 for a party that was in a partnership whose failure is still felt, else 0."""
    for agreement in range(len(w.agreements)):
        if still_felt(w, t, agreement) and has_stake(w, agreement, party):
            return 1.0
    return 0.0


@rule
def in_partnership(w: World, party: int) -> float:
    """1 for a party that is in a partnership under which something runs, else 0."""
    for agreement in range(len(w.agreements)):
        if w.agreements[agreement].running and has_stake(w, agreement, party):
            return 1.0
    return 0.0


@rule
def less_willing(w: World, t: float, party: int) -> float:
    """The part that is left of the wish to go on an exchange, after failures that are still felt."""
    left = 1.0
    for agreement in range(len(w.agreements)):
        if still_felt(w, t, agreement) and has_stake(w, agreement, party):
            left *= 1.0 - w.agreements[agreement].numbers.less_willing
    return left
