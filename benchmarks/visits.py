"""Exchanges as every peer shares them: requests, papers, the queue, the stay, and what is left of it afterwards.

Each of these is one date at a time in a traveller's life. Whatever is memoryless in between (patience, an early end,
settling) is drawn when its phase begins, so that no other process has to watch for it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from benchmarks.case import IN_POST, NEVER, NO_MOTIVE, ON_EXCHANGE, SETTLED, Case
from benchmarks.doctor import AFTER, DEBRIEF, HOME, PAPERS, QUEUE, STAY, Doctor, Traveller
from benchmarks.partnership import ExchangeCase

if TYPE_CHECKING:
    from benchmarks.careers import Careers

__all__ = ["COUNTED", "Exchanges", "Programme"]

COUNTED = ("asked", "refused", "gave_up", "delivered", "cut_short", "not_returned")


class Programme:
    """An exchange programme: its queue, who is there, and what has happened."""

    def __init__(self, numbers: ExchangeCase) -> None:
        self.numbers = numbers
        self.queue: deque[Traveller] = deque()
        self.there = 0
        self.since = 0.0
        self.years = 0.0
        """Years spent on stays, up to `since`."""
        self.waited = 0.0
        """Years in the queue of those who have left it."""
        self.count = dict.fromkeys(COUNTED, 0)

    def change(self, now: float, by: int) -> None:
        """Somebody arrives, goes, or neither: bring the years on stays up to date."""
        self.years += self.there * (now - self.since)
        self.since = now
        self.there += by


class Exchanges:
    """The hospital's exchange programmes."""

    def __init__(self, hospital: Careers, case: Case) -> None:
        self.hospital = hospital
        self.programmes = [Programme(numbers) for numbers in case.exchanges]
        self.own = next((p for p in self.programmes if p.numbers.staff is not None), None)
        self.hosted = [[p for p in self.programmes if p.numbers.host == cadre] for cadre in (0, 1)]
        self.away = [0, 0]
        self.took_part = [0, 0]

    def meet(self, doctor: Doctor) -> None:
        """Somebody comes into being who may be one of those who would ever go."""
        if self.own is not None:
            doctor.asks = doctor.willing = float(self.hospital.luck.random() < self.own.numbers.willing)

    def visiting_supervisors(self) -> float:
        """Visitors who supervise residents, in full-time supervisors."""
        return sum(p.there * p.numbers.supervises for p in self.programmes)

    def ask(self, doctor: Doctor) -> None:
        """Somebody of the staff would like to go."""
        assert self.own is not None
        doctor.asks = 0.0
        self.apply(doctor, self.own)

    def apply(self, traveller: Traveller, programme: Programme) -> None:
        """Visa and licence are asked for together."""
        programme.count["asked"] += 1
        traveller.programme = programme
        traveller.phase = PAPERS
        traveller.trip = self.hospital.now + programme.numbers.papers

    def dated(self, traveller: Traveller) -> None:
        """The present phase ends."""
        programme, phase = traveller.programme, traveller.phase
        assert programme is not None
        if phase == PAPERS:
            self.answered(traveller, programme)
        elif phase == QUEUE:
            programme.count["gave_up"] += 1
            self.drop(traveller)
        elif phase == STAY:
            self.stay_ends(traveller, programme)
        elif phase == DEBRIEF and isinstance(traveller, Doctor):
            traveller.phase = AFTER
            traveller.restless = traveller.frailty * programme.numbers.effect_leaving
            traveller.trip = self.hospital.now + programme.numbers.effect_lasts
        else:
            self.drop(traveller)

    def answered(self, traveller: Traveller, programme: Programme) -> None:
        """The answers are there: into the queue, or refused."""
        hospital, numbers = self.hospital, programme.numbers
        if hospital.luck.random() >= numbers.granted:
            programme.count["refused"] += 1
            self.drop(traveller)
            return
        traveller.phase = QUEUE
        traveller.since = hospital.now
        traveller.trip = hospital.now + hospital.span(hospital.luck.expovariate(1.0 / numbers.patience))
        programme.queue.append(traveller)
        self.serve(programme)

    def has_room(self, programme: Programme) -> bool:
        """Whether a place and a supervisor are free together."""
        hospital, numbers = self.hospital, programme.numbers
        if programme.there + 1 > numbers.places * numbers.funded(hospital.now) + 1e-9:
            return False
        if numbers.host is None:
            return True
        guests = sum(p.there for p in self.hosted[numbers.host])
        return guests + 1 <= numbers.per_supervisor * hospital.working[numbers.host] + 1e-9

    def serve(self, programme: Programme) -> None:
        """Whoever is at the head of the queue goes, while there is room."""
        while programme.queue and self.has_room(programme):
            self.begin_stay(programme)

    def serve_hosts(self, cadre: int) -> None:
        """One more of a cadre is at work, who can look after somebody."""
        for programme in self.hosted[cadre]:
            self.serve(programme)

    def begin_stay(self, programme: Programme) -> None:
        """The head of the queue goes; a member of staff keeps the post."""
        hospital, luck, numbers = self.hospital, self.hospital.luck, programme.numbers
        traveller = programme.queue.popleft()
        programme.waited += hospital.now - traveller.since
        programme.count["delivered"] += 1
        programme.change(hospital.now, 1)
        varies = numbers.stay_varies**2
        years = luck.gammavariate(1.0 / varies, numbers.stay * varies) if varies > 0.0 else numbers.stay
        early = luck.expovariate(numbers.early_end) if numbers.early_end > 0.0 else NEVER
        traveller.phase = STAY
        traveller.cut_short = early < years
        traveller.settled = False
        if numbers.settle > 0.0:
            traveller.settled = numbers.settle_grace + luck.expovariate(numbers.settle) < min(years, early)
        traveller.trip = hospital.now + hospital.span(min(years, early))
        if isinstance(traveller, Doctor):
            hospital.working[traveller.cadre] -= 1
            self.away[traveller.cadre] += 1
            self.took_part[traveller.cadre] += 1
            traveller.place = ON_EXCHANGE
            traveller.look_ahead()
        hospital.changed(traveller)

    def stay_ends(self, traveller: Traveller, programme: Programme) -> None:
        """Back to work, or settled there; visitors are gone."""
        hospital = self.hospital
        programme.count["cut_short"] += traveller.cut_short
        if not isinstance(traveller, Doctor):
            self.drop(traveller)
        elif traveller.settled:
            programme.count["not_returned"] += 1
            hospital.count["emigrated"] += 1
            hospital.free(traveller)
            traveller.motive = NO_MOTIVE
            traveller.depart = NEVER
            hospital.vacate(traveller)
            traveller.place = SETTLED
        else:
            traveller.phase = DEBRIEF
            traveller.trip = hospital.now + programme.numbers.debrief
            self.leave_place(traveller, programme)
            traveller.place = IN_POST
            hospital.working[traveller.cadre] += 1
            self.serve_hosts(traveller.cadre)

    def leave_place(self, traveller: Traveller, programme: Programme) -> None:
        """A place is free for the next in the queue."""
        programme.change(self.hospital.now, -1)
        if isinstance(traveller, Doctor):
            self.away[traveller.cadre] -= 1
        self.serve(programme)

    def drop(self, traveller: Traveller) -> None:
        """Nothing more comes of an exchange, however far it was."""
        programme, phase = traveller.programme, traveller.phase
        assert programme is not None
        traveller.phase = HOME
        traveller.trip = NEVER
        if isinstance(traveller, Doctor):
            traveller.asks = traveller.willing
            traveller.restless = traveller.frailty
            if phase >= STAY:
                self.took_part[traveller.cadre] -= 1
        else:
            self.hospital.departed(traveller)
        if phase == QUEUE:
            programme.queue.remove(traveller)
            programme.waited += self.hospital.now - traveller.since
        elif phase == STAY:
            self.leave_place(traveller, programme)

    def outcomes(self) -> dict[str, float]:
        """What has happened, and who is there or waits at the end."""
        result: dict[str, float] = {}
        for programme in self.programmes:
            programme.change(self.hospital.now, 0)
            name = programme.numbers.name
            result |= {f"{name}_{key}": float(value) for key, value in programme.count.items()}
            result[f"{name}_in_queue"] = float(len(programme.queue))
            result[f"{name}_months"] = programme.years * 12.0
            result[f"{name}_queue_months"] = programme.waited * 12.0
        return result
