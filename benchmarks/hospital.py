"""The rules that every peer shares: doctors, posts, training, and what changes when something happens.

Plain Python objects, as a user of SimPy or Mesa would write them. How time passes is left to the peers: they
decide when `happens`, `dated` and the yearly events are called, and override the hooks at the end.
"""

from __future__ import annotations

import math
import random
from collections import deque

from benchmarks.case import (
    ABROAD,
    DOCTOR,
    ELSEWHERE,
    IN_POST,
    NEVER,
    NO_MOTIVE,
    OTHER,
    POST,
    ROTATION,
    SETTLED,
    SPECIALISE,
    SPECIALIST,
    STOCKS,
    TRAINING_ABROAD,
    TRAINING_HOME,
    WAITING,
    WORK,
    Case,
    Founder,
)
from benchmarks.doctor import COME_BACK, FINISH, FINISH_ABROAD, GO_ABROAD, START_WORK, Doctor

__all__ = ["Hospital"]


class Hospital:
    """One employer with posts for two cadres, a yearly class of graduates, and a residency of its own."""

    def __init__(self, case: Case, founders: list[Founder], seed: int) -> None:
        self.case = case
        self.luck = random.Random(seed)
        self.now = 0.0
        self.vacant = [0, 0]
        self.working = [0, 0]
        self.waiting: tuple[deque[Doctor], deque[Doctor]] = (deque(), deque())
        self.residents = 0
        self.intakes = 0
        self.doctors: dict[Doctor, None] = {}
        self.count = dict.fromkeys(case.counts, 0)
        for founder in founders:
            self.settle_in(founder)
        for cadre, posts in enumerate(case.posts):
            for _ in range(posts.established - sum(d.seated for d in self.doctors if d.cadre == cadre)):
                self.open_post(cadre)
        self.supervisors_at_start = self.supervisors()

    def settle_in(self, founder: Founder) -> None:
        """Take over somebody who is there at the start."""
        doctor = self.make(founder.cadre, founder.born, founder.ends, founder.frailty, founder.usable)
        doctor.place = IN_POST
        doctor.seated = True
        doctor.motive = founder.motive
        doctor.depart = founder.depart
        doctor.look_ahead()
        self.working[founder.cadre] += 1
        self.doctors[doctor] = None
        self.begin(doctor)

    def enter(self, cadre: int) -> Doctor:
        """A newcomer to a cadre."""
        numbers, luck = self.case.cadres[cadre], self.luck
        age = luck.normalvariate(numbers.entry_age, numbers.entry_age_sd)
        while age < 20.0:
            age = luck.normalvariate(numbers.entry_age, numbers.entry_age_sd)
        retires = luck.normalvariate(numbers.retirement_age, numbers.retirement_age_sd)
        while retires < age:
            retires = luck.normalvariate(numbers.retirement_age, numbers.retirement_age_sd)
        growth = numbers.mortality_growth
        now = numbers.mortality_at_40 * math.exp(growth * (age - 40.0))
        dies = age + math.log1p(growth * luck.expovariate(1.0) / now) / growth
        frailty = luck.gammavariate(1.0 / numbers.frailty, numbers.frailty)
        born = self.now - age
        usable = int(luck.random() < numbers.degree_usable_abroad)
        doctor = self.make(cadre, born, born + min(retires, dies), frailty, usable)
        self.doctors[doctor] = None
        return doctor

    def new_class(self) -> None:
        """The year's graduates of the medical school look for a first post."""
        for _ in range(self.case.class_size):
            doctor = self.enter(DOCTOR)
            self.seek(doctor)
            doctor.look_ahead()
            self.begin(doctor)

    def fill(self, cadre: int) -> None:
        """A search succeeds: somebody from outside takes one of the vacant posts."""
        self.vacant[cadre] -= 1
        self.count["from_outside"] += 1
        doctor = self.enter(cadre)
        doctor.seated = True
        self.start_work(doctor)
        self.begin(doctor)

    def start_work(self, doctor: Doctor) -> None:
        """Somebody starts in a post."""
        doctor.due = NEVER
        doctor.place = IN_POST
        self.working[doctor.cadre] += 1

    def hire(self, doctor: Doctor) -> None:
        """A post is promised; work starts after clearance."""
        doctor.seated = True
        doctor.place = WAITING
        doctor.what = START_WORK
        doctor.due = self.now + self.case.posts[doctor.cadre].clearance

    def seek(self, doctor: Doctor) -> None:
        """Somebody looks for a post, and finds one or waits."""
        cadre = doctor.cadre
        if self.vacant[cadre]:
            self.vacant[cadre] -= 1
            self.search_ends(cadre)
            self.hire(doctor)
        else:
            doctor.place = WAITING
            doctor.due = NEVER
            self.waiting[cadre].append(doctor)

    def vacate(self, doctor: Doctor) -> None:
        """Somebody gives up a post, or a place in the line for one."""
        if doctor.seated:
            doctor.seated = False
            if doctor.place == IN_POST:
                self.working[doctor.cadre] -= 1
            self.open_post(doctor.cadre)
        elif doctor.place == WAITING:
            self.waiting[doctor.cadre].remove(doctor)

    def open_post(self, cadre: int) -> None:
        """A post falls vacant: it goes to whoever has waited longest, else a search begins."""
        if self.waiting[cadre]:
            first = self.waiting[cadre].popleft()
            self.hire(first)
            first.look_ahead()
            self.changed(first)
        else:
            self.vacant[cadre] += 1
            self.search_begins(cadre)

    def happens(self, doctor: Doctor, cause: int) -> None:
        """A hazard has struck: one of the motives to leave, or what its place has in store."""
        place = doctor.place
        if cause == POST:
            self.count["left_post"] += 1
            self.free(doctor)
            self.vacate(doctor)
            doctor.place = ELSEWHERE
            doctor.due = NEVER
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
        else:
            self.bond_over(doctor)
        doctor.look_ahead()

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

    def drop_out(self, doctor: Doctor) -> None:
        """A resident gives up and looks for a post."""
        self.count["dropped_out"] += 1
        self.leave_residency(doctor)
        self.seek(doctor)

    def due_now(self, doctor: Doctor) -> None:
        """What a doctor's place had in store for a date happens."""
        what = doctor.what
        doctor.due = NEVER
        if what == START_WORK:
            self.start_work(doctor)
        elif what == GO_ABROAD:
            doctor.place = ROTATION
            doctor.what, doctor.due = COME_BACK, self.now + self.case.residency.months_abroad
        elif what == COME_BACK:
            doctor.place = TRAINING_HOME
            doctor.what, doctor.due = FINISH, max(self.now, doctor.finishes)
        elif what == FINISH:
            self.examine(doctor)
        else:
            self.finish_abroad(doctor)

    def supervisors(self) -> float:
        """Specialists at work, and the partners' visitors."""
        return self.working[SPECIALIST] + self.case.residency.visiting_supervisors

    def intake(self) -> None:
        """The year's places are drawn among those who are at home and not leaving to work abroad."""
        rules = self.case.residency
        supervisors = self.supervisors()
        places = rules.places
        if rules.grows and self.supervisors_at_start > 0.0:
            places *= supervisors / self.supervisors_at_start
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

    def leaves_at_once(self, doctor: Doctor, place: int, years: float) -> bool:
        """A transition spends some years of leaving for work abroad in one moment."""
        if doctor.motive != NO_MOTIVE:
            return False
        hazard = self.case.work_abroad(doctor.cadre, place, doctor.usable, self.now)
        if self.luck.random() >= 1.0 - math.exp(-years * hazard * doctor.frailty * doctor.bound):
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

    def outcomes(self) -> dict[str, float]:
        """Counts of events, and where people are at the end."""
        result = {name: float(number) for name, number in self.count.items()}
        for label, cadre, places in STOCKS:
            result[label] = float(sum(d.cadre == cadre and d.place in places for d in self.doctors))
        return result

    def make(self, cadre: int, born: float, ends: float, frailty: float, usable: int) -> Doctor:
        """Hook: the peer's own class of doctor."""
        return Doctor(cadre, born, ends, frailty, usable)

    def begin(self, doctor: Doctor) -> None:
        """Hook: a doctor's life in the simulation begins."""

    def changed(self, doctor: Doctor) -> None:
        """Hook: somebody else's decision has changed what this doctor does next."""

    def search_begins(self, cadre: int) -> None:
        """Hook: one more post of this cadre is searched for."""

    def search_ends(self, cadre: int) -> None:
        """Hook: one post fewer is searched for."""
