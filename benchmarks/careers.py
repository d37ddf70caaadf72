"""Careers as every peer shares them: applying, leaving the country, coming back, the bond, retirement and death."""

from __future__ import annotations

import math

from benchmarks.case import (
    ABROAD,
    IN_POST,
    NEVER,
    NO_MOTIVE,
    ROTATION,
    SETTLED,
    SPECIALISE,
    SPECIALIST,
    TRAINING_ABROAD,
    WORK,
    Case,
    Founder,
)
from benchmarks.doctor import FINISH_ABROAD, Doctor, Traveller
from benchmarks.posts import Posts
from benchmarks.visits import Exchanges, Programme

__all__ = ["Careers"]


class Careers(Posts):
    """Doctors who leave, for a time or for good."""

    def __init__(self, case: Case, founders: list[Founder], seed: int) -> None:
        self.exchanges = Exchanges(self, case)
        self.visitors: dict[Traveller, None] = {}
        self.climate = [1.0, 1.0]
        super().__init__(case, founders, seed)

    def joins(self, doctor: Doctor) -> None:
        """Somebody comes into being who may be willing to go on an exchange."""
        self.exchanges.meet(doctor)

    def at_work(self, cadre: int) -> None:
        """One more is at work who can look after visitors."""
        self.exchanges.serve_hosts(cadre)

    def stays_home(self, doctor: Doctor) -> None:
        """Whoever gives up a post gives up the exchange that went with it."""
        self.exchanges.drop(doctor)

    def arrive(self, programme: Programme) -> None:
        """A visitor from outside asks to come."""
        visitor = self.make_visitor()
        self.visitors[visitor] = None
        self.exchanges.apply(visitor, programme)
        self.begin_visit(visitor)

    def departed(self, visitor: Traveller) -> None:
        """A visitor from outside is gone, or will not come."""
        del self.visitors[visitor]

    def apply(self, doctor: Doctor, motive: int) -> None:
        """A motive has become an application; some are withdrawn in the months that follow."""
        numbers = self.case.cadres[doctor.cadre]
        doctor.motive = motive
        doctor.depart = self.now + numbers.preparing

    def departs(self, doctor: Doctor) -> None:
        """The months of preparing are over."""
        motive = doctor.motive
        doctor.motive = NO_MOTIVE
        doctor.depart = NEVER
        if self.luck.random() >= self.case.cadres[doctor.cadre].withdrawn:
            self.emigrate(doctor, motive)

    def emigrate(self, doctor: Doctor, motive: int) -> None:
        """Somebody leaves the country, to specialise or to work."""
        self.count["emigrated"] += 1
        self.free(doctor)
        self.leave_residency(doctor)
        self.vacate(doctor)
        doctor.due = NEVER
        if motive == SPECIALISE:
            doctor.place = TRAINING_ABROAD
            doctor.settled = False
            doctor.what = FINISH_ABROAD
            doctor.due = self.now + self.case.cadres[doctor.cadre].years_abroad
        else:
            doctor.place = ABROAD

    def free(self, doctor: Doctor) -> None:
        """No more service is owed."""
        doctor.bound = 1.0
        doctor.bond_ends = NEVER

    def leave_residency(self, doctor: Doctor) -> None:
        """Somebody is no longer a resident."""
        if doctor.resident:
            doctor.resident = False
            self.residents -= 1
            self.residents_away -= doctor.place == ROTATION

    def leaves_at_once(self, doctor: Doctor, place: int, years: float) -> bool:
        """A transition spends some years of leaving for work abroad in one moment."""
        if doctor.motive != NO_MOTIVE:
            return False
        hazard = self.case.work_abroad(doctor.cadre, place, doctor.usable, self.now)
        if place == IN_POST:
            hazard *= self.climate[doctor.cadre]
        if self.luck.random() >= 1.0 - math.exp(-years * hazard * doctor.restless * doctor.bound):
            return False
        self.emigrate(doctor, WORK)
        return True

    def bond_over(self, doctor: Doctor) -> None:
        """Service has been rendered; some who were held back leave now."""
        held_back = 1.0 - doctor.bound
        self.free(doctor)
        self.leaves_at_once(doctor, doctor.place, held_back * self.case.cadres[doctor.cadre].end_of_bond)

    def finish_abroad(self, doctor: Doctor) -> None:
        """Training abroad ends: a specialist comes home, or settles."""
        doctor.cadre = SPECIALIST
        doctor.usable = 1
        if doctor.settled:
            doctor.place = SETTLED
        else:
            self.count["returned"] += 1
            self.seek(doctor)

    def stop(self, doctor: Doctor) -> None:
        """Retirement or death."""
        self.count["stopped"] += 1
        self.leave_residency(doctor)
        self.vacate(doctor)
        doctor.next = NEVER
        del self.doctors[doctor]

    def make_visitor(self) -> Traveller:
        """Hook: the peer's own class of visitor."""
        return Traveller()

    def begin_visit(self, visitor: Traveller) -> None:
        """Hook: a visitor's part in the simulation begins."""
