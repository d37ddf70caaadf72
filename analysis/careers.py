"""The stored people of a study's first future: how long they stay, and the same people under two plans."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.counterfactual import Matrix, differences, matrix, sole_difference
from analysis.histories import History, histories
from analysis.persons import Cast, cast, people_of
from analysis.replay import UnknownRunError
from analysis.retention import Retention, Years, retention, years_in_practice
from sim.scenario import ScenarioError
from sim.study.results import StoredStudy
from sim.study.store import StoreError
from sim.study.study import NO_PARTNERSHIP, Request, reopen

__all__ = ["Careers", "careers"]


@dataclass(frozen=True, slots=True)
class Careers:
    """The people of the first future."""

    future: str
    blocks: int
    """Blocks whose people are stored under every plan."""
    retention: list[Retention]
    years: list[Years]
    matrices: list[Matrix]
    """Every plan against no partnership."""
    cadres: list[Matrix]
    """The preferred plan's, of the cadres that the decision is about alone."""
    preferred: str | None
    """The plan whose matrix is told in full, with lives."""
    lives: list[History]
    """Of the preferred plan against no partnership."""
    untold: str
    """Why there are no lives and it isn't known in what the plans differ; empty where both are told."""
    action: str | None
    """The one thing in which the preferred plan differs from no partnership."""

    @property
    def told(self) -> Matrix | None:
        """The preferred plan's matrix."""
        return next((one for one in self.matrices if one.plan == self.preferred), None)


def careers(study: StoredStudy, preferred: str | None) -> Careers | None:
    """Read the people of a study's first future; None where none are stored, or of one plan only."""
    future = study.futures[0]
    people = people_of(study, future)
    if people.empty:
        return None
    found = cast(people, study.plan, future)
    if not found.blocks.size:
        return None
    horizon = float(study.manifest["scenario"]["years"])
    action, lives, untold = _NOT_ASKED
    if preferred is not None and NO_PARTNERSHIP in found.plans:
        action, lives, untold = _same_people(study, found, future, preferred)
    cadres = [
        matrix(found, future, preferred, NO_PARTNERSHIP, cadre)
        for cadre in _concerned(study, found)
        if preferred is not None and NO_PARTNERSHIP in found.plans
    ]
    return Careers(
        future=future,
        blocks=int(found.blocks.size),
        retention=retention(found, future, study.plan.seed, horizon),
        years=years_in_practice(found, future, study.plan.seed, horizon),
        matrices=differences(found, future, NO_PARTNERSHIP),
        cadres=cadres,
        preferred=preferred,
        lives=lives,
        untold=untold,
        action=action,
    )


_NOT_ASKED: tuple[str | None, list[History], str] = (None, [], "")


def _concerned(study: StoredStudy, people: Cast) -> list[str]:
    """The cadres of the decision's aims and limits, by `country.cadre`, of which people are stored."""
    decision = study.manifest["scenario"]["decision"] or {}
    metrics = [aim["metric"] for aim in (decision.get("aims") or {}).values()]
    metrics += [limit["metric"] for limit in decision.get("must_not") or []]
    held = set(people.people["cadre"].dropna().unique())
    return [name for name in dict.fromkeys(metric.rpartition(".")[0] for metric in metrics) if name in held]


def _same_people(study: StoredStudy, people: Cast, future: str, plan: str) -> tuple[str | None, list[History], str]:
    """In what a plan differs, and lives under it and without it; or why neither is known."""
    try:
        loaded, _ = reopen(study.path, Request(study.manifest["kind"], replications=0))
        action = sole_difference(loaded, plan, NO_PARTNERSHIP)
        return action, histories(study, people, future, plan, NO_PARTNERSHIP), ""
    except (ScenarioError, StoreError, UnknownRunError, KeyError) as problem:
        reason = str(problem).splitlines()[0].replace(str(study.path), "").lstrip("/: ")
        return None, [], reason
