"""What a planner writes about what a plan does later: when, what, by whom, who pays, and who must agree."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.block import (
    Block,
    CadreName,
    Calendar,
    MetricName,
    Money,
    Months,
    PartyName,
    ProgrammeName,
    Share,
    Unit,
    Years,
    share_of,
)
from sim.scenario.decision import Level

__all__ = [
    "Action",
    "BindGraduates",
    "ChangePay",
    "Contingency",
    "FreezePosts",
    "FundPosts",
    "Governance",
    "RunProgramme",
    "ScaleProgramme",
    "TakeOver",
    "Times",
    "When",
]

Times = Annotated[float, Unit("times", 1e-3, 1e3)]
"""A multiplier that its end undoes, and so never 0: `x2`, `0.5`."""


class Governance(Block):
    """How those decide whose consent an action needs."""

    consents: Share
    """The chance that a party agrees when it is asked."""


class When(Block):
    """What sets off an action: an event, a date, or a reported outcome that passes a level.

    The words of an event may stand for the whole: `when: donor gives notice`.
    """

    event: (
        Literal[
            "donor gives notice",
            "funding ends",
            "partnership ends",
            "destination_recruits begins",
            "crisis begins",
            "pay_falls begins",
            "posts_not_funded begins",
            "funding_withdrawn begins",
            "degree_not_recognised begins",
        ]
        | None
    ) = None
    """Something that happens."""
    programme: ProgrammeName | None = None
    """The programme whose donor, funding or partnership it is; any, unless given."""
    date: Calendar | None = None
    """A date."""
    metric: MetricName | None = None
    """An outcome, as the quarterly reports have it."""
    above: Level | None = None
    """It is over this level: `40`, `10% a year` or `120% of start`."""
    below: Level | None = None
    """It is under this level."""
    lasts: Years = Field(default=0.0, alias="for")
    """For how long it must have been so, counted in reported quarters; written `for`."""


class Contingency(Block):
    """What every action has: when it is taken, by whom, who pays, and who must agree."""

    when: When
    """What sets it off."""
    by: PartyName | None = None
    """The party that acts."""
    paid_by: PartyName | None = None
    """The party that pays; the one that acts, unless given."""
    needs: list[PartyName] = []
    """Those who must agree, all of them, at the next quarter; nobody, unless given."""
    consents: Share | None = None
    """The chance that each of them agrees; `governance.consents`, unless given."""
    cost: Money = 0.0
    """What it costs once, when it begins."""
    delay: Months = 0.0
    """Time from the decision until it begins."""
    cooldown: Months = 0.0
    """Time after a decision, whether it was agreed to or refused, before it can be set off again."""
    times: int = 1
    """How often it may be taken."""


class ChangePay(Contingency):
    """Pay at home is raised, for good or as an allowance for a time; it is paid with the rest of pay."""

    do: Literal["raise_pay", "retention_allowance"]
    """Which of the kinds of action this is; the two words mean the same."""
    cadre: CadreName | None = None
    """Whose pay; unless given, that of the cadre whose metric sets it off, or of all."""
    size: Annotated[Share, share_of("pay", 10.0)]
    """By how much: `15% of pay`."""
    at_most: Years | None = None
    """For how long; for good, unless given."""


class FreezePosts(Contingency):
    """No vacancy is funded for a time."""

    do: Literal["freeze_posts"]
    """Which of the kinds of action this is."""
    party: PartyName | None = None
    """The only employer that does so; all, unless given."""
    cadre: CadreName | None = None
    """The only cadre that it touches; all, unless given."""
    at_most: Years
    """For how long."""


class FundPosts(Contingency):
    """Vacancies are funded in spite of any freeze, and new posts may be added."""

    do: Literal["fund_posts"]
    """Which of the kinds of action this is."""
    party: PartyName | None = None
    """The only employer that does so; all, unless given."""
    cadre: CadreName | None = None
    """The only cadre that it touches; all, unless given."""
    posts: int = 0
    """New posts at each of these employers for each of these cadres, for good."""
    at_most: Years | None = None
    """For how long freezes are lifted; for good, unless given."""


class RunProgramme(Contingency):
    """A programme is started, or takes nobody in any more; who is in it finishes."""

    do: Literal["start", "stop"]
    """Which of the kinds of action this is."""
    programme: ProgrammeName
    """Which one."""


class ScaleProgramme(Contingency):
    """A programme is made larger or smaller: its places, and the visitors who ask to come."""

    do: Literal["scale"]
    """Which of the kinds of action this is."""
    programme: ProgrammeName
    """Which one."""
    places: Times
    """How many times as many places: `x1.5`."""
    at_most: Years | None = None
    """For how long; for good, unless given."""


class BindGraduates(Contingency):
    """Later graduates of programmes at home owe years of service."""

    do: Literal["bond"]
    """Which of the kinds of action this is."""
    years: Years
    """The service owed."""
    served: Share
    """The share of those bonded who serve in full."""


class TakeOver(Contingency):
    """What a donor pays for a programme is taken over step by step, in place of the takeover that the file has."""

    do: Literal["ministry_takes_payroll"]
    """Which of the kinds of action this is."""
    by: PartyName
    """The party that takes over, and pays unless `paid_by` says otherwise."""
    programme: ProgrammeName | None = None
    """Which one; the only one with a donor, unless given."""
    over: Annotated[float, Unit("years", 1.0 / 12.0, 1e3, 1.0 / 12.0)]
    """How long it takes until everything has been taken over."""


Action = Annotated[
    ChangePay | FreezePosts | FundPosts | RunProgramme | ScaleProgramme | BindGraduates | TakeOver,
    Field(discriminator="do"),
]
"""Something that a plan does later."""
