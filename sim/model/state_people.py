"""Rows of the state about people: cadres, their employers' posts, and everybody in them."""

from __future__ import annotations

import numpy as np

from sim.engine.world import Row
from sim.scenario.careers import Careers
from sim.scenario.places import Posts, Stream

__all__ = ["Cadre", "Group", "Person", "Seat", "StreamRow", "Unit"]


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
    origin: int
    cause: int
    """The kind of event that brought this person where they are: the motive, of a departure; NONE for founders."""
    qualified: float
    """When this person became a specialist in the run, in years since the start; NaN before, and for who always was."""
    left_public: float
    left_country: float
    """When this person first left public service, and the country, since then or else since coming into being; or NaN.

    Neither a stay that a programme sends somebody on nor waiting for a post counts as leaving.
    """
    left_cause: int
    """What took them out of the country, or NONE."""
    ended: float
    """When working life ended, by retirement or death; or NaN."""


class StreamRow(Row):
    """Yearly candidates."""

    key: np.uint64
    numbers: Stream
    cadre: int
    unit: int
    years: int
    entered: int
