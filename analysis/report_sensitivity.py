"""The report of a sensitivity study: sections for the terminal, one page that needs nothing else, and summary.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import say
from analysis.advice import Conditions, Flips, Worth, as_json
from analysis.report import STANDING_NOTE, provenance, runs_text
from analysis.section import Section
from analysis.sensitivity.findings import Findings
from analysis.sensitivity.tell import (
    asked,
    chance_section,
    in_short,
    numbers_section,
    opinion_section,
    screening_section,
)
from analysis.table import withheld_note
from analysis.tell_advice import advice_in_short, conditions_sections, flip_sections, worth_sections
from analysis.value.choice import Refused

__all__ = ["Told", "write_page"]


@dataclass(frozen=True)
class Told:
    """Everything that a sensitivity report holds."""

    findings: Findings
    conditions: Conditions | None
    worths: Sequence[Worth | Refused]
    flips: Sequence[Flips | Refused]

    @property
    def short(self) -> list[str]:
        """The answer in a few sentences."""
        factors = self.findings.factors
        return in_short(self.findings) + advice_in_short(self.conditions, self.worths, self.flips, factors)

    @property
    def sections(self) -> list[Section]:
        """The report, part by part."""
        found, factors = self.findings, self.findings.factors
        told = [numbers_section(found), chance_section(found), screening_section(found), opinion_section(found)]
        parts = [section for section in told if section is not None]
        if self.conditions is not None:
            parts += conditions_sections(self.conditions, found.ensemble)
        return parts + worth_sections(self.worths, factors) + flip_sections(self.flips, factors)

    def summary(self) -> dict[str, Any]:
        """The same as numbers."""
        found = self.findings
        content = {
            "question": found.question,
            "short": self.short,
            "runs": found.ensemble.manifest["runs"],
            "withheld": found.ensemble.manifest["scenario"].get("withheld", 0),
            "labels": {draw: label for draw, label in found.labels.items() if not label.startswith("private number")},
            "mean": found.mean,
            "variance": found.splits,
            "over_plans": found.ranges,
            "swings": found.swings,
            "screening": found.screening,
            "sobol": found.indices,
            "pairs": found.pairs,
            "convergence": found.convergence,
            "given": found.given,
            "surrogate": found.surrogate,
            "conditions": self.conditions,
            "value": [one if isinstance(one, Refused) else _worth(one) for one in self.worths],
            "flips": [one if isinstance(one, Refused) else _flips(one) for one in self.flips],
        }
        told: dict[str, Any] = as_json(content)
        return told


def _worth(one: Worth) -> dict[str, Any]:
    """A value without the rows that it was made of."""
    choice = one.choice
    head = {"party": choice.party, "future": choice.future, "recommended": choice.recommended}
    return {**head, "numbers": one.values, "groups": one.rests.groups, "first": one.first and one.first.name}


def _flips(one: Flips) -> dict[str, Any]:
    choice = one.margin.choice
    head = {"party": choice.party, "future": choice.future, "recommended": choice.recommended}
    return {**head, "single": one.margin.single, "joint": one.margin.joint, "confirmed": one.confirmed}


def write_page(told: Told) -> Path:
    """Write summary.json and report.html into the folder of the study; returns the page's path."""
    from jinja2 import Environment, PackageLoader

    study = told.findings.ensemble
    study.store.write_text("summary.json", json.dumps(told.summary(), ensure_ascii=False))
    pages = Environment(loader=PackageLoader("analysis"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = pages.get_template("sensitivity.html.j2").render(_content(told))
    study.store.write_text("report.html", page)
    return study.path / "report.html"


def _content(told: Told) -> dict[str, Any]:
    """What the page's template prints; it escapes every text."""
    found = told.findings
    study = found.ensemble
    scenario = study.manifest["scenario"]
    parts = {"screening": found.studies.screening, "Sobol": found.studies.sobol, "pairs": found.studies.pairs}
    designs = [
        f"{name}: {runs_text(part)}" for name, part in parts.items() if part is not None
    ]
    return {
        "kicker": "What the answer hangs on",
        "title": say.safe(scenario["title"]) or say.words(study.plan.scenario),
        "question": asked(found.question, study),
        "standing_note": STANDING_NOTE,
        "facts": [
            ("Random rows", f"{study.plan.replications:,}; {runs_text(study)}"),
            ("Designs", "; ".join(designs) or "none"),
            ("Uncertain numbers", f"{len(study.draws):,}"),
        ],
        "warnings": [text for text in (withheld_note(study),) if text],
        "short": told.short,
        "sections": told.sections,
        "provenance": provenance(study),
    }
