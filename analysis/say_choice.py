"""What a party is advised, how sure that is and what speaks against it: the sentences of one study, in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analysis import say
from analysis.account import Account
from analysis.say_accord import say_answers
from analysis.say_sure import (
    say_agreement,
    say_dominated,
    say_held,
    say_recommendation,
    say_robustness,
    say_same_luck,
    say_sure,
)
from analysis.sure import HowSure, Recommendation

__all__ = [
    "say_advice", "say_agreed", "say_beaten", "say_holding_up", "say_luck", "say_other_plan", "say_shares",
]  # fmt: skip


def say_advice(found: Account, parties: Sequence[str]) -> list[str]:
    """What is recommended to each of some parties, by future, and how sure that is.

    Where that is defined in no future, the answers are told with the reason, once.
    """
    said = []
    for party in parties:
        pairs = _of(found, party)
        reasons = dict.fromkeys(sure.undefined for _, sure in pairs)
        if pairs and all(reasons):
            said += [f"{say_answers(found, party)}.", *(f"How sure is not defined: {reason}." for reason in reasons)]
        else:
            said += [say_recommendation(advice, sure, _party(found), say.words) for advice, sure in pairs]
    return said


def say_other_plan(found: Account, party: str) -> list[str]:
    """Where the plan with the best mean is not the one that is best in the most sets of assumptions, and how that is.

    Futures in which the same two plans part are told in one sentence.
    """
    where: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for _, sure in _of(found, party):
        most = max(sure.shares, key=lambda share: share.rows, default=None)
        mine = sure.share(sure.leader)
        if most is None or mine is None or most.rows <= mine.rows:
            continue
        counts = f"{most.rows:,} of {sure.rows:,}, against {mine.rows:,}"
        future = say.words(sure.future) if sure.future else "futures weighted"
        where.setdefault((sure.leader, most.plan), []).append((future, counts))
    return [
        f"{_party(found)(party)}: {say.words(leader)} has the best mean, but {say.words(other)} is best in more sets "
        f"of assumptions ({'; '.join(f'{future}: {counts}' for future, counts in held)}). The mean also counts by "
        "how much a plan is better, the share only how often."
        for (leader, other), held in where.items()
    ]


def say_shares(found: Account, party: str) -> list[str]:
    """Each plan's share of the sets of assumptions, by future, and the counts with shared luck."""
    return [text for _, sure in _of(found, party) for text in say_sure(sure, say.words)]


def say_luck(found: Account, party: str) -> list[str]:
    """The plan with the best mean against the next best, with shared luck, in the first future."""
    for _, sure in _of(found, party)[:1]:
        wanted = (sure.leader, sure.rival)
        return [say_same_luck(one) for one in sure.same_luck if (one.plan, one.against) == wanted]
    return []


def say_holding_up(found: Account, party: str, plans: Sequence[str]) -> list[str]:
    """Worst case, regret and must-nots by state of some plans, by a party's aim."""
    aim = next(aim for aim in found.aims if aim.party == party)
    said = []
    for plan in plans:
        for one in found.robustness:
            if one.party == party:
                said += say_robustness(one, aim.definition, plan, say.words)
        said.append(say_held(found.safety.held, plan, say.words))
    return [text for text in said if text]


def say_beaten(found: Account) -> list[str]:
    """Plans that no party needs to consider, or may not need to."""
    return say_dominated(found.dominated) if found.aims else []


def say_agreed(found: Account) -> list[str]:
    """What is among the best for every party to whom it matters; futures with the same are named together."""
    where: dict[str, list[str]] = {}
    for one in found.agreements:
        for text in say_agreement([one], _party(found), {one.future: ""}):
            where.setdefault(text.removeprefix(": "), []).append(one.future)
    return [f"{text.rstrip('.')} ({say.futures(held, found.study.futures)})." for text, held in where.items()]


def _of(found: Account, party: str) -> list[tuple[Recommendation, HowSure]]:
    pairs = zip(found.advice, found.sure, strict=True)
    return [(advice, sure) for advice, sure in pairs if advice.party == party]


def _party(found: Account) -> Callable[[str], str]:
    """How a party is called."""
    names = found.study.manifest["scenario"]["names"]
    return lambda party: say.entity(party, names)
