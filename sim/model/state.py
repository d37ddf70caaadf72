"""The layout of the model's state: one row class a table.

Planners' numbers stand in records of their schema class (`cadre.numbers.pay_home`); what rules work out or count
stands beside them.
"""

from __future__ import annotations

import numpy as np

from sim.engine.tables import EngineWorld
from sim.engine.world import Layout, Row, Table
from sim.scenario.careers import Careers
from sim.scenario.contingency import Governance
from sim.scenario.exchange import Exchange
from sim.scenario.funding import Donor
from sim.scenario.money import Finance
from sim.scenario.partnership import Partnership
from sim.scenario.places import Capability, Posts, Stream
from sim.scenario.switches import Switches
from sim.scenario.training import Training
from sim.scenario.work import Care, Learning, Morale, Standing, Work

__all__ = [
    "LAYOUT", "Account", "Agreement", "Aim", "Ballot", "Cadre", "Cohort", "Column", "CountryRow", "ExchangeRow",
    "Group", "Life", "Node", "PartyRow", "Person", "Policy", "Programme", "Seat", "Setting", "Site", "StakeRow",
    "StreamRow", "TrainingRow", "Trigger", "Unit", "Visit", "World",
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
    visits: int
    """Rows taken of the table of visits."""
    month: int
    """Months whose books have been closed."""
    reports: int
    """Reports written."""
    last_report: float
    do: Switches


class Cadre(Row):
    """One cadre of one country: its labour market and its rates."""

    key: np.uint64
    numbers: Careers
    country: int
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
    state: int
    """The party that has paid for training its people: a ministry, or else who pays its first employer; or NONE."""
    payroll_due: float
    """Pay of its people in post since the start, in USD, whether it was paid or is owed."""
    leaving: float
    """Hazard of leaving for work abroad at frailty 1, after pay, openness and time."""
    growth: float
    """How fast that grows as pay there and here part."""
    pay: float
    """Pay of a year, when the books were last closed."""
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
    exempt: int
    """How many decisions to fund posts in spite of them are."""
    line: int
    """Its vacant, funded posts in the order in which they fell vacant."""
    search_clock: int
    """The clock of its searches."""
    grown: int
    """Years for which new posts have been made."""
    working: int
    """People at work in their posts."""
    away: int
    """People who hold a post and are on an exchange."""
    exits: int
    """People who have given up a post since the books were last closed."""
    hired: int
    """Posts filled since then."""
    guests: int
    """Visitors on exchange who work beside these people."""
    service: float
    visitors: float
    """Work done by residents in training here, and by visitors on exchange, in full-time equivalents."""
    given: float
    """Time given to visitors, residents and committees, in full-time equivalents."""
    bought_in: float
    """Work bought in for people on exchange, in full-time equivalents."""
    effective: float
    """Work done in full-time equivalents, when the books were last closed."""
    required: float
    workload: float
    """Work needed per work done, relative to the start; see `work`."""
    workload_at_start: float
    morale: float
    climate: float
    """How many times as often its people leave as under the conditions of the start."""
    unpaid: float
    """The part of pay that is owed."""
    took_part: int
    """People who are on an exchange, or have been and still feel it."""
    hours_bought: float
    hours_donated: float
    hours_taken: float
    """Hours given to partners and residents since the start: bought out, donated, taken from patients."""
    care_years: float
    visitor_years: float
    """Years of work done since the start by all, and by visitors on exchange, in full-time equivalents."""
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
    training: int
    exchange: int
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
    visit: int
    """The visit asked for or under way, or NONE."""
    asked: int
    """Requests to go on an exchange."""
    effect: float
    """Factor on leaving after an exchange; 1 for none."""
    training: int
    """The training programme that trains this person, or NONE."""
    site: int
    trained: int
    """The training programme that this person graduated from last, or NONE."""
    cohorts: int
    """Bits of the cohorts that this person graduated in."""
    practised: int
    """Bits of those of them after which this person has worked at home, and not left since."""
    away: float
    """When the present stay abroad will end."""
    attempts: int
    searches: int
    applications: int
    abroad: int
    """Whether this person counts as out of the country."""
    left: int
    """Whether this person has ever left it of their own accord."""


class Visit(Row):
    """Somebody's request to go on an exchange, and what became of it."""

    key: np.uint64
    exchange: int
    who: int
    """The person, or NONE for a visitor from outside the staff of the file."""
    unit: int
    """The unit that the person comes from, or NONE."""
    phase: int
    since: float
    """When the present phase began."""
    waited: float
    """Years in the queue, once that is left."""


class Site(Row):
    """A school in a training programme."""

    training: int
    unit: int
    residents: int
    supervisors_at_start: float


class Programme(Row):
    """What programmes of every kind share: whether they run, for whom, and who pays."""

    key: np.uint64
    kind: int
    """A `build.ProgrammeKind`."""
    of: int
    """Its row among the programmes of its kind."""
    partnership: int
    donor: Donor
    given_by: int
    """The party that gives, or NONE."""
    gives_until: float
    """When the donor's payments end, as things stand; infinite if they do not."""
    notice: float
    taper: float
    """How long before that the partners are told, and payments begin to shrink."""
    taken_over_by: int
    payer: int
    """The account that pays."""
    running: int
    """Whether it takes people in."""
    scale: float
    """Factor by which actions have multiplied its places."""
    started: float
    """When it started; infinite if it has not."""
    handover: float
    """When a plan's takeover began; infinite if none did."""
    handover_years: float
    """How long it takes until all is taken over."""
    handover_by: int
    active: float
    """When somebody was last seen in it."""
    cost: float
    donated: float
    """Its cost since the start, in USD, and what donors gave of that."""
    ended: float
    """When its partnership ended; infinite if it has not."""
    ran_on: int
    """Whether it took people in three years after that."""
    observed: int
    """Whether those three years have passed."""


class TrainingRow(Row):
    """A training programme."""

    key: np.uint64
    numbers: Training
    programme: int
    partner: int
    """The party that its schools learn from, or NONE."""
    at_home: int
    grows: int
    admits: int
    graduates_to: int
    first_site: int
    sites: int
    home: int
    abroad: int
    """Groups: its residents at home, and those at the partner abroad."""
    unrecognised: int
    """Whether its degree has lost its recognition abroad."""
    visiting: float
    """Visitors on exchange who supervise its residents, in full-time supervisors."""
    rotations: int
    """Residents who have gone for their months at a partner since the books were last closed."""
    first_cohort: int
    last_cohort: int
    """Its cohorts are the rows from first_cohort up to, not including, last_cohort; all its graduates are the first."""
    intakes: int
    admitted: int
    dropped_out: int
    not_returned: int


class Cohort(Row):
    """Graduates of a training programme between two dates."""

    begins: float
    ends: float
    """Years since the start; -infinity and infinity in the row of all its graduates."""
    graduated: int
    at_home: int
    """Those of them who are not abroad."""
    first_jobs_at_home: int
    """Those of them who did not go abroad as they graduated, or stay there."""
    left: int
    """Those of the latter who have left the country since."""
    years_before_leaving: float
    """Years from graduation to that departure, summed."""


class ExchangeRow(Row):
    """An exchange programme."""

    key: np.uint64
    numbers: Exchange
    programme: int
    sends: int
    """The party that sends."""
    hosts: int
    unit: int
    """The unit whose people go, or NONE for visitors from outside."""
    host_unit: int
    """The unit that they work beside, or NONE."""
    supports: int
    """The training programme whose residents they supervise, or NONE."""
    domain: int
    group: int
    """The group of staff on a stay, or NONE."""
    line: int
    arrivals: int
    patience: int
    early_end: int
    """Clocks: of visitors who ask to come, of giving up in the queue, of stays cut short; NONE for none."""
    there: int
    """How many are there now."""
    came: int
    """Visitors from outside who have asked."""
    asked: int
    refused: int
    gave_up: int
    delivered: int
    """Stays begun."""
    cut_short: int
    not_returned: int
    since: float
    months: float
    """Months spent on stays since the start, up to `since`."""
    delivered_paid: int
    months_paid: float
    """Stays begun, and months spent on stays, that are in the books."""
    waited: float
    """Months in the queue of those who have left it, for a stay or for another reason."""


class CountryRow(Row):
    """A country."""

    population: float
    """At the start; NaN where the file does not say."""
    population_growth: float


class PartyRow(Row):
    """An institution or body."""

    key: np.uint64
    capability: Capability
    reputation_at_start: float
    finance: Finance
    earning: int
    two_point: int
    country: int
    payer: int
    """The party that pays its staff."""
    account: int
    staff_given: float
    """People who could learn, if the file says so; NaN otherwise."""
    staff: float
    exits: int
    """People who could learn, and those who left in the month, when the books were last closed."""
    clinical: float
    education: float
    research: float
    """Capability now, in each domain."""
    learns_clinical: float
    learns_education: float
    learns_research: float
    """What is learnt now, per year."""
    capability_at_start: float
    reputation: float
    pull: float
    """How many times as many people it draws as at the start."""
    noise: float
    """The margin's departure from its mean, in standard deviations."""
    missed: int
    """Months running in which the covenant was missed."""
    insolvent: int
    payroll: float
    """Pay of the staff that it pays for, in USD a year, at the last close."""
    payroll_at_start: float
    payroll_paid: float
    """Pay that it has paid since the start, in USD."""
    arrears: float
    """Pay owed, in USD."""
    unpaid: float
    """The part of the latest month's pay that was not paid."""


class Account(Row):
    """Money of a party or of a partnership, or one of the outsides that money comes from and goes to."""

    balance: float
    received: float
    spent: float
    present_value: float
    """Everything received less everything spent since the start, discounted to the start."""
    discount: float
    """Continuous rate per year."""
    partnership_spent: float
    partnership_received: float
    """What went into partnerships and programmes, and what came out of them."""


class Agreement(Row):
    """A partnership."""

    key: np.uint64
    numbers: Partnership
    account: int
    signed: int
    """Whether the plan means to start a programme of it."""
    first_stake: int
    last_stake: int
    """Its parties are the stakes from first_stake up to, not including, last_stake."""
    first_goal: int
    last_goal: int
    running: int
    """Whether any programme of it has run, and it has not ended."""
    started: float
    """When the first programme of it started; infinite if none has."""
    active: float
    """When it was last seen to be active."""
    failed: int
    """Whether it has ended badly."""
    cause: int
    """A `kinds.Cause`; NONE while it has not ended."""
    ended: float
    """When it ended; infinite if it has not."""
    handed_over: int
    """Whether a donor's end left a programme with enough to count as a handover."""


class StakeRow(Row):
    """What a party has in a partnership."""

    party: int
    contributes: float
    willing_to_lose: float
    """NaN for no limit."""
    lost: float
    """What it has spent on the partnership, less what it has received from it, in USD."""
    reviewed: int
    """Reviews called so far."""
    left: int


class Aim(Row):
    """A goal of a partnership."""

    agreement: int
    column: int
    """The column of the reports that it watches."""
    level: float
    relative: int
    above: int
    by: float
    """Years since the start."""
    met: int
    """Whether it was met in time."""
    missed: int


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
