"""On the terminal: how sure, how plans hold up, how the number of blocks was decided; curves and the same people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis import say
from analysis.account import Account
from analysis.histories import RULE, sentences
from analysis.retention import TRAINED
from analysis.say_auto import say_claims, say_few_differ, say_look, say_stopping
from analysis.say_choice import (
    say_advice,
    say_agreed,
    say_beaten,
    say_holding_up,
    say_luck,
    say_other_plan,
    say_shares,
)
from analysis.say_curves import (
    CAPTION,
    KEPT_CAPTION,
    say_gross,
    say_incidence,
    say_longer,
    say_move,
    say_net,
    say_not_stored,
    say_retention,
    say_sole,
    say_years,
)
from analysis.terminal import heading

if TYPE_CHECKING:
    from rich.console import Console

    from analysis.careers import Careers

__all__ = ["show_blocks", "show_choice", "show_curves"]

SHORTLY = 5.0
"""Years after qualifying at which retention is told."""

TOLD = (TRAINED["home"], TRAINED["abroad"], "all who qualified")
"""Whose retention is told, unless all is asked for: the first of these groups that a plan has."""

FEW = 3
"""Pairs that hardly differ which are told one by one, unless all are asked for."""


def show_blocks(found: Account, console: Console, everything: bool = False) -> None:
    """How `auto` decided the number of blocks, what it may claim, and which plans hardly differ."""
    for text in (*say_stopping(found), say_look(found)):
        if text:
            console.print(text, style="yellow")
    for text in say_claims(found):
        console.print(f"- {text}")
    few = say_few_differ(found)
    shown = few if everything else few[:FEW]
    for text in shown:
        console.print(f"- {text}")
    if len(few) > len(shown):
        console.print(f"- {len(few) - len(shown)} more pairs of plans that hardly differ (-v)")


def show_choice(found: Account, console: Console, everything: bool = False) -> None:
    """How sure the asking party can be, and what speaks against its plan; with `everything`, every party and plan."""
    aims = [aim for aim in found.asker_first if not aim.indifferent]
    parties = [aim.party for aim in aims][: None if everything else 1]
    advice = say_advice(found, parties)
    if not advice:
        return
    heading(
        console,
        "How sure, and how plans hold up",
        "a set of assumptions is one draw of every number that isn't known",
    )
    _list(console, advice)
    for party in parties:
        _list(console, say_other_plan(found, party))
        _list(console, say_shares(found, party) if everything else say_luck(found, party))
        plans = found.plans if everything else [plan for plan in [found.preferred] if plan]
        _list(console, say_holding_up(found, party, plans))
    _list(console, [*say_beaten(found), *say_agreed(found)])


def show_curves(found: Account, console: Console, everything: bool = False) -> None:
    """How partnerships end over time, how long people stay, and the same people under two plans."""
    futures = found.study.futures if everything else found.study.futures[:1]
    _show_ends(found, console, futures, everything)
    told = found.careers
    if told is not None:
        _show_stays(found, told, console, everything)
        _show_people(found, told, console, everything)


def _show_ends(found: Account, console: Console, futures: Sequence[str], everything: bool) -> None:
    """Endings by cause as counts of a hundred histories; the preferred plan's alone, unless all are asked for."""
    for future in futures:
        here = [one for one in found.failures if one.future == future and one.causes]
        mine = [one for one in here if one.plan == found.preferred] or here[:1]
        shown = here if everything else mine
        if not shown:
            continue
        where = say.title(found.study, "futures", future)
        how = "share of simulated histories that each cause has ended (Aalen–Johansen; 90% of resampled blocks)"
        heading(console, f"How the partnership ends over time, in the future: {where}", how)
        _list(console, [say_incidence(one, say.words(one.plan)) for one in shown])
        if everything:
            _list(console, [say_longer(one) for one in found.longer if one.future == future])


def _show_stays(found: Account, told: Careers, console: Console, everything: bool) -> None:
    """Retention: of all who qualified under the preferred plan, unless all is asked for."""
    start = float(found.study.manifest["scenario"]["start"])
    whole = [one for one in told.retention if one.group.first is None]
    mine = [one for one in whole if one.plan == found.preferred]
    label = next((label for label in TOLD if any(one.group.label == label for one in mine)), "")
    shown = told.retention if everything else [one for one in mine if one.group.label == label]
    if not shown:
        return
    where = say.title(found.study, "futures", told.future)
    heading(console, f"How long people stay, in the future: {where}", KEPT_CAPTION)
    _list(console, [say_retention(one, start, SHORTLY) for one in shown])
    if everything:
        _list(console, [say_years(one, start) for one in told.years])
        console.print(say_not_stored())


def _show_people(found: Account, told: Careers, console: Console, everything: bool) -> None:
    """The same people under the preferred plan and with no partnership: the net, with lives if all is asked for."""
    shown = [*(told.matrices if everything else [told.told] if told.told else []), *told.cadres]
    if not shown:
        return
    start = float(found.study.manifest["scenario"]["start"])
    names = found.study.manifest["scenario"]["names"]
    where = say.title(found.study, "futures", told.future)
    heading(console, f"The same people under two plans, in the future: {where}", CAPTION)
    for one in shown:
        head, *lines = say_net(one, found.study)
        whose = f"{say.entity(one.cadre, names)}: " if one.cadre else ""
        console.print(f"- {whose}{head} {'; '.join(lines) if lines else ''}".rstrip())
        if not one.cadre:
            console.print(f"  {say_gross(one)}")
        if everything and one is told.told:
            console.print(say_sole(told.action) if not told.untold else f"No lives are told: {say.safe(told.untold)}")
            _list(console, [say_move(move) for move in one.moves])
    if everything and told.lives:
        console.print(RULE)
        for life in told.lives:
            console.print(life.who, style="bold")
            for side in (life.against, life.plan):
                console.print(f"  {say.words(side.plan)}: {'; '.join(sentences(side, start))}")


def _list(console: Console, texts: Sequence[str]) -> None:
    for text in texts:
        console.print(f"- {text}")
