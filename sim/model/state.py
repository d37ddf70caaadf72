"""The layout of the model's state: one row class a table.

Planners' numbers stand in records of their schema class (`cadre.numbers.pay_home`); what rules work out or count
stands beside them.
"""

from __future__ import annotations

import numpy as np

from sim.engine.tables import EngineWorld
from sim.engine.world import Layout, Row, Table
from sim.scenario.careers import Careers
from sim.scenario.places import Posts, Stream
from sim.scenario.switches import Switches
from sim.scenario.training import Training

__all__ = [
    "LAYOUT", "Ballot", "Cadre", "Column", "Group", "Life", "Person", "Policy", "Programme", "Seat", "Setting", "Site",
    "StreamRow", "Unit", "World",
]  # fmt: skip


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
    reports: int
    """Reports written."""
    last_report: float
    do: Switches


class Cadre(Row):
    """One cadre of one country: its labour market and its rates."""

    key: np.uint64
    numbers: Careers
    trained_from: int
    becomes: int
    """The cadre of those who have specialised, or NONE."""
    first_unit: int
    last_unit: int
    """Its employers are the units from first_unit up to, not including, last_unit."""
    line: int
    """Where its people wait for a post."""
    elsewhere: int
    abroad: int
    settled: int
    waiting: int
    self_training: int
    gone_retired: int
    gone_dead: int
    """Groups: other work at home, abroad, settled after training there, waiting, in training there on one's own,
    retired, dead."""
    leave: float
    """Hazard of leaving the country for a person of frailty 1, both motives, before any change of pay."""
    specialise: float
    work: float
    post: float
    """Hazard of leaving public practice for other work at home, at frailty 1."""
    pay_raised: float
    """Factor by which actions have raised pay at home."""
    openness: float
    """Factor by which shocks have multiplied leaving for work abroad."""
    entered: int
    applied: int
    withdrawn: int
    emigrated: int
    returned: int
    left_post: int
    rejoined: int
    retired: int
    died: int
    defaulted: int
    dropped_out: int
    applied_before: int
    """Applications counted at the last report."""
    years_in_post: float
    """Expected years in post of one who enters, all spells together."""
    years_elsewhere: float
    years_abroad: float
    mean_tenure: float
    """Mean years since entering of those in post, in equilibrium."""
    mean_age: float


class Unit(Row):
    """An employer's posts for one cadre."""

    key: np.uint64
    numbers: Posts
    cadre: int
    party: int
    public: int
    group: int
    """The group of the people in post here."""
    first_seat: int
    seats: int
    """Seats that exist now; ordinals up to `funded` have money."""
    funded: int
    capacity: int
    """Seats that the table holds for growth."""
    frozen: int
    """How many freezes are in force."""
    line: int
    """Its vacant, funded posts in the order in which they fell vacant."""
    search_clock: int
    """The clock of its searches."""
    grown: int
    """Years for which new posts have been made."""
    working: int
    filled_from_outside: int
    filled: int
    search_time: float
    """Years that the posts filled so far had been vacant, summed."""


class Seat(Row):
    """A place, not a person."""

    key: np.uint64
    unit: int
    holder: int
    vacancies: int
    outsiders: int
    opened: float


class Group(Row):
    """Everyone in one place together: the same clocks for each cause."""

    place: int
    cadre: int
    unit: int
    programme: int
    count: int
    since: float
    years: float
    """Person-years spent here since the start."""


class Person(Row):
    """Somebody, by origin and for life."""

    key: np.uint64
    cadre: int
    group: int
    seat: int
    born: float
    joined: float
    """When this person entered the cadre."""
    entered: float
    """When this person came into being in the run; 0 for founders."""
    frailty: float
    usable: int
    """Whether the credential is accepted at the destinations."""
    placed: int
    """Whether a training place at home has taken away the motive to leave to specialise."""
    applied: int
    """The cause of an application to leave that is being prepared, or NONE."""
    will_withdraw: int
    bound: float
    """Factor on leaving while service is owed; 1 for those who owe none."""
    settled: int
    programme: int
    """The programme that trains this person, or NONE."""
    site: int
    trained: int
    """The programme that this person graduated from, or NONE."""
    away: float
    """When the present stay abroad will end."""
    attempts: int
    searches: int
    applications: int
    abroad: int
    """Whether this person counts as out of the country."""
    left: int
    """Whether this person has ever left it of their own accord."""


class Site(Row):
    """A school in a training programme."""

    programme: int
    unit: int
    residents: int
    supervisors_at_start: float


class Programme(Row):
    """A training programme."""

    key: np.uint64
    numbers: Training
    at_home: int
    grows: int
    admits: int
    graduates_to: int
    first_site: int
    sites: int
    home: int
    abroad: int
    """Groups: its residents at home, and those at the partner abroad."""
    running: int
    intakes: int
    admitted: int
    graduated: int
    graduates_at_home: int
    """Graduates who are not abroad."""
    dropped_out: int
    not_returned: int


class StreamRow(Row):
    """Yearly candidates."""

    key: np.uint64
    numbers: Stream
    cadre: int
    unit: int
    years: int
    entered: int


class Policy(Row):
    """A dated change: an action of the plan, or a shock of the future."""

    at: float
    what: int
    """A `policy.Change`, or NONE for a row that is not in use."""
    party: int
    cadre: int
    programme: int
    amount: float
    """By how much: a factor, or the share of a bond that is served."""
    owed: float
    """Years of service."""
    lasts: float
    """How long until it ends; 0 for good."""


class Column(Row):
    """A column of the reports: a measure, and the row of the table that it is taken of."""

    measure: int
    of: int


class Life(Row):
    """What remains, some years after entering, of those who entered: sums up to and including this cell."""

    in_post: float
    elsewhere: float
    abroad: float


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
    programmes: Table[Programme]
    sites: Table[Site]
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
    ranks: Table[float]
    """Working memory: the frailty of each node."""
    ballot: Table[Ballot]


LAYOUT = Layout(World)
