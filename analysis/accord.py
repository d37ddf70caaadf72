"""Which plan serves each party's own aim, and where that is another party's loss. No party outweighs another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.compare import Aim, Row
from analysis.differences import Difference
from sim.study.study import NO_PARTNERSHIP

__all__ = ["Answer", "Disagreement", "answers", "better_off", "disagreements", "tone", "worse_off"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one party would answer in one future, by its own aim alone."""

    party: str
    future: str
    best: tuple[str, ...]
    """The plan that serves its aim best in the mean, then those that aren't told from it; empty where no plan is."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One party's preferred plan, and another party that it serves ill."""

    future: str
    party: str
    plan: str
    other: str
    against: str
    """What the other has in its place: no partnership, or the plan that it prefers."""
    difference: Difference
    """Of the other's aim: the plan less what is in its place."""
    row: Row
    """The other's aim."""


def better_off(difference: Difference, better: str) -> bool:
    """Whether a plan serves an aim better than what it is compared with, by enough to matter."""
    return difference.word in ("more", "less") and difference.word == better


def worse_off(difference: Difference, better: str) -> bool:
    """Whether a plan serves an aim worse than what it is compared with, by enough to matter."""
    return {difference.word, better} == {"more", "less"}


def tone(difference: Difference, better: str) -> str:
    """`better`, `worse`, or nothing."""
    return "better" if better_off(difference, better) else "worse" if worse_off(difference, better) else ""


def answers(aims: Sequence[Aim]) -> list[Answer]:
    """Each party's answer in each future."""
    return [Answer(aim.party, future, _best(row)) for aim in aims for future, row in aim.rows.items()]


def _best(row: Row) -> tuple[str, ...]:
    """The plan with the best mean and those not resolved from it; none where all are about the same.

    No partnership is one of the plans that a party may prefer.
    """
    sign = -1.0 if row.definition.better == "less" else 1.0
    known = [plan for plan, found in row.spreads.items() if found.runs]
    ranked = sorted(known, key=lambda plan: -sign * row.spreads[plan].mean)
    if not ranked:
        return ()
    first = ranked[0]
    level = [plan for plan in ranked[1:] if not _resolved(row, first, plan)]
    return () if len(level) == len(ranked) - 1 else (first, *level)


def _pair(row: Row, one: str, other: str) -> tuple[Difference | None, bool]:
    """The difference of two plans, and whether it is stored the other way round."""
    found = row.against(one, other)
    return (found, False) if found else (row.against(other, one), True)


def _resolved(row: Row, one: str, other: str) -> bool:
    found, _ = _pair(row, one, other)
    return found is not None and found.word in ("more", "less")


def disagreements(aims: Sequence[Aim]) -> list[Disagreement]:
    """Where the plan that one party prefers leaves another with less than no partnership, or than its own choice."""
    found = []
    by_party = {aim.party: aim for aim in aims}
    for answer in answers(aims):
        for other, aim in by_party.items():
            row = aim.rows.get(answer.future)
            if other != answer.party and answer.best and row is not None:
                loss = _loss(row, answer.best)
                if loss is not None:
                    found.append(Disagreement(answer.future, answer.party, answer.best[0], other, *loss, row))
    return found


def _loss(row: Row, preferred: Sequence[str]) -> tuple[str, Difference] | None:
    """What the preferred plan costs another party by its own aim, if it does.

    Where the preferred plan isn't told from one that serves the other as well, there is nothing to disagree about.
    """
    plan, own = preferred[0], _best(row)
    alone = row.against(plan)
    if alone is not None and worse_off(alone, row.definition.better):
        return NO_PARTNERSHIP, alone
    if not own or set(own) & set(preferred):
        return None
    difference, turned = _pair(row, plan, own[0])
    if difference is None:
        return None
    return own[0], difference.turned() if turned else difference
