"""Which plan serves each party's own aim, and where that is another party's loss. No party outweighs another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.compare import Aim, Row
from analysis.differences import Difference
from sim.study.study import NO_PARTNERSHIP

__all__ = [
    "Agreement",
    "Answer",
    "Disagreement",
    "agreements",
    "answers",
    "better_off",
    "disagreements",
    "pair",
    "tone",
    "worse_off",
]


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


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the parties' answers in one future have in common."""

    future: str
    parties: tuple[str, ...]
    """Parties to whom it matters which plan is chosen."""
    plans: tuple[str, ...]
    """Plans among the best of every one of them. With three parties there may be none although any two share one."""


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


def pair(row: Row, one: str, other: str) -> Difference | None:
    """The difference of two plans, whichever way round it was asked."""
    found = row.against(one, other)
    if found is not None:
        return found
    back = row.against(other, one)
    return None if back is None else back.turned()


def _resolved(row: Row, one: str, other: str) -> bool:
    found = pair(row, one, other)
    return found is not None and found.word in ("more", "less")


def agreements(aims: Sequence[Aim]) -> list[Agreement]:
    """By future, the plans that are among the best of every party to whom it matters; none with fewer than two aims."""
    found = answers(aims) if len(aims) > 1 else []
    agreed = []
    for future in dict.fromkeys(answer.future for answer in found):
        mine = {answer.party: answer.best for answer in found if answer.future == future and answer.best}
        common = [plan for plan in next(iter(mine.values()), ()) if all(plan in best for best in mine.values())]
        agreed.append(Agreement(future, tuple(mine), tuple(common)))
    return agreed


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
    difference = pair(row, plan, own[0])
    return None if difference is None else (own[0], difference)
