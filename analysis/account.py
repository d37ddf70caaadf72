"""Everything that is told of a study, worked out once for the terminal, the page and summary.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.accord import Agreement, Answer, Disagreement, agreements, answers, disagreements
from analysis.compare import Aim, FutureTable, compare, look_of
from analysis.dominance import Domination, dominated
from analysis.endings import Fate, endings
from analysis.failures import Incidence, Longer, failures, longer
from analysis.limits import Limit, limits
from analysis.ratios import RatioRow, ratios
from analysis.robustness import Robustness, robustness
from analysis.safe import Safety, safety
from analysis.states import Expected, expect, read_runs
from analysis.sure import HowSure, Recommendation, recommend
from analysis.targets import Published, published
from analysis.years import Payroll, payrolls
from sim.study.results import StoredStudy
from sim.study.stopping import Look
from sim.study.study import NO_PARTNERSHIP

if TYPE_CHECKING:
    from analysis.careers import Careers

__all__ = ["Account", "account"]


@dataclass(frozen=True)
class Account:
    """A stored study, compared and counted."""

    study: StoredStudy
    aims: tuple[Aim, ...]
    tables: tuple[FutureTable, ...]
    plans: tuple[str, ...]

    @property
    def asked_by(self) -> str | None:
        """The party that asks, if the decision names one."""
        found: str | None = (self.study.manifest["scenario"]["decision"] or {}).get("asked_by")
        return found

    @property
    def asker_first(self) -> list[Aim]:
        """The aims, that of the party which asks before the others."""
        return sorted(self.aims, key=lambda aim: aim.party != self.asked_by)

    @property
    def weights(self) -> Mapping[str, float] | None:
        """Weights of futures, where the decision states them."""
        found: Mapping[str, float] | None = (self.study.manifest["scenario"]["decision"] or {}).get("weights")
        return found

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

    @cached_property
    def agreements(self) -> list[Agreement]:
        """What the parties' answers have in common, by future."""
        return agreements(self.aims)

    @cached_property
    def expected(self) -> list[Expected]:
        """What is expected of every plan, by future and aim of a party to whom the choice matters at all."""
        return [expect(runs) for runs in read_runs(self.study, [aim for aim in self.aims if not aim.indifferent])]

    @cached_property
    def _advised(self) -> tuple[list[Recommendation], list[HowSure]]:
        return recommend(self.aims, self.expected, self.weights)

    @property
    def advice(self) -> list[Recommendation]:
        """What serves each party best, by future, then over weighted futures."""
        return self._advised[0]

    @property
    def sure(self) -> list[HowSure]:
        """How sure each recommendation is, in the same order."""
        return self._advised[1]

    @cached_property
    def safety(self) -> Safety:
        """Must-nots by state."""
        return safety(self.study, self.limits)

    @cached_property
    def robustness(self) -> list[Robustness]:
        """Worst case and regret, by party."""
        return robustness(self.expected, self.safety, self.weights)

    @cached_property
    def dominated(self) -> list[Domination]:
        """Plans that another beats for somebody at nobody's cost, or may."""
        return dominated(self.aims, self.plans)

    @cached_property
    def failures(self) -> list[Incidence]:
        """Cumulative incidence of endings by cause, by future and plan."""
        return failures(self.study)

    @cached_property
    def longer(self) -> list[Longer]:
        """How much longer a partnership runs under one plan than under another."""
        return longer(self.study)

    @cached_property
    def careers(self) -> Careers | None:
        """The stored people of the first future; None where none are stored."""
        from analysis.careers import careers

        return careers(self.study, self.preferred)

    @cached_property
    def look(self) -> Look:
        """Of which blocks, and with which kind of interval, this is told."""
        return look_of(self.study)

    @property
    def preferred(self) -> str | None:
        """The plan that serves the asking party's aim best in the first future; with the best mean if none stands out.

        None without a party that asks and has an aim, and where that plan is no partnership.
        """
        first = self.study.futures[0]
        aim = next((aim for aim in self.aims if aim.party == self.asked_by and first in aim.rows), None)
        if aim is None:
            return None
        named = next((one.best for one in self.answers if (one.party, one.future) == (aim.party, first)), ())
        sign = -1.0 if aim.definition.better == "less" else 1.0
        known = {plan: sign * one.mean for plan, one in aim.rows[first].spreads.items() if one.runs}
        best = named[0] if named else max(known, key=lambda plan: known[plan], default=None)
        return None if best == NO_PARTNERSHIP else best


def account(study: StoredStudy) -> Account:
    """Compare the plans of a stored study, and count what happened under each."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # thousands of small products: threads would wait for each other
        found = compare(study)
    return Account(study, found.aims, found.tables, found.plans)
