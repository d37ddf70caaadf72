"""The root of a scenario file. A new mechanism is one schema module and one line here."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.scenario.block import Block, Calendar, Name, PartyName, ProgrammeName, Unit
from sim.scenario.careers import Careers
from sim.scenario.contingency import Governance
from sim.scenario.decision import Decision
from sim.scenario.exchange import Exchange
from sim.scenario.partnership import Partnership
from sim.scenario.places import Country, Party, Stream
from sim.scenario.plans import Future, Plan
from sim.scenario.switches import Switches
from sim.scenario.targets import Source, Target
from sim.scenario.training import Training
from sim.scenario.work import Care, Learning, Morale, Standing, Work

__all__ = ["Programme", "Scenario"]

Programme = Annotated[Training | Exchange, Field(discriminator="kind")]
"""The kinds of programme; `kind` tells them apart."""


class Scenario(Block):
    """A partnership, its people and its country, with what may come and what may be done."""

    title: str = ""
    """One line that names the scenario in lists and tables."""
    question: str = ""
    """What the planner wants to know, in a sentence or two."""
    reviewed_by: dict[PartyName, str] = {}
    """What each party said when it was shown these numbers."""
    start: Calendar
    """The first day of the run."""
    years: Annotated[float, Unit("years", 1.0 / 12.0, 200.0)]
    """How long the run is."""
    seed: int = 1
    """The seed of a study of this scenario, unless one is given on the command line."""
    stationary: bool = False
    """Whether the start is drawn from equilibrium and nothing grows."""
    decision: Decision | None = None
    """The choice that the study is for."""
    switches: Switches = Switches()
    """Which mechanisms are on."""
    countries: dict[Name, Country]
    """The countries."""
    parties: dict[Name, Party]
    """Institutions and bodies."""
    people: dict[Name, Careers]
    """Cadres."""
    streams: dict[Name, Stream] = {}
    """Yearly candidates."""
    partnerships: dict[Name, Partnership] = {}
    """Agreements between parties."""
    work: Work
    """How work is counted."""
    morale: Morale
    """How morale moves."""
    learning: Learning
    """How capability moves."""
    standing: Standing
    """How reputation moves."""
    care: Care
    """From staff to care of the population."""
    governance: Governance
    """How those decide whose consent an action needs."""
    programmes: dict[Name, Programme] = {}
    """What partners may sign."""
    signed: list[ProgrammeName] = []
    """The programmes that run under the plan `none`."""
    futures: dict[Name, Future] = {}
    """What may come; `baseline`, without any change, always exists."""
    plans: dict[Name, Plan] = {}
    """What may be done; `no_partnership` and `none` always exist."""
    targets: dict[Name, Target] = {}
    """Published figures to show beside the simulation."""
    sources: dict[Name, Source] = {}
    """Sources that the evidence registry does not hold."""
