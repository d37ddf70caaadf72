"""What every peer is given of exchanges, work, morale and money."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["BooksCase", "DonorCase", "ExchangeCase"]


@dataclass(frozen=True, slots=True)
class DonorCase:
    """Who pays for a programme, in years since the start."""

    until: float
    taper: float
    share: float
    """The part that the hospital takes over afterwards."""
    delay: float

    def ready(self, t: float) -> float:
        """The part that the donor pays at a time: all, a straight line to nothing over the taper, then nothing."""
        return min(1.0, max(0.0, (self.until - t) / self.taper)) if self.taper > 0.0 else float(t < self.until)

    def successor(self, t: float) -> float:
        """The part that the hospital pays at a time."""
        return self.share * (1.0 - self.ready(t - self.delay))


@dataclass(frozen=True, slots=True)
class ExchangeCase:
    """An exchange programme: times in years, rates and costs per year."""

    name: str
    staff: int | None
    """The cadre whose people go; None for visitors from outside."""
    host: int | None
    """The cadre that looks after them; None where nobody of the hospital does."""
    willing: float
    visitors: float
    papers: float
    granted: float
    places: float
    per_supervisor: float
    patience: float
    stay: float
    stay_varies: float
    early_end: float
    settle: float
    settle_grace: float
    debrief: float
    effect_lasts: float
    effect_leaving: float
    supervises: float
    work: float
    """What each of them does of a full-time post, once oriented."""
    hosting: float
    """What looking after each takes of a full-time post."""
    backfilled: float
    travel_cost: float
    living_cost: float
    """Living and duty of care."""
    backfill_pay: float
    donor: DonorCase | None

    def funded(self, t: float) -> float:
        """The part of the programme that somebody pays at a time."""
        return 1.0 if self.donor is None else self.donor.ready(t) + self.donor.successor(t)


@dataclass(frozen=True, slots=True)
class BooksCase:
    """Work, morale and money of the hospital: shares, full-time equivalents, years, and USD a year."""

    required: tuple[float, float]
    bought: float
    donated: float
    hours: float
    """Hours of a full-time post in a year."""
    teaching: float
    committee: float
    service: float
    """What a resident does of a specialist's work."""
    level: float
    follows: float
    workload: float
    taking_part: float
    leaving: float
    pay: tuple[float, float]
    recruitment: float
    resident_cost: float
    rotation_cost: float
    visiting_cost: float
    """All visiting supervisors of the residency together."""
    contributes: float
    cash: float
    revenue: float
    margin: float
    margin_sd: float
    margin_memory: float
    interest: float
    discount: float

    def climate(self, morale: float) -> float:
        """How many times as often as at the start people in post leave."""
        return math.exp(math.log(self.leaving) * (self.level - morale) / self.level)
