"""Plans that no party needs to consider: another serves every stated aim as well or better, in every future.

Only what the runs resolve counts. One plan dominates another when it is better for one party or more in some future,
and worse or not told apart for none in any. Where nothing is worse but something isn't told apart, that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.accord import better_off, pair, worse_off
from analysis.compare import Aim

__all__ = ["Domination", "dominated"]


@dataclass(frozen=True, slots=True)
class Domination:
    """One plan beside another over all parties' aims and all futures."""

    plan: str
    by: str
    """The plan that serves some aim better and is resolved to be worse for none."""
    certain: bool
    """Whether it dominates; otherwise something is not told apart."""
    better: tuple[tuple[str, str], ...]
    """Party and future in which it is better."""
    open: tuple[tuple[str, str], ...]
    """Party and future in which the two are not told apart."""


def dominated(aims: Sequence[Aim], plans: Sequence[str]) -> list[Domination]:
    """Every pair of plans of which one dominates the other, or may."""
    found = [_compare(aims, plan, by) for plan in plans for by in plans if by != plan]
    return [one for one in found if one is not None]


def _compare(aims: Sequence[Aim], plan: str, by: str) -> Domination | None:
    """How `by` stands to a plan; None where it is worse somewhere, or nowhere better."""
    better, unknown = [], []
    for aim in aims:
        for future, row in aim.rows.items():
            if by not in row.spreads or plan not in row.spreads:
                continue  # not run there
            difference = pair(row, by, plan)
            if difference is None or difference.word == "not resolved":
                unknown.append((aim.party, future))
            elif worse_off(difference, row.definition.better):
                return None
            elif better_off(difference, row.definition.better):
                better.append((aim.party, future))
    return Domination(plan, by, not unknown, tuple(better), tuple(unknown)) if better else None
