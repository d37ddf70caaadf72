"""The layout of the model's state: one row class a table, and the world that holds the tables.

Planners' numbers stand in records of their schema class (`cadre.numbers.pay_home`); what rules work out or count
stands beside them. Rows about people, programmes and institutions are in the files named after them.
"""

from __future__ import annotations

import numpy as np

from sim.engine.tables import EngineWorld
from sim.engine.world import Layout, Row, Table
from sim.model.state_partners import Account, Agreement, Aim, CountryRow, PartyRow, StakeRow
from sim.model.state_people import Cadre, Group, Person, Seat, StreamRow, Unit
from sim.model.state_programmes import Cohort, ExchangeRow, Programme, Site, TrainingRow, Visit
from sim.scenario.contingency import Governance
from sim.scenario.switches import Switches
from sim.scenario.work import Care, Learning, Morale, Standing, Work

__all__ = ["LAYOUT", "World"]


class Setting(Row):
    """What the whole run shares."""

    into_year: float
    """The part of a calendar year that has passed when the run starts."""
    founded: int
    """Whether the founders have been made."""
    stationary: int
    bond_years: float
    """Service that graduates owe from now on; 0 for none."""
    bond_served: float
    people: int
    """Rows taken of the table of people."""
    visits: int
    """Rows taken of the table of visits."""
    month: int
    """Months whose books have been closed."""
    reports: int
    """Reports written."""
    last_report: float
    firing: int
    """The kind of the event that happens now; NONE before the first."""
    do: Switches


class Trigger(Row):
    """What sets off a contingency action; see `triggers`."""

    key: np.uint64
    policy: int
    """The row of the dated change that it sets off."""
    by: int
    """The party that acts, or NONE."""
    event: int
    """A `triggers.Event`, or NONE."""
    of: int
    """The programme or partnership whose event it is, or NONE for any."""
    date: float
    """Years since the start; infinite where it has no date."""
    column: int
    """The column of the reports that it watches, or NONE."""
    above: int
    level: float
    relative: int
    held: float
    """For how long the level must have been passed, in years."""
    since: float
    """The first report in a row that had it so; infinite if it is not."""
    consent: float
    """The chance that each of those asked agrees; NaN for the scenario's."""
    asks: int
    """How many must agree."""
    asked: int
    delay: float
    cooldown: float
    ready: float
    """Before this it does not fire again."""
    times: int
    """How often it may still act."""
    acted: int
    refused: int


class Policy(Row):
    """A dated change: an action of the plan, or a shock of the future."""

    at: float
    what: int
    """A `policy.Change`, or NONE for a row that is not in use."""
    event: int
    """The `triggers.Event` that its beginning is, or NONE."""
    party: int
    cadre: int
    country: int
    """What it touches: NONE for all."""
    programme: int
    amount: float
    """By how much: a factor, or the share of a bond that is served."""
    owed: float
    """Years of service, of notice, or of a handover."""
    posts: int
    """New posts."""
    lasts: float
    """How long until it ends; 0 for good."""
    cost: float
    """What it costs once, in USD."""
    paid_by: int
    """The party that pays that, or takes over; NONE for nobody."""
    ending: int
    """Whether the next thing to happen is its end."""


class Column(Row):
    """A column of the reports: a measure, and the row of the table that it is taken of."""

    measure: int
    of: int


class Life(Row):
    """What remains, some years after entering, of those who entered: sums up to and including this cell."""

    in_post: float
    elsewhere: float
    abroad: float


class Node(Row):
    """A level of frailty in a life table: hazards, and what is left of stocks and flows after one cell of tenure."""

    frailty: float
    special: float
    work: float
    other: float
    kept_post: float
    come_post: float
    kept_elsewhere: float
    come_elsewhere: float
    kept_abroad: float
    come_abroad: float


class Ballot(Row):
    """A candidate for a training place."""

    score: float
    person: int


class World(EngineWorld):
    """Everything that a run knows."""

    setting: Setting
    cadres: Table[Cadre]
    units: Table[Unit]
    seats: Table[Seat]
    groups: Table[Group]
    exposed: Table[int]
    """Clock of (group, cause, stratum), or NONE: see `people.clock_of`."""
    people: Table[Person]
    visits: Table[Visit]
    programmes: Table[Programme]
    trainings: Table[TrainingRow]
    cohorts: Table[Cohort]
    sites: Table[Site]
    exchanges: Table[ExchangeRow]
    countries: Table[CountryRow]
    parties: Table[PartyRow]
    accounts: Table[Account]
    agreements: Table[Agreement]
    stakes: Table[StakeRow]
    aims: Table[Aim]
    triggers: Table[Trigger]
    work: Work
    morale: Morale
    learning: Learning
    standing: Standing
    care: Care
    governance: Governance
    streams: Table[StreamRow]
    policies: Table[Policy]
    columns: Table[Column]
    panel: Table[float]
    """Reports: one row of columns after the other."""
    life: Table[Life]
    """Life tables: a row for each cadre and cell of tenure; see `lifetable`."""
    states: Table[float]
    """The same by frailty: (cadre, cell, node, state)."""
    alive: Table[float]
    """The chance of neither death nor retirement: (cadre, tenure, level of age at entry)."""
    nodes: Table[Node]
    """Working memory: what each level of frailty makes of the hazards of the cadre whose life table is filled."""
    ballot: Table[Ballot]


LAYOUT = Layout(World)
