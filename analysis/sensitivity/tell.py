"""What a sensitivity study found about the numbers, as sections of a report: which matter, and how much is chance."""

from __future__ import annotations

from collections.abc import Sequence

from analysis import say
from analysis.figures_sensitivity import convergence_lines, morris_plane, sobol_bars, tornado, variance_split
from analysis.refusal import Refusal
from analysis.section import Figure, Section, Table
from analysis.sensitivity.chance import Split
from analysis.sensitivity.estimates import Estimate
from analysis.sensitivity.findings import Findings, grade_of
from analysis.sensitivity.gates import WIDEST
from analysis.sensitivity.given import Given
from analysis.sensitivity.morris import Screening
from analysis.sensitivity.question import Question
from analysis.sensitivity.run import REST
from analysis.sensitivity.sobol import Indices, Pairs
from analysis.sensitivity.surrogate import SurrogateIndices
from sim.study.results import StoredStudy
from sim.study.study import NO_PARTNERSHIP

__all__ = ["asked", "chance_section", "in_short", "numbers_section", "opinion_section", "screening_section"]

TOLD = 3
"""Factors that are named in a sentence."""


def asked(question: Question, study: StoredStudy) -> str:
    """The question in words: whose outcome, when, under which plans and in which future."""
    names = study.manifest["scenario"]["names"]
    definition = question.definition
    where = say.entity(definition.group, names)
    plans = say.title(study, "plans", question.plan)
    if question.against is not None:
        other = "no partnership" if question.against == NO_PARTNERSHIP else say.title(study, "plans", question.against)
        plans = f"{plans}, against {other}"
    future = say.title(study, "futures", question.future)
    return f"{where}, {definition.label} in {say.date(question.at)}: {plans}, in the future “{future}”"


def in_short(found: Findings) -> list[str]:
    """The answer in a few sentences: the mean, chance and knowledge, the numbers that matter most."""
    unit, mean = found.question.definition.unit, found.mean
    text = f"{say.number(mean.value, unit, signed=found.question.against is not None)}"
    said = [
        f"{asked(found.question, found.ensemble)}: {text} in the mean "
        f"(90%: {say.span(mean.low, mean.high, unit)})."
    ]
    own = found.splits.get(found.question.plan)
    if isinstance(own, Split):
        said.append(
            f"Of the variance of {say.words(found.question.plan)} itself, {_part(own.share)} comes from what is not "
            f"known about the numbers; the rest is chance, which no research removes."
        )
    if isinstance(found.indices, Indices):
        said.append(_drivers(found, found.indices))
    elif isinstance(found.indices, Refusal):
        said.append(f"Which numbers drive it can't be told. {found.indices}")
    return said


def _drivers(found: Findings, indices: Indices) -> str:
    """The numbers with the largest total indices that are known well enough."""
    named = [place for place in indices.top(len(indices.names)) if indices.names[place] != REST][:TOLD]
    shown = [place for place in named if indices.shown(indices.total[place]) and indices.total[place].low > 0.0]
    vague = [indices.names[place] for place in named if not indices.shown(indices.total[place])]
    if not shown:
        return f"No single number's part is known well enough to be told. {indices.withheld or ''}".strip()
    parts = [
        f"{indices.names[place]} ({_index(indices.total[place])}"
        + f"{_grade(found, indices.names[place])})"
        for place in shown
    ]
    text = f"What is not known moves it through {_listed(parts)}"
    if REST in indices.names:
        rest = indices.total[indices.names.index(REST)]
        count = sum(len(group) for group in _groups(found) if len(group) > 1)
        text += f"; {count} other numbers together {_index(rest)}"
    text = f"{text} (total Sobol indices of the expected difference, 90% intervals)"
    if not vague:
        return f"{text}."
    return f"{text}. The part of {_listed(vague)}, which may be larger, is not known to ±{WIDEST:g} yet."


def _groups(found: Findings) -> Sequence[Sequence[str]]:
    study = found.studies.sobol
    return study.plan.design.groups if study is not None and study.plan.design is not None else ()


def _grade(found: Findings, label: str) -> str:
    grade = grade_of(label, found.labels, found.factors)
    return f"; grade {grade}" if grade else ""


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _index(estimate: Estimate) -> str:
    """`0.45, 0.40–0.50`."""
    return f"{estimate.value:.2f}, {estimate.low:.2f} to {estimate.high:.2f}"


def _shown(estimate: Estimate, indices: Indices) -> str:
    """An index with its interval, or that it isn't known well enough."""
    return _index(estimate) if indices.shown(estimate) else f"not within ±{WIDEST:g}"


def _part(estimate: Estimate) -> str:
    """A share with its interval: `62% (55–68%)`."""
    return f"{say.number(estimate.value, 'share')} ({say.span(estimate.low, estimate.high, 'share')})"


def chance_section(found: Findings) -> Section:
    """How much of each plan's variance is chance, and how far plans lie apart."""
    rows, splits, notes = [], {}, []
    unit = found.question.definition.unit
    for plan, one in found.splits.items():
        name = say.words(plan)
        if isinstance(one, Refusal):
            notes.append(f"{name}: {one}")
            continue
        splits[name] = one
        spreads = (say.number(part.value**0.5, unit) for part in (one.chance, one.parameters))
        rows.append((name, *spreads, _part(one.share)))
        notes += [f"{name}: {one.note}"] * bool(one.note)
    table = Table(
        ("plan", "spread by chance", "spread by what isn't known", "its share of the variance (90%)"),
        tuple(rows),
        note="Spreads are standard deviations.",
    )
    sentences = [
        f"Over the plans the mean goes from {say.number(one.lowest[1].mean, unit)} ({say.words(one.lowest[0])}) to "
        f"{say.number(one.highest[1].mean, unit)} ({say.words(one.highest[0])}); plans and futures are choices and "
        "assumptions, so they are shown as ranges of means and not as variance."
        for one in found.ranges
    ]
    caption = "Variance of each plan's outcome: chance, and what is not known."
    figures = (Figure(variance_split(splits), caption),) if splits else ()
    return Section(
        "Chance and knowledge",
        (*sentences, *notes),
        (table,) if rows else (),
        figures,
        "One-way random-effects ANOVA with the design row as the effect, from a second luck of the first rows (Sun, "
        "Apley and Staum 2011); intervals by bootstrap of rows.",
    )


def screening_section(found: Findings) -> Section | None:
    """Which of all the numbers have an effect at all."""
    measured = found.screening
    if measured is None:
        return None
    if isinstance(measured, Refusal):
        return Section("Screening of all numbers", (str(measured),))
    label = found.question.definition.label
    beyond = measured.beyond_chance
    said = [f"{len(measured.names)} uncertain numbers were moved one at a time. {measured.note}"]
    if beyond is not None:
        said.append(f"{sum(beyond)} of them have an effect that is more than chance.")
    return Section(
        "Screening of all numbers",
        tuple(said),
        (_screened(found, measured),),
        (Figure(morris_plane(measured, label), "Morris: µ* is the mean size of an effect, σ how it differs."),),
        "Elementary effects of Morris (1991) with µ* of Campolongo et al. (2007) over the 5th to the 95th percentile "
        "of each number, trajectories sharing their luck; effects free of chance are products across two lucks.",
    )


def _screened(found: Findings, measured: Screening) -> Table:
    """The largest effects."""
    sizes = measured.size_free or measured.mu_star
    order = sorted(range(len(sizes)), key=lambda place: -sizes[place].value)[:10]
    unit = found.question.definition.unit
    rows = tuple(
        (
            measured.names[place],
            grade_of(measured.names[place], found.labels, found.factors),
            say.number(measured.mu[place].value, unit, signed=True),
            f"{say.number(measured.mu_star[place].value, unit)} "
            f"({say.span(measured.mu_star[place].low, measured.mu_star[place].high, unit)})",
            "–" if measured.beyond_chance is None else "yes" if measured.beyond_chance[place] else "no",
        )
        for place in order
    )
    return Table(("number", "grade", "µ", "µ* (90%)", "more than chance"), rows, frozenset({1, 4}))


def numbers_section(found: Findings) -> Section | None:
    """Which numbers drive the expected outcome: Sobol's indices, or a surrogate's where those can't be told."""
    indices, title = found.indices, "Which numbers matter"
    figures: list[Figure] = []
    if not isinstance(found.swings, Refusal):
        label = say.labelled(found.question.definition.label, found.question.definition.unit)
        figures.append(Figure(tornado(found.swings, found.mean.value, label), _TORNADO))
    if not isinstance(indices, Indices):
        surrogate = found.surrogate
        refused = [str(one) for one in (indices, surrogate, found.swings) if isinstance(one, Refusal)]
        tables = (_surrogate(surrogate),) if isinstance(surrogate, SurrogateIndices) else ()
        told = tuple(dict.fromkeys(refused))
        return Section(title, told, tables, tuple(figures)) if told or tables or figures else None
    said = [f"The variance of the expected outcome over what is not known: {_variance(indices, found)}."]
    said += [str(indices.withheld)] * (indices.withheld is not None)
    pairs = found.pairs if isinstance(found.pairs, Pairs) else None
    if isinstance(found.pairs, Refusal):
        said.append(str(found.pairs))
    if pairs is not None and pairs.withheld is not None:
        said.append(str(pairs.withheld))
    figures.append(Figure(sobol_bars(indices, pairs), "First-order and total Sobol indices, and what pairs share."))
    if found.convergence is not None:
        lines = convergence_lines(found.convergence, "total index")
        figures.append(Figure(lines, "Total indices as the sample grows."))
        said += [str(found.convergence.unsettled)] * (found.convergence.unsettled is not None)
    return Section(title, tuple(said), (_indices(found, indices),), tuple(figures), _SOBOL)


_TORNADO = "Mean of the rows in which a number is in its lowest and in its highest fifth, with 90% intervals."

_SOBOL = (
    "Indices of the expected outcome by products across replications that share their luck by row, so that chance is "
    "in none of them (estimators of Jansen 1999 and Saltelli et al. 2010; intervals by bootstrap of rows). First "
    "order: what knowing the number alone would remove of that variance. Total: what is left when all others are "
    "known. An index is printed where it is known to ±0.1."
)


def _variance(indices: Indices, found: Findings) -> str:
    unit = found.question.definition.unit
    ends = (indices.variance.low, indices.variance.value, indices.variance.high)
    low, value, high = (max(0.0, end) ** 0.5 for end in ends)
    return f"standard deviation {say.number(value, unit)} ({say.span(low, high, unit)})"


def _indices(found: Findings, indices: Indices) -> Table:
    """Sobol's indices, the largest first."""
    rows = tuple(
        (
            indices.names[place],
            grade_of(indices.names[place], found.labels, found.factors),
            _shown(indices.first[place], indices),
            _shown(indices.total[place], indices),
        )
        for place in indices.top(len(indices.names))
    )
    note = f"{indices.rows:,} rows, {indices.replications} replications of each point."
    return Table(("number", "grade", "first order (90%)", "total (90%)"), rows, frozenset({1}), note)


def _surrogate(found: SurrogateIndices) -> Table:
    order = sorted(range(len(found.names)), key=lambda place: -found.total[place].value)[:10]
    rows = tuple((found.names[place], _index(found.first[place]), _index(found.total[place])) for place in order)
    return Table(("number", "first order", "total"), rows, note=found.label)


def opinion_section(found: Findings) -> Section | None:
    """Given-data methods on the random rows."""
    if not found.given:
        return None
    said, tables = [], []
    for method, one in found.given.items():
        if isinstance(one, Refusal):
            said.append(f"{method}: {one}")
            continue
        said += [one.note] * bool(one.note)
        tables.append(_given(method, one))
    return Section(
        "A second opinion from the random rows",
        tuple(said),
        tuple(tables),
        method="Given-data methods of SALib. An index counts where it exceeds the largest of nineteen factors that do "
        "nothing, which an inert factor does once in twenty.",
    )


def _given(method: str, one: Given) -> Table:
    order = sorted(range(len(one.names)), key=lambda place: -one.index[place].value)[:10]
    rows = tuple((one.names[i], _index(one.index[i]), "yes" if one.above[i] else "no") for i in order)
    note = f"{method}, {one.rows:,} rows; interval: {one.interval}; threshold {one.threshold:.2f}."
    return Table(("number", f"{method} index", "above the threshold"), rows, frozenset({2}), note)
