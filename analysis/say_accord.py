"""Each party's own answer and where parties disagree, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from analysis import say
from analysis.accord import Disagreement
from analysis.account import Account
from sim.study.study import NO_PARTNERSHIP

__all__ = ["say_accord", "say_answers"]


def say_accord(found: Account) -> list[str]:
    """A sentence for each party's answer, and one for each disagreement; futures with the same are named together."""
    if len(found.aims) < 1 or len(found.plans) < 2:
        return []
    futures = list(found.study.futures)
    said = [say_answers(found, aim.party) for aim in found.asker_first]
    if len(found.aims) < 2:
        return said
    differ = _grouped([(one.future, _disagreement(found, one)) for one in found.disagreements], futures)
    return said + (differ or ["No party's preferred plan is a loss to another, by the aims that they stated."])


def _grouped(sentences: Sequence[tuple[str, str]], futures: Sequence[str]) -> list[str]:
    """Sentences once each, with the futures that they hold in."""
    where: dict[str, list[str]] = {}
    for future, text in sentences:
        where.setdefault(text, []).append(future)
    return [f"{text} ({say.futures(held, futures)})" for text, held in where.items()]


def say_answers(found: Account, party: str) -> str:
    """A party's answers: plans that aren't told from the best, and the futures in which they are."""
    where: dict[str, list[str]] = {}
    for answer in found.answers:
        if answer.party == party:
            best = " or ".join(map(say.words, answer.best)) or "no plan stands out"
            where.setdefault(best, []).append(answer.future)
    futures = list(found.study.futures)
    texts = (f"{best} ({say.futures(held, futures)})" for best, held in where.items())
    return f"{say.entity(party, found.study.manifest['scenario']['names'])}: {'; '.join(texts)}"


def _disagreement(found: Account, one: Disagreement) -> str:
    names = found.study.manifest["scenario"]["names"]
    party, other = say.entity(one.party, names), say.entity(one.other, names)
    definition, word = one.row.definition, one.difference.word
    size = say.number(abs(one.difference.interval.mean), definition.unit)
    against = "no partnership" if one.against == NO_PARTNERSHIP else f"{say.words(one.against)}, its own choice"
    return (
        f"They disagree: {say.words(one.plan)}, which serves {party} best, leaves {other} with "
        f"{size} {word} than {against} ({definition.label})"
    )
