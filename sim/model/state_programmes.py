"""Rows of the state about programmes: training with its schools and cohorts, exchanges with their visits."""

from __future__ import annotations

import numpy as np

from sim.engine.world import Row
from sim.scenario.exchange import Exchange
from sim.scenario.funding import Donor
from sim.scenario.training import Training

__all__ = ["Cohort", "ExchangeRow", "Programme", "Site", "TrainingRow", "Visit"]


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


class Site(Row):
    """A school in a training programme."""

    training: int
    unit: int
    residents: int
    supervisors_at_start: float


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
