"""What each plan did for each party, against no partnership: the outcomes that a planner asks about, party by party.

Nothing is added up over parties, and no party is set against another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.compare import FutureTable, Row
from analysis.totals import ALL, HOSTED
from sim.study.results import StoredStudy

__all__ = ["Chapter", "Line", "concerned", "tell"]

TOPICS: Mapping[str, Sequence[str]] = {
    "people": (
        "public_practice", "in_country", "abroad", "emigrated", "public_years", "graduates", "graduates_in_country",
    ),
    "care": ("coverage", "work_done", "shortage", "workload", "morale"),
    "learning": ("capability_clinical", "capability_education", "capability_research"),
    "exchange": ("exchange_months",),
    "hours": ("hours_bought_out", "hours_donated", "hours_taken"),
    "money": (
        "present_value", "payroll", "arrears", "insolvent", "spent_on_partnership", "received_from_partnership",
        "training_lost", "cost", "visiting_cost",
    ),
    "standing": ("reputation",),
}  # fmt: skip
"""What is told, in this order, by topic."""

_TOPIC_OF = {metric: topic for topic, metrics in TOPICS.items() for metric in metrics}
_ORDER = {metric: place for place, metric in enumerate(_TOPIC_OF)}


@dataclass(frozen=True, slots=True)
class Line:
    """One outcome of a party."""

    topic: str
    label: str
    """The outcome's label, with the cadre or programme where the party has several."""
    row: Row

    @property
    def resolved(self) -> bool:
        """Whether some plan makes it more or less."""
        return any(found.word in ("more", "less") for found in self.row.differences)

    @property
    def open(self) -> bool:
        """Whether the runs don't tell, for some plan."""
        return any(found.word == "not resolved" for found in self.row.differences)


@dataclass(frozen=True, slots=True)
class Chapter:
    """What happened to one party, or to the people of one cadre in one country."""

    holder: str
    """A party, or `country.cadre`."""
    lines: tuple[Line, ...]
    """Outcomes that move under some plan."""
    unresolved: tuple[Line, ...]
    """Outcomes of which the runs don't tell whether they move."""
    same: tuple[Line, ...]
    """Outcomes that are about the same under every plan."""

    @property
    def rest(self) -> list[str]:
        """What doesn't move and what the runs don't tell, each gathered in a sentence."""
        kinds = {"About the same under every plan": self.same, "Not resolved by these runs": self.unresolved}
        return [f"{kind}: {'; '.join(line.label for line in lines)}" for kind, lines in kinds.items() if lines]


def concerned(study: StoredStudy) -> set[str]:
    """The cadres that the decision is about; empty where it names none."""
    decision = study.manifest["scenario"]["decision"] or {}
    metrics = [aim["metric"] for aim in (decision.get("aims") or {}).values()]
    metrics += [limit["metric"] for limit in decision.get("must_not") or []]
    return {name.split(".")[1] for name in metrics if name.count(".") >= 2}


def tell(study: StoredStudy, table: FutureTable, cadres: set[str] | None = None) -> list[Chapter]:
    """One future, party by party; `cadres` limits the posts that are told of, where it names any."""
    parties, agreements = (study.manifest["scenario"].get(what, {}) for what in ("parties", "partnerships"))
    chapters: dict[str, list[Line]] = {}
    for row in table.rows:
        holder = _holder(row, parties)
        if row.definition.metric not in _TOPIC_OF or holder in agreements:
            continue
        if holder in parties and row.definition.metric == "cost":
            continue  # of an exchange, whoever paid: what the party paid is told
        cadre = _cadre(row, parties)
        if not (cadre and cadres and cadre not in cadres and holder in parties):
            chapters.setdefault(holder, []).append(_line(row, holder))
    for holder, lines in chapters.items():
        chapters[holder] = sorted(_once(lines), key=lambda line: _ORDER[line.row.definition.metric])
    told = [_chapter(holder, _with_cadres(lines, parties)) for holder, lines in chapters.items()]
    order = {kind: place for place, kind in enumerate(parties)}
    return sorted(
        (chapter for chapter in told if chapter.lines or chapter.unresolved or chapter.same),
        key=lambda chapter: order.get(chapter.holder, -1),
    )


def _holder(row: Row, parties: Mapping[str, str]) -> str:
    """Whose it is: a party, or a cadre in its country."""
    steps = row.definition.group.split(".")
    return steps[0] if steps[0] in parties else ".".join(steps[:2])


def _cadre(row: Row, parties: Mapping[str, str]) -> str:
    """The cadre that it is about, if any; the exchanges of a party are about it as a whole."""
    steps = row.definition.group.split(".")
    if steps[0] not in parties:
        return steps[1] if len(steps) > 1 else ""
    return steps[1] if len(steps) > 1 and row.definition.metric != "exchange_months" else ""


def _line(row: Row, holder: str) -> Line:
    metric, label = row.definition.metric, row.definition.label
    if metric == "exchange_months":
        hosted = row.definition.group == f"{holder}.{HOSTED}"
        label = "months of visitors, hosted" if hosted else "months of people, sent"
    if metric == "cost":
        label = "cost of training, whoever paid"
    return Line(_TOPIC_OF[metric], label, row)


def _once(lines: Sequence[Line]) -> list[Line]:
    """Lines without those of single programmes that a sum holds."""
    summed = {line.row.definition.metric for line in lines if line.row.definition.group.endswith(f".{ALL}")}
    return [
        line
        for line in lines
        if line.row.definition.metric not in summed or line.row.definition.group.rpartition(".")[2] in (ALL, HOSTED)
    ]


def _with_cadres(lines: Sequence[Line], parties: Mapping[str, str]) -> list[Line]:
    """Labels with the cadre in front, where a party has posts of several."""
    cadres = {_cadre(line.row, parties) for line in lines if line.row.definition.group.split(".")[0] in parties}
    if len(cadres - {""}) < 2:
        return list(lines)
    return [
        Line(line.topic, f"{cadre.replace('_', ' ')}: {line.label}" if cadre else line.label, line.row)
        for line in lines
        for cadre in [_cadre(line.row, parties)]
    ]


def _chapter(holder: str, lines: Sequence[Line]) -> Chapter:
    """A chapter; of what no plan has anything of, nothing is said."""
    busy = [line for line in lines if any(found.mean or not found.runs for found in line.row.spreads.values())]
    moved = tuple(line for line in busy if line.resolved)
    rest = [line for line in busy if not line.resolved]
    unresolved = tuple(line for line in rest if line.open)
    return Chapter(holder, moved, unresolved, tuple(line for line in rest if not line.open))
