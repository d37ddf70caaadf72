"""Everything that is told of a study, worked out once for the terminal, the page and summary.json."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from analysis.accord import Answer, Disagreement, answers, disagreements
from analysis.compare import Aim, FutureTable, compare
from analysis.endings import Fate, endings
from analysis.limits import Limit, limits
from analysis.ratios import RatioRow, ratios
from analysis.targets import Published, published
from analysis.years import Payroll, payrolls
from sim.study.results import StoredStudy

__all__ = ["Account", "account"]


@dataclass(frozen=True)
class Account:
    """A stored study, compared and counted."""

    study: StoredStudy
    aims: tuple[Aim, ...]
    tables: tuple[FutureTable, ...]
    plans: tuple[str, ...]

    @property
    def asker_first(self) -> list[Aim]:
        """The aims, that of the party which asks before the others."""
        asked_by = (self.study.manifest["scenario"]["decision"] or {}).get("asked_by")
        return sorted(self.aims, key=lambda aim: aim.party != asked_by)

    @cached_property
    def limits(self) -> list[Limit]:
        """What must not happen."""
        return limits(self.study)

    @cached_property
    def figures(self) -> list[Published]:
        """Published figures beside the runs."""
        return published(self.study)

    @cached_property
    def ratios(self) -> list[RatioRow]:
        """Ratios of means, by future."""
        return ratios(self.study)

    @cached_property
    def endings(self) -> list[Fate]:
        """How partnerships ended, by future and plan."""
        return endings(self.study)

    @cached_property
    def payrolls(self) -> list[Payroll]:
        """What parties paid their staff, by year."""
        return payrolls(self.study)

    @cached_property
    def answers(self) -> list[Answer]:
        """Each party's own answer, by future."""
        return answers(self.aims)

    @cached_property
    def disagreements(self) -> list[Disagreement]:
        """Where one party's answer is another's loss."""
        return disagreements(self.aims)


def account(study: StoredStudy) -> Account:
    """Compare the plans of a stored study, and count what happened under each."""
    found = compare(study)
    return Account(study, found.aims, found.tables, found.plans)
