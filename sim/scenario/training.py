"""What a planner writes about a training programme, at home or abroad."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from sim.scenario.block import (
    Block,
    CadreName,
    Count,
    Factor,
    Money,
    Month,
    Months,
    Name,
    PartnershipName,
    PartyName,
    Rate,
    Share,
    Years,
)
from sim.scenario.funding import Donor

__all__ = ["Training", "cohort_names"]


def cohort_names(years: list[int]) -> list[str]:
    """What the outcomes of each cohort end in: its first and its last year, as in `2004_2008`."""
    return [f"{first}_{end - 1}" for first, end in pairwise(years)]


class Training(Block):
    """A programme that turns one cadre into another: a residency at home, or places abroad."""

    kind: Literal["training"]
    """Which of the kinds of programme this is."""
    preset: Name | None = None
    """The catalogue entry that supplies what is not written here."""
    partnership: PartnershipName | None = None
    """The partnership that it belongs to; the file's only one, unless given. Training abroad that a party pays for by
    itself belongs to none, unless given."""
    partner: PartyName | None = None
    """The institution from which its schools learn; none, unless given."""
    place: Literal["home", "abroad"]
    """Where the training happens."""
    admits: CadreName
    """The cadre from which candidates are admitted."""
    graduates: CadreName
    """The cadre that graduates join."""
    sites: list[PartyName] = []
    """The schools that train at home; the yearly places are split between them evenly."""
    places_per_year: Count
    """Places in the first year, over all sites."""
    intake_month: Month
    """The month of the year in which training starts, 1 to 12."""
    training_years: Years
    """Length of training."""
    months_abroad: Months
    """Time of it spent at a partner abroad."""
    months_abroad_after: Years
    """Training done before that time abroad."""
    months_in_district: Months
    """Time of it spent in district hospitals."""
    service_by_residents: Share
    """How much of a specialist's clinical work a resident does."""
    drop_out: Rate
    """Residents who give up, per resident-year."""
    exam_pass: Share
    """The share who pass at each attempt."""
    exam_again: Months
    """Time until the next attempt."""
    residents_per_supervisor: Count
    """The most residents that one supervisor can train at a time."""
    visiting_supervisors: Count
    """Supervisors that partners provide, over all sites."""
    minimum_supervisors: Count
    """Supervisors below which a site may not take anyone in."""
    growth_with_supervisors: bool
    """Whether yearly places grow as graduates become supervisors."""
    degree_usable_abroad: Share
    """The share of graduates whose degree is accepted at the destinations."""
    return_home: Share
    """The share of those trained abroad who come back; late returners are counted in."""
    settle_grace: Months
    """A stay abroad shorter than this leads nobody to settle there."""
    first_job_abroad: Years
    """At graduation, this many years of leaving the country happen at once, to work and to specialise further."""
    serves_at: Factor
    """How strongly graduates are posted to the school that trained them, relative to its weight."""
    resident_cost: Money
    """What a resident costs in a year: stipend, tuition, books, examination, and travel where it is abroad."""
    visiting_cost: Money
    """What a supervisor that partners provide costs in a year, all in."""
    rotation_cost: Money
    """What the months at a partner abroad cost for one resident."""
    paid_by: PartyName | None = None
    """The party that pays; the partnership's account, unless given."""
    cohorts: list[int] = []
    """Years that part its graduates into cohorts, as published figures do: `[2004, 2009, 2013]` for those of 2004 to
    2008 and those of 2009 to 2012. Each cohort has outcomes of its own. A structure: it cannot be uncertain."""
    donor: Donor | None = None
    """Who pays in its stead, and until when; nobody, unless given."""
