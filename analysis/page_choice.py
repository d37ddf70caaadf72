"""On the page: how sure every party can be, how plans hold up, and how the number of blocks was decided."""

from __future__ import annotations

from typing import Any

from analysis import say
from analysis.account import Account
from analysis.careers import Careers
from analysis.counterfactual import Matrix
from analysis.page_curves import endings_section, matrix_section, retention_section
from analysis.say_auto import say_claims, say_few_differ, say_look, say_stopping
from analysis.say_choice import (
    say_advice,
    say_agreed,
    say_beaten,
    say_holding_up,
    say_other_plan,
    say_shares,
)
from analysis.say_curves import say_gross, say_incidence, say_longer, say_net

__all__ = ["choice", "curves"]


def choice(found: Account) -> dict[str, Any]:
    """What the template prints of recommendations; nothing without an aim that tells plans apart."""
    names = found.study.manifest["scenario"]["names"]
    parties = [
        {
            "name": say.entity(aim.party, names),
            "advice": [*say_advice(found, [aim.party]), *say_other_plan(found, aim.party)],
            "shares": say_shares(found, aim.party),
            "holding_up": say_holding_up(found, aim.party, found.plans),
        }
        for aim in found.asker_first
        if not aim.indifferent
    ]
    decided = {
        "stopping": [*say_stopping(found), *filter(None, [say_look(found)])],
        "claims": say_claims(found),
        "few_differ": say_few_differ(found),
    }
    return {
        "sure": [one for one in parties if one["advice"]],
        "beaten": [*say_beaten(found), *say_agreed(found)],
        "decided": decided if any(decided.values()) else {},
    }


def curves(found: Account) -> dict[str, Any]:
    """What the template prints of curves and of the same people under two plans.

    Endings are drawn in the first future; in the others they are told in sentences.
    """
    study, told = found.study, found.careers
    first = study.futures[0]
    here = [one for one in found.failures if one.future == first]
    ends = endings_section(study, here, [one for one in found.longer if one.future == first])
    stays = [] if told is None else retention_section(study, told.retention, told.years)
    return {
        "ends": [_drawn(one) for one in ends],
        "ends_elsewhere": [one for future in study.futures[1:] for one in _ends(found, future)],
        "stays": [_drawn(one) for one in stays],
        "people": {} if told is None else _people(found, told),
    }


def _drawn(section: dict[str, Any]) -> dict[str, Any]:
    """A section whose figure the template doesn't escape."""
    from markupsafe import Markup

    return section | {"figure": Markup(section["figure"])}


def _ends(found: Account, future: str) -> list[dict[str, Any]]:
    """How each partnership ends in one future, in sentences."""
    sections: dict[str, list[str]] = {}
    for one in found.failures:
        if one.future == future and one.causes:
            title = say.title(found.study, "plans", one.plan)
            sections.setdefault(one.partnership, []).append(say_incidence(one, title))
    for more in found.longer:
        if more.future == future and more.partnership in sections:
            sections[more.partnership].append(say_longer(more))
    where = say.title(found.study, "futures", future)
    titles = {name: f"{say.partnership(found.study, name)}: {where}" for name in sections}
    return [{"title": titles[name], "sentences": said} for name, said in sections.items()]


def _people(found: Account, told: Careers) -> dict[str, Any]:
    """The same people: the preferred plan in full, and the net and gross of the others."""
    mine = told.told
    others = [{"net": say_net(one, found.study), "gross": say_gross(one)} for one in told.matrices if one is not mine]
    own = [text for one in told.cadres for text in _net_of(found, one)]
    section = {} if mine is None else matrix_section(found.study, mine, told.lives, told.action)
    if section and told.untold:
        section |= {"sole": "", "untold": f"No lives are told: {say.safe(told.untold)}"}
    return {"blocks": told.blocks, "told": section, "own": own, "others": others} if told.matrices else {}


def _net_of(found: Account, one: Matrix) -> list[str]:
    """The net of one cadre alone."""
    head, *lines = say_net(one, found.study)
    return [f"{say.entity(one.cadre or '', found.study.manifest['scenario']['names'])}. {head}", *lines]
