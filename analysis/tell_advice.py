"""When a plan fails, what to watch, what to find out and what would flip the advice, as sections of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis import say
from analysis.advice import Conditions, Flips, Worth
from analysis.discovery.boxes import Box
from analysis.discovery.landmark import Foretold
from analysis.discovery.signposts import Landmark, Signposts
from analysis.discovery.trees import Tree
from analysis.discovery.triggers import Trigger
from analysis.figures_discovery import box_bars, roc, trade_off
from analysis.figures_value import flip_distances, value_bars
from analysis.refusal import Refusal
from analysis.section import Figure, Section, Table
from analysis.value.choice import Refused
from analysis.value.evppi import Value
from analysis.value.factors import Factor
from analysis.value.say import (
    evidence,
    first_sentence,
    margin_sentences,
    name_of,
    refusal,
    rests_sentence,
    value_sentence,
)
from sim.study.results import StoredStudy

__all__ = ["advice_in_short", "conditions_sections", "flip_sections", "worth_sections"]

Factors = Mapping[str, Factor]

LISTED = 10
"""Numbers in a table of values."""


def conditions_sections(found: Conditions, study: StoredStudy) -> list[Section]:
    """The conditions of failure and the signposts of a plan."""
    plan = say.title(study, "plans", found.cell.plan)
    return [_boxes(found, plan), _signs(found, plan)]


def _boxes(found: Conditions, plan: str) -> Section:
    title = f"When it fails: {plan}"
    if isinstance(found.box, Refusal):
        return Section(title, (str(found.box),))
    box: Box = found.box
    said = [box.words()]
    caption = "Boxes on the way: the part of all failures that they hold, and how many fail there."
    figures = [Figure(trade_off(box), caption)]
    tables = []
    if box.restrictions and box.holds:
        figures.append(Figure(box_bars(box), "The box: bounds on each number within its sampled range."))
        tables.append(_restrictions(box))
    if isinstance(found.tree, Tree):
        said += [f"By a tree, {text}." for text in found.tree.words()]
    elif isinstance(found.tree, Refusal):
        said.append(str(found.tree))
    return Section(title, tuple(said), tuple(tables), tuple(figures), _BOX)


_BOX = (
    "PRIM of the EMA Workbench by design row (Bryant and Lempert 2010), offered the six numbers whose distributions "
    "over failures and successes differ most; density and coverage in the words are of rows that were not used to find "
    "the box."
)


def _restrictions(box: Box) -> Table:
    rows = []
    for one in box.restrictions:
        low = "–" if one.low is None else one.factor.amount(one.low)
        high = "–" if one.high is None else one.factor.amount(one.high)
        p = "–" if one.quasi_p is None else f"{one.quasi_p:.3f}"
        rows.append((one.factor.words, one.factor.grade, low, high, p, say.number(one.stability, "share")))
    overlap = say.number(box.overlap, "share")
    note = f"Of {box.resamples} resamples; mean overlap of their boxes with this one {overlap}."
    headings = ("number", "grade", "from", "to", "quasi-p", "resamples that bound it")
    return Table(headings, tuple(rows), frozenset({1}), note)


def _signs(found: Conditions, plan: str) -> Section:
    title = f"What to watch: {plan}"
    if isinstance(found.signs, Refusal):
        return Section(title, (str(found.signs),))
    signs: Signposts = found.signs
    announced = [one for one in signs.landmarks if one.announced and isinstance(one.found, Foretold)]
    figures = tuple(
        Figure(roc(one.found, f"{signs.label(one.found.best.name)}, year {one.year:g}"), f"Year {one.year:g}.")
        for one in announced
        if isinstance(one.found, Foretold)
    )
    return Section(title, tuple(signs.words()), (), figures, _SIGNS, _yaml(announced))


_SIGNS = (
    "Landmark analysis of histories that still run and have not failed, on reported values with their lag; value, side "
    "and threshold are chosen in other folds than those that judge them, and the best of many must beat the best of as "
    "many that mean nothing. A trigger watches every report and not only that of its landmark: what it buys is told by "
    "running it as a plan (run_sim.py discover DIR --act)."
)


def _yaml(announced: Sequence[Landmark]) -> str:
    """Triggers that a plan may take over."""
    lines = [
        Trigger.of(one.found.best, one.found.threshold).yaml() for one in announced if isinstance(one.found, Foretold)
    ]
    return "\n".join(dict.fromkeys(lines))


def worth_sections(found: Sequence[Worth | Refused], factors: Factors) -> list[Section]:
    """What finding out is worth, a section a party and future."""
    return [_refused("What to find out", one) if isinstance(one, Refused) else _worth(one, factors) for one in found]


def _refused(title: str, one: Refused) -> Section:
    return Section(f"{title}: {say.words(one.party)}, {say.words(one.future)}", (refusal(one),))


def _worth(one: Worth, factors: Factors) -> Section:
    choice = one.choice
    said = [first_sentence(one.first, choice, factors), rests_sentence(one.rests, choice)]
    counted = [value for value in one.values if value.counts][:LISTED]
    everything = list(one.rests.groups.values())[-1:]
    said += [value_sentence(value, choice) for value in everything]
    figure = value_bars(choice, [*one.values, *one.rests.groups.values()], factors)
    return Section(
        f"What to find out: {say.words(choice.party)}, {say.words(choice.future)}",
        tuple(said),
        (_values(counted, factors),) if counted else (),
        (Figure(figure, "Worth of knowing: the bar ends at the cross-fitted policy value, the line at the plug-in."),)
        if figure
        else (),
        "Expected value of partial perfect information by regression of paired differences (Strong, Oakley and Brennan "
        "2014), cross-fitted; nothing counts that does not beat what inert numbers reach by luck.",
    )


def _values(counted: Sequence[Value], factors: Factors) -> Table:
    rows = tuple(
        (
            name_of(factors[value.name]),
            factors[value.name].grade,
            f"{value.low:.2g} to {value.high:.2g}",
            evidence(factors[value.name]),
        )
        for value in counted
    )
    return Table(("number", "grade", "worth", "what is thought of it now"), rows, frozenset({1, 3}))


def flip_sections(found: Sequence[Flips | Refused], factors: Factors) -> list[Section]:
    """What would flip the advice, a section a party and future."""
    sections = []
    for one in found:
        if isinstance(one, Refused):
            sections.append(_refused("What would change the advice", one))
            continue
        choice = one.margin.choice
        figure = flip_distances(one.margin, factors, one.confirmed)
        sections.append(
            Section(
                f"What would change the advice: {say.words(choice.party)}, {say.words(choice.future)}",
                tuple(margin_sentences(one.margin, factors, one.confirmed)),
                (),
                (Figure(figure, "How far each number must move from its median to change the advice."),)
                if figure
                else (),
                "Flips are found on a fit of the differences between plans and then run: plans are compared at a "
                "quarter of a standard deviation on each side of the point, all other numbers drawn as ever.",
            )
        )
    return sections


def advice_in_short(
    conditions: Conditions | None,
    worths: Sequence[Worth | Refused],
    flips: Sequence[Flips | Refused],
    factors: Factors,
) -> list[str]:
    """The few sentences for the top of a report."""
    said = []
    if conditions is not None and isinstance(conditions.box, Box):
        said.append(conditions.box.words())
    if conditions is not None and isinstance(conditions.signs, Signposts):
        announced = [one for one in conditions.signs.landmarks if one.announced]
        said += conditions.signs.words()[:1] if announced else []
    said += [first_sentence(one.first, one.choice, factors) for one in worths if isinstance(one, Worth)]
    for one in flips:
        if isinstance(one, Flips):
            said += margin_sentences(one.margin, factors, one.confirmed)[:1]
    return said
