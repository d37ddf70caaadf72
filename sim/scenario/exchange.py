"""What a planner writes about an exchange: people who go to another institution for a time, and come back."""

from __future__ import annotations

from typing import Literal

from sim.scenario.block import (
    Block,
    CadreName,
    Count,
    Factor,
    Hours,
    Money,
    Months,
    Name,
    PartnershipName,
    PartyName,
    ProgrammeName,
    Rate,
    Share,
    Years,
)
from sim.scenario.funding import Donor

__all__ = ["Exchange", "Papers"]


class Papers(Block):
    """Leave to enter or to practise, which is asked for before anybody joins the queue."""

    takes: Months
    """Time until the answer."""
    refused: Share
    """The share of requests that are refused."""


class Exchange(Block):
    """A programme under which staff of one institution, or visitors from outside, spend some months at another."""

    kind: Literal["exchange"]
    """Which of the kinds of programme this is."""
    preset: Name | None = None
    """The catalogue entry that supplies what is not written here."""
    partnership: PartnershipName | None = None
    """The partnership that it belongs to; the file's only one, unless given."""
    sends: PartyName
    """The institution whose people go."""
    hosts: PartyName
    """The institution that receives them."""
    cadre: CadreName | None = None
    """The sender's cadre whose people ask to go. Visitors from outside its staff come instead, unless given."""
    host_cadre: CadreName | None = None
    """The host's cadre that they work beside, which supervises them and learns from them; nobody, unless given."""
    supports: ProgrammeName | None = None
    """The training programme whose residents the visitors supervise; none, unless given."""
    asks: Rate
    """Requests a year of each member of staff who is willing."""
    willing: Share
    """The share of staff who would ever go."""
    visitors: Rate
    """Visitors who ask to come, per year."""
    visa: Papers
    """Leave to enter the host's country."""
    licence: Papers
    """Leave to practise, or to teach, there; asked for together with the visa."""
    places: Count
    """How many can be there at a time."""
    per_supervisor: Count
    """How many visitors one of the host's staff can look after at a time."""
    patience: Months
    """Mean time for which somebody stays in the queue before giving up."""
    stay: Months
    """Mean length of a stay."""
    stay_varies: Factor
    """Coefficient of variation of a stay's length: 0 for a fixed term, 1 for an exponential one."""
    early_end: Rate
    """Stays that end before their term, per year of stay."""
    return_home: Share
    """The share of staff who come back at the end."""
    settle_grace: Months
    """A stay shorter than this leads nobody to settle there."""
    debrief: Months
    """Time after the return until what was learnt is put to use."""
    effect_lasts: Years
    """How long a stay goes on acting on the person."""
    effect_leaving: Factor
    """How many times as often those leave who have been on a stay, while that lasts."""
    permitted: Share
    """The part of a full-time post's clinical work that a visitor is permitted to do."""
    orientation: Months
    """Time at the beginning of a stay in which a visitor does no clinical work."""
    supervises: Share
    """The part of a full-time supervisor that a visitor is to the programme under `supports`."""
    host_hours: Hours
    """Time that the host's staff spend on each visitor, in hours a week."""
    domain: Literal["clinical", "education", "research"]
    """What the two sides learn from each other."""
    backfilled: Share
    """The part of the absent's work that is bought in."""
    backfill_pay: Factor
    """What bought-in work costs, relative to the pay of the absent."""
    travel_cost: Money
    """Travel, visa and licence of one person."""
    living_cost: Money
    """Stipend and lodging of one person for a year."""
    duty_of_care: Money
    """Insurance, security and medical cover of one person for a year."""
    paid_by: PartyName | None = None
    """The party that pays; the partnership's account, unless given."""
    donor: Donor | None = None
    """Who pays in its stead, and until when; nobody, unless given."""
