"""A new scenario: from a dozen plain questions, or with the answers that stand here until somebody asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.scenario.block import Unit
from sim.scenario.resolved import bare_or_quoted
from sim.scenario.values import number

__all__ = ["QUESTIONS", "Ask", "Question", "interview_answers", "starter"]

Ask = Callable[[str, str], str]
"""Asks a question, given with a hint, and returns the answer; an empty one takes the hint's example."""

SHARE = Unit("share", 0.001, 0.999)
COUNT = Unit("count", 1.0, 100_000.0)
YEARS = Unit("years", 0.5, 60.0)
DATE = Unit("date", 1950.0, 2200.0)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the interview.

    Attributes:
        key: what the answer fills in.
        text: the question.
        example: the answer that holds when none is given.
        range: a sensible range, and where it comes from.
        unit: what the answer must be; text where None.
    """

    key: str
    text: str
    example: str
    range: str = ""
    unit: Unit | None = None

    @property
    def hint(self) -> str:
        """What to print beside the question."""
        return f"{self.range}; for example {self.example}" if self.range else f"for example {self.example}"

    def complaint(self, answer: str) -> str:
        """What is wrong with an answer, or nothing."""
        if self.unit is None:
            return "" if answer.isprintable() and len(answer) <= 200 else "at most 200 printable characters"
        try:
            number(answer, self.unit)
        except ValueError as error:
            return f"expected {error}"
        return ""


QUESTIONS = (
    Question("country_name", "Which country is it about?", "Ghana"),
    Question("specialist_name", "Which specialists are to be trained?", "Obstetrician"),
    Question("school_name", "Which school or hospital would train them at home?", "University Hospital"),
    Question("start", "When does the story begin?", "2026-01", "a month and year", DATE),
    Question("years", "How many years should be simulated?", "20 years", "10 to 30 years", YEARS),
    Question(
        "gone",
        "Of 100 young doctors, what share has left the country after five years?",
        "26%",
        "26% on average over 68 African schools (chen2012), about 54% in Ghana around 1990 (dovlo1999)",
        SHARE,
    ),
    Question("posts", "How many public posts for these specialists are there?", "80", "", COUNT),
    Question("filled", "How many of those posts are filled?", "20", "", COUNT),
    Question("school_filled", "How many such specialists can teach today?", "5", "at least one", COUNT),
    Question("candidates", "How many doctors a year would like to specialise in this?", "12", "", COUNT),
    Question("places", "How many could start training each year?", "4", "2 to 10 in a first programme", COUNT),
    Question("training_years", "How long does training take?", "5 years", "4 to 6 years (klufio2003)", YEARS),
    Question(
        "return_home",
        "Of those trained abroad, what share comes back?",
        "10%",
        "10% in Ghana, 3 of 30 (klufio2003); 80% with a designed return (kupfer2004)",
        SHARE,
    ),
    Question(
        "usable",
        "What share of degrees earned at home would count abroad?",
        "10%",
        "from near 0 for a regional fellowship to near 100% for an accredited residency",
        SHARE,
    ),
)


def interview_answers(ask: Ask) -> dict[str, str]:
    """Asks every question until its answer can be used."""
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        answer = ask(question.text, question.hint).strip() or question.example
        while complaint := question.complaint(answer):
            answer = ask(f"{complaint}. {question.text}", question.hint).strip() or question.example
        answers[question.key] = answer
    return answers


def starter(title: str, answers: Mapping[str, str] | None = None) -> str:
    """The text of a commented scenario; questions without an answer take their example."""
    known = {question.key: question.example for question in QUESTIONS} | dict(answers or {})
    text = (Path(__file__).parent / "starter.yaml").read_text(encoding="utf-8")
    values = _derived(title, known)
    return re.sub(r"<<(\w+)>>", lambda match: values[match[1]], text)


def _derived(title: str, known: dict[str, str]) -> dict[str, str]:
    """Every gap of the starter, as YAML."""
    names = _keys(known)
    start, years = number(known["start"], DATE), number(known["years"], YEARS)
    posts, filled, teachers = (number(known[key], COUNT) for key in ("posts", "filled", "school_filled"))
    usable = number(known["usable"], SHARE)
    question = f"Train {known['country_name']}'s specialists abroad, or at home?"
    plain = {
        "title": title,
        "question": question,
        **known,
        **names,
        "metric": f"{names['country']}.{names['specialist']}.public_practice",
        "start": _date(start),
        "middle": _date(start + round(years) // 2),
        "end": _date(start + years),
        "after": "5 years",
        "posts": f"{max(posts, filled):g}",
        "filled": f"{filled:g}",
        "school_posts": f"{max(2.0 * teachers, teachers + 5.0):g}",
        "school_filled": f"{teachers:g}",
        "doctor_posts": f"{20.0 * number(known['candidates'], COUNT):g}",
        "fewer": f"{0.5 * number(known['candidates'], COUNT):g}",
        "usable_low": f"{usable / 3.0:.3g}",
        "usable_high": f"{usable / (usable + (1.0 - usable) / 4.0):.3g}",
    }
    return {key: bare_or_quoted(value) for key, value in plain.items()}


def _keys(known: dict[str, str]) -> dict[str, str]:
    """Names for the entries, made from what people call them and never the same twice."""
    wanted = {
        "ministry": "ministry",
        "doctor": "doctor",
        "country": known["country_name"],
        "specialist": known["specialist_name"],
        "school": known["school_name"],
    }
    found: dict[str, str] = {}
    for key, name in wanted.items():
        slug = re.sub(r"[^\w]+", "_", name.lower()).strip("_")[:100] or key
        found[key] = slug if slug not in found.values() else f"{slug}_{key}"
    return found


def _date(year: float) -> str:
    """A date as a planner writes it, to the month."""
    months = round(12.0 * year)
    return f"{months // 12}-{months % 12 + 1:02d}"
