"""On the page: how partnerships end over time, how long people stay, and the same people under two plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis import say
from analysis.counterfactual import Matrix
from analysis.failures import Incidence, Longer
from analysis.figures_curves import incidence_chart, retention_chart
from analysis.histories import RULE, History, Life, sentences
from analysis.retention import LEVELS, Retention, Years
from analysis.say_curves import (
    CAPTION,
    INCIDENCE_CAPTION,
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
from sim.study.results import StoredStudy

__all__ = ["endings_section", "matrix_section", "retention_section"]

SHORTLY = 5.0
"""Years after qualifying at which retention is told in words."""


def endings_section(study: StoredStudy, found: Sequence[Incidence], more: Sequence[Longer]) -> list[dict[str, Any]]:
    """A figure and its sentences for every partnership and future; nothing where none ends."""
    sections = []
    for partnership, future in dict.fromkeys((one.partnership, one.future) for one in found):
        here = [one for one in found if (one.partnership, one.future) == (partnership, future)]
        if not any(one.causes for one in here):
            continue
        titles = {one.plan: say.title(study, "plans", one.plan) for one in here}
        longer = [say_longer(one) for one in more if (one.partnership, one.future) == (partnership, future)]
        sections.append(
            {
                "title": f"{say.partnership(study, partnership)}: {say.title(study, 'futures', future)}",
                "figure": incidence_chart(here, titles),
                "caption": INCIDENCE_CAPTION,
                "sentences": [*(say_incidence(one, titles[one.plan]) for one in here), *longer],
            }
        )
    return sections


def retention_section(study: StoredStudy, found: Sequence[Retention], more: Sequence[Years]) -> list[dict[str, Any]]:
    """By future and level: a figure of whole groups, and sentences that tell cohorts too."""
    start = float(study.manifest["scenario"]["start"])
    titles = {plan: say.words(plan) for plan in study.plans}
    sections = []
    for future in dict.fromkeys(one.future for one in found):
        for level in LEVELS:
            here = [one for one in found if (one.future, one.level) == (future, level)]
            whole = [one for one in here if one.group.first is None]
            if not whole:
                continue
            years = [say_years(one, start) for one in more if (one.future, one.level) == (future, level)]
            sections.append(
                {
                    "title": f"Staying in {level}: {say.title(study, 'futures', future)}",
                    "figure": retention_chart(whole, titles, f"share who have not left {level}"),
                    "caption": f"{KEPT_CAPTION} {say_not_stored()}",
                    "sentences": [*(say_retention(one, start, SHORTLY) for one in whole), *years],
                    "cohorts": [say_retention(one, start, SHORTLY) for one in here if one not in whole],
                }
            )
    return sections


def matrix_section(
    study: StoredStudy, found: Matrix, lives: Sequence[History] = (), action: str | None = None
) -> dict[str, Any]:
    """A table of status under one plan by status under another, its net and gross, and lives told side by side.

    Returns:
        For the template: `title`; `headings`, the statuses under the plan; `rows` with a `label` and `cells`, each with
        a `text`, a `span` and whether it lies on the `diagonal`; `corner`, which says what rows
        and columns are; `net`, `gross`, `sole`, `moves`; `lives` with `who` and two `sides`; `rule`; `caption`.
    """
    start = float(study.manifest["scenario"]["start"])
    plan, against = (say.title(study, "plans", name) for name in (found.plan, found.against))
    whose = f", {say.words(found.cadre.rpartition('.')[2])}" if found.cadre else ""
    return {
        "title": f"{plan} against {against}{whose}: {say.title(study, 'futures', found.future)}",
        "corner": f"{against} ↓ {plan} →",
        "headings": list(found.statuses),
        "rows": [
            {"label": status, "cells": [_cell(count, at == place) for place, count in enumerate(row)]}
            for at, (status, row) in enumerate(zip(found.statuses, found.counts, strict=True))
        ],
        "net": say_net(found, study),
        "gross": say_gross(found),
        "sole": say_sole(action),
        "moves": [say_move(move) for move in found.moves],
        "lives": [{"who": one.who, "sides": [_side(study, side, start) for side in _sides(one)]} for one in lives],
        "rule": RULE if lives else "",
        "caption": CAPTION,
    }


def _cell(count: Any, diagonal: bool) -> dict[str, Any]:
    """A mean number of people with 80% of histories; empty where nobody ever is."""
    if not count.mean:
        return {"text": "", "span": "", "diagonal": diagonal}
    text, _, span = say.mean_text(count, "people").partition(" ")
    return {"text": text, "span": span, "diagonal": diagonal}


def _sides(found: History) -> tuple[Life, Life]:
    return found.against, found.plan


def _side(study: StoredStudy, one: Life, start: float) -> dict[str, Any]:
    return {"plan": say.title(study, "plans", one.plan), "run_id": one.run_id, "lines": list(sentences(one, start))}
