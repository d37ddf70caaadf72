"""The hospital as every peer shares it: its residency, and what happens when something is due.

The peers decide when `happens`, `dated`, the yearly events and the month's books are called.
"""

from __future__ import annotations

import math

from benchmarks.books import Books
from benchmarks.careers import Careers
from benchmarks.case import (
    ASK,
    DOCTOR,
    ELSEWHERE,
    IN_POST,
    NEVER,
    NO_MOTIVE,
    OTHER,
    POST,
    ROTATION,
    SPECIALIST,
    STOCKS,
    TRAINING_ABROAD,
    TRAINING_HOME,
    WAITING,
    WORK,
    Case,
    Founder,
)
from benchmarks.doctor import COME_BACK, FINISH, GO_ABROAD, START_WORK, Doctor

__all__ = ["Hospital"]


class Hospital(Careers):
    """An employer with a residency of its own, exchanges with a partner, and books."""

    def __init__(self, case: Case, founders: list[Founder], seed: int) -> None:
        self.rotations = 0
        super().__init__(case, founders, seed)
        self.supervisors_at_start = self.lasting_supervisors()
        self.books = None if case.books is None else Books(self, case.books)

    def happens(self, doctor: Doctor, cause: int) -> None:
        """A hazard has struck: one of the motives to leave, or what its place has in store."""
        place = doctor.place
        if cause == POST:
            self.count["left_post"] += 1
            self.free(doctor)
            self.vacate(doctor)
            doctor.place = ELSEWHERE
            doctor.due = NEVER
        elif cause == ASK:
            self.exchanges.ask(doctor)
        elif cause != OTHER:
            self.apply(doctor, cause)
        elif place == WAITING:
            if not doctor.seated:  # a promised post is not given up
                self.vacate(doctor)
                doctor.place = ELSEWHERE
                doctor.due = NEVER
        elif place in (TRAINING_HOME, ROTATION):
            self.drop_out(doctor)
        elif place == TRAINING_ABROAD:
            doctor.settled = True
        else:
            self.count["rejoined" if place == ELSEWHERE else "returned"] += 1
            self.seek(doctor)
        doctor.look_ahead()

    def dated(self, doctor: Doctor) -> None:
        """The earliest date in somebody's life has come."""
        if doctor.next == doctor.ends:
            self.stop(doctor)
            return
        if doctor.next == doctor.depart:
            self.departs(doctor)
        elif doctor.next == doctor.due:
            self.due_now(doctor)
        elif doctor.next == doctor.trip:
            self.exchanges.dated(doctor)
        else:
            self.bond_over(doctor)
        doctor.look_ahead()

    def due_now(self, doctor: Doctor) -> None:
        """What a doctor's place had in store for a date happens."""
        what = doctor.what
        doctor.due = NEVER
        if what == START_WORK:
            self.start_work(doctor)
        elif what == GO_ABROAD:
            doctor.place = ROTATION
            self.rotations += 1
            self.residents_away += 1
            doctor.what, doctor.due = COME_BACK, self.now + self.case.residency.months_abroad
        elif what == COME_BACK:
            doctor.place = TRAINING_HOME
            self.residents_away -= 1
            doctor.what, doctor.due = FINISH, max(self.now, doctor.finishes)
        elif what == FINISH:
            self.examine(doctor)
        else:
            self.finish_abroad(doctor)

    def drop_out(self, doctor: Doctor) -> None:
        """A resident gives up and looks for a post."""
        self.count["dropped_out"] += 1
        self.leave_residency(doctor)
        self.seek(doctor)

    def lasting_supervisors(self) -> float:
        """Specialists at work, and the supervisors whom partners provide."""
        return self.working[SPECIALIST] + self.case.residency.visiting_supervisors

    def intake(self) -> None:
        """The year's places are drawn among those who are at home and not leaving to work abroad."""
        rules = self.case.residency
        lasting = self.lasting_supervisors()
        supervisors = lasting + self.exchanges.visiting_supervisors()
        places = rules.places
        if rules.grows and self.supervisors_at_start > 0.0:
            places *= lasting / self.supervisors_at_start
        room = math.floor(supervisors * rules.residents_per_supervisor + 1e-9) - self.residents
        number = int(max(0.0, min(room, math.floor(places + self.luck.random()))))
        if supervisors < rules.minimum_supervisors or number == 0:
            return
        candidates = [
            d
            for d in self.doctors
            if d.cadre == DOCTOR and (d.place == IN_POST or d.place == WAITING) and d.motive != WORK
        ]
        for doctor in self.luck.sample(candidates, min(number, len(candidates))):
            self.admit(doctor)
            doctor.look_ahead()
            self.changed(doctor)

    def admit(self, doctor: Doctor) -> None:
        """A place at home is taken up; it removes the motive to leave to specialise."""
        rules = self.case.residency
        doctor.motive = NO_MOTIVE
        doctor.depart = NEVER
        self.vacate(doctor)
        doctor.place = TRAINING_HOME
        doctor.resident = doctor.placed = True
        doctor.settled = False
        self.residents += 1
        doctor.finishes = self.now + rules.years
        if rules.months_abroad > 0.0:
            doctor.what, doctor.due = GO_ABROAD, self.now + rules.months_abroad_after
        else:
            doctor.what, doctor.due = FINISH, doctor.finishes

    def examine(self, doctor: Doctor) -> None:
        """The examination: a specialist, or another attempt."""
        rules, luck = self.case.residency, self.luck
        if luck.random() >= rules.exam_pass:
            doctor.due = self.now + rules.exam_again
            return
        self.leave_residency(doctor)
        doctor.cadre = SPECIALIST
        self.count["graduated"] += 1
        doctor.usable = int(luck.random() < rules.degree_usable_abroad)
        if rules.bond_years > 0.0:
            doctor.bound = 1.0 - rules.bond_served
            doctor.bond_ends = self.now + rules.bond_years
        if not self.leaves_at_once(doctor, WAITING, rules.first_job_abroad):
            self.seek(doctor)

    def close_books(self) -> None:
        """The end of a month: work, money and morale; people in post leave accordingly until the next."""
        if self.books is not None:
            self.books.close()
            self.climate = [self.books.numbers.climate(m) for m in self.books.morale]
            for programme in self.exchanges.programmes:
                self.exchanges.serve(programme)

    def outcomes(self) -> dict[str, float]:
        """Counts of events, where people are at the end, and what the exchanges and the books say."""
        result = {name: float(number) for name, number in self.count.items()}
        for label, cadre, places in STOCKS:
            result[label] = float(sum(d.cadre == cadre and d.place in places for d in self.doctors))
        result |= self.exchanges.outcomes()
        return result if self.books is None else result | self.books.outcomes()
