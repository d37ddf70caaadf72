"""SimPy stepping monthly: every month each doctor rolls once for whatever may happen to them.

`ProcessEach` gives every doctor a process of their own, as SimPy's introductions do. `OneProcess` walks
through all doctors in a single process: faster, though it uses little of SimPy. Both draw one uniform
number a doctor and month, work out rates once a month, and keep dates instead of rolling where a date is
known. Lengths of time that luck has drawn are rounded to whole months, so that their means stay what they are.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import simpy

from benchmarks.case import ASK, MONTH, NO_MOTIVE, OTHER, POST, SPECIALISE, WORK, Case, Founder
from benchmarks.doctor import Doctor, Traveller
from benchmarks.hospital import Hospital

__all__ = ["MonthlyHospital", "OneProcess", "ProcessEach", "run_each", "run_one"]


class MonthlyHospital(Hospital):
    """What a month does to doctors and posts."""

    def __init__(self, case: Case, founders: list[Founder], seed: int) -> None:
        self.month = 0
        self.end_of_month = 0.0
        self.found = [0, 0]
        self.chances = [1.0 - math.exp(-posts.search_rate * MONTH) for posts in case.posts]
        super().__init__(case, founders, seed)
        self.rates = case.rates_at(0.5 * MONTH)
        self.streams = [p for p in self.exchanges.programmes if p.numbers.visitors > 0.0]
        self.arrivals = [self.luck.expovariate(p.numbers.visitors) for p in self.streams]

    def span(self, years: float) -> float:
        """Whole months."""
        return round(years * 12.0) * MONTH

    def live(self, doctor: Doctor) -> None:
        """A month in somebody's life: perhaps a stroke of luck, then what was due by its end."""
        specialise, work, post, other, ask = self.rates[doctor.cadre][doctor.place][doctor.usable]
        if doctor.motive == NO_MOTIVE:
            restless = doctor.restless
            bound = restless * doctor.bound
            specialise = 0.0 if doctor.placed else restless * specialise
            work *= bound
            post *= bound
            hazard = specialise + work + post + other + ask * doctor.asks
        else:
            specialise = work = post = 0.0
            hazard = other
        u = self.luck.random()
        chance = 1.0 - math.exp(-hazard * MONTH)
        if u < chance:
            u *= hazard / chance
            if u < specialise:
                self.happens(doctor, SPECIALISE)
            elif u < specialise + work:
                self.happens(doctor, WORK)
            elif u < specialise + work + post:
                self.happens(doctor, POST)
            elif u < specialise + work + post + other:
                self.happens(doctor, OTHER)
            else:
                self.happens(doctor, ASK)
        while doctor.next <= self.end_of_month:
            self.dated(doctor)

    def visit(self, visitor: Traveller) -> None:
        """A month of a visitor from outside."""
        while visitor.trip <= self.end_of_month:
            self.exchanges.dated(visitor)

    def open_month(self, month: int) -> None:
        """A month begins that will end at `now`: its rates, and how many of the searches in it succeed."""
        self.month = month
        self.now = month * MONTH
        # Dates that were summed from months may lie a rounding error above the month's end.
        self.end_of_month = self.now + 1e-9
        self.rates = self.case.rates_at(self.now - 0.5 * MONTH, self.climate)
        random = self.luck.random
        for cadre, chance in enumerate(self.chances):
            self.found[cadre] = sum(random() < chance for _ in range(self.vacant[cadre]))

    def close_month(self) -> None:
        """Posts are filled, visitors ask to come, yearly events of the month's end happen, and the books are closed."""
        for cadre, found in enumerate(self.found):
            for _ in range(min(found, self.vacant[cadre])):
                self.fill(cadre)
        month = self.month % 12
        if month == self.case.class_month:
            self.new_class()
        if month == self.case.residency.month:
            self.intake()
        for i, programme in enumerate(self.streams):
            while self.arrivals[i] <= self.end_of_month:
                self.arrive(programme)
                self.arrivals[i] += self.luck.expovariate(programme.numbers.visitors)
        self.close_books()


class OneProcess(MonthlyHospital):
    """All doctors in one process."""

    def __init__(self, env: simpy.Environment, case: Case, founders: list[Founder], seed: int) -> None:
        super().__init__(case, founders, seed)
        env.process(self.months(env))

    def months(self, env: simpy.Environment) -> Generator[simpy.Event, Any, None]:
        """Month after month, everybody in turn."""
        live = self.live
        for month in range(1, self.case.months + 1):
            yield env.timeout(1)
            self.open_month(month)
            for doctor in list(self.doctors):
                live(doctor)
            for visitor in list(self.visitors):
                self.visit(visitor)
            self.close_month()


class ProcessEach(MonthlyHospital):
    """A process for each doctor, and one for the hospital."""

    def __init__(self, env: simpy.Environment, case: Case, founders: list[Founder], seed: int) -> None:
        self.env = env
        env.process(self.opening())
        super().__init__(case, founders, seed)
        env.process(self.closing())

    def begin(self, doctor: Doctor) -> None:
        """A doctor's process starts."""
        self.env.process(self.life(doctor))

    def life(self, doctor: Doctor) -> Generator[simpy.Event, Any, None]:
        """Month after month until retirement or death."""
        timeout, live, doctors = self.env.timeout, self.live, self.doctors
        yield self.first_month()
        live(doctor)
        while doctor in doctors:
            yield timeout(1)
            live(doctor)

    def first_month(self) -> simpy.Event:
        """The end of somebody's first month: newcomers enter half a beat after everyone else's month has ended."""
        now = self.env.now
        return self.env.timeout(math.floor(now) + 1.0 - now)

    def begin_visit(self, visitor: Traveller) -> None:
        """A visitor's process starts."""
        self.env.process(self.stay(visitor))

    def stay(self, visitor: Traveller) -> Generator[simpy.Event, Any, None]:
        """Month after month until the visitor has gone."""
        yield self.first_month()
        self.visit(visitor)
        while visitor in self.visitors:
            yield self.env.timeout(1)
            self.visit(visitor)

    def opening(self) -> Generator[simpy.Event, Any, None]:
        """Before anyone else's month."""
        for month in range(1, self.case.months + 1):
            yield self.env.timeout(1)
            self.open_month(month)

    def closing(self) -> Generator[simpy.Event, Any, None]:
        """After everyone else's month: half a beat later."""
        yield self.env.timeout(0.5)
        for _ in range(self.case.months):
            yield self.env.timeout(1)
            self.close_month()


def run_one(case: Case, founders: list[Founder], seed: int) -> dict[str, float]:
    """One run with a single process."""
    env = simpy.Environment()
    hospital = OneProcess(env, case, founders, seed)
    env.run()
    return hospital.outcomes()


def run_each(case: Case, founders: list[Founder], seed: int) -> dict[str, float]:
    """One run with a process a doctor."""
    env = simpy.Environment()
    hospital = ProcessEach(env, case, founders, seed)
    env.run(until=case.months + 0.75)
    return hospital.outcomes()
