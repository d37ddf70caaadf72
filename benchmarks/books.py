"""The end of a month as every peer shares it: work done, morale, and every payment from an account into another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from benchmarks.case import DOCTOR, SPECIALIST
from benchmarks.partnership import BooksCase
from benchmarks.visits import Programme

if TYPE_CHECKING:
    from benchmarks.hospital import Hospital

__all__ = ["Books"]

CADRES = (DOCTOR, SPECIALIST)
HOSPITAL, PARTNERSHIP, DONOR, PEOPLE, SUPPLIERS, PAYERS, LENDERS = range(7)
LEAST_WORK = 0.1


class Books:
    """What is counted of the hospital at the end of each month."""

    def __init__(self, hospital: Hospital, numbers: BooksCase) -> None:
        self.hospital, self.numbers = hospital, numbers
        self.month = 0
        self.noise = 0.0
        self.balance = [0.0] * 7
        self.balance[HOSPITAL] = numbers.cash
        self.discount = 1.0
        self.worth = 0.0
        """What the hospital received less what it spent, discounted to the start."""
        self.on_partners = 0.0
        """What it spent on the partnership and its programmes."""
        self.cost = {"residency": 0.0} | {p.numbers.name: 0.0 for p in hospital.exchanges.programmes}
        self.donated = dict.fromkeys(self.cost, 0.0)
        self.paid = {p: [0, 0.0] for p in hospital.exchanges.programmes}
        """Stays begun, and years on stays, that are in the books."""
        self.payroll_paid = 0.0
        self.payroll = self.payroll_at_start = self.count_payroll()
        self.morale = [numbers.level, numbers.level]
        self.given = [0.0, 0.0]
        self.effective = [0.0, 0.0]
        self.workload = [1.0, 1.0]
        self.hours_given = 0.0
        self.at_start = [1.0, 1.0]
        self.count_work(committees=False)
        self.at_start = self.workload

    def close(self) -> None:
        """A month ends."""
        self.month += 1
        self.count_work(committees=True)
        self.hours_given += sum(self.given) * self.numbers.hours / 12.0
        self.discount = (1.0 + self.numbers.discount) ** (-self.month / 12.0)
        self.pay_staff()
        self.pay_for_residency()
        for programme in self.hospital.exchanges.programmes:
            self.pay_for_exchange(programme)
        self.pay(HOSPITAL, PARTNERSHIP, self.numbers.contributes / 12.0, for_partners=True)
        self.earn()
        self.move_morale()

    def count_work(self, committees: bool) -> None:
        """The work done by each cadre, the time that it gives, and how heavy that makes the work."""
        h, q = self.hospital, self.numbers
        staff = sum(h.working)
        given = [q.committee * working / staff if committees and staff else 0.0 for working in h.working]
        effective = [float(working) for working in h.working]
        at_home = h.residents - h.residents_away
        effective[SPECIALIST] += at_home * q.service
        given[SPECIALIST] += at_home * q.teaching
        for programme in h.exchanges.programmes:
            n = programme.numbers
            if n.staff is not None:
                effective[n.staff] += programme.there * n.backfilled
            if n.host is not None:
                effective[n.host] += programme.there * n.work
                given[n.host] += programme.there * n.hosting
        taken = 1.0 - q.bought - q.donated
        self.given = given
        self.effective = [max(0.0, e - taken * g) for e, g in zip(effective, given, strict=True)]
        self.workload = [
            (q.required[c] + q.donated * given[c])
            / max(self.effective[c], LEAST_WORK * q.required[c])
            / self.at_start[c]
            for c in CADRES
        ]

    def move_morale(self) -> None:
        """Morale follows the conditions of the month."""
        h, q = self.hospital, self.numbers
        left = math.exp(-1.0 / 12.0 / q.follows)
        for c in CADRES:
            part = min(1.0, h.exchanges.took_part[c] / max(1, h.working[c] + h.exchanges.away[c]))
            target = min(1.0, max(0.0, q.level - q.workload * math.log2(self.workload[c]) + q.taking_part * part))
            self.morale[c] = target + (self.morale[c] - target) * left

    def pay(self, source: int, target: int, amount: float, for_partners: bool = False) -> None:
        """Move money from one account into another."""
        self.balance[source] -= amount
        self.balance[target] += amount
        sign = (target == HOSPITAL) - (source == HOSPITAL)
        if sign:
            self.worth += sign * amount * self.discount
            if for_partners and sign < 0:
                self.on_partners += amount

    def charge(self, programme: str, payer: int, target: int, amount: float, given: float, taken: float) -> None:
        """A programme has cost something; the donor, its successor and the payer pay their parts."""
        for source, part in ((DONOR, given), (HOSPITAL, taken), (payer, 1.0 - given - taken)):
            if part and source != PARTNERSHIP:
                self.pay(source, PARTNERSHIP, part * amount, for_partners=True)
        self.pay(PARTNERSHIP, target, amount, for_partners=True)
        self.cost[programme] += amount
        self.donated[programme] += given * amount

    def count_payroll(self) -> float:
        """Pay of a year: everyone who holds a post, and residents."""
        h, pay = self.hospital, self.numbers.pay
        staff = sum((h.working[c] + h.exchanges.away[c]) * pay[c] for c in CADRES)
        return staff + h.residents * pay[DOCTOR]

    def pay_staff(self) -> None:
        """Pay, recruitment, and time for partners that is bought out."""
        h, q = self.hospital, self.numbers
        self.payroll = self.count_payroll()
        self.payroll_paid += self.payroll / 12.0
        self.pay(HOSPITAL, PEOPLE, self.payroll / 12.0)
        for c in CADRES:
            self.pay(HOSPITAL, SUPPLIERS, h.hired[c] * q.recruitment * q.pay[c])
            h.hired[c] = 0
            self.pay(HOSPITAL, PEOPLE, q.bought * self.given[c] * q.pay[c] / 12.0, for_partners=True)

    def pay_for_residency(self) -> None:
        """Residents, visiting supervisors, and journeys to the partner."""
        h, q = self.hospital, self.numbers
        cost = (h.residents * q.resident_cost + q.visiting_cost) / 12.0 + h.rotations * q.rotation_cost
        h.rotations = 0
        self.charge("residency", HOSPITAL, SUPPLIERS, cost, 0.0, 0.0)

    def pay_for_exchange(self, programme: Programme) -> None:
        """Journeys begun, time spent there, and work bought in for the absent."""
        h, n = self.hospital, programme.numbers
        programme.change(h.now, 0)
        delivered, years = self.paid[programme]
        begun, spent = programme.count["delivered"] - delivered, programme.years - years
        self.paid[programme] = [programme.count["delivered"], programme.years]
        middle = (self.month - 0.5) / 12.0
        donor = n.donor
        given, taken = (donor.ready(middle), donor.successor(middle)) if donor is not None else (0.0, 0.0)
        cost = begun * n.travel_cost + spent * n.living_cost
        self.charge(n.name, PARTNERSHIP, SUPPLIERS, cost, given, taken)
        if n.staff is not None:
            instead = spent * n.backfilled * self.numbers.pay[n.staff] * n.backfill_pay
            self.charge(n.name, PARTNERSHIP, HOSPITAL, instead, given, taken)
            self.pay(HOSPITAL, PEOPLE, instead, for_partners=True)

    def earn(self) -> None:
        """Interest, income from care, and costs other than the pay of these posts."""
        q, luck = self.numbers, self.hospital.luck
        memory = q.margin_memory if self.month > 1 else 0.0
        self.noise = memory * self.noise + math.sqrt(1.0 - memory * memory) * luck.gauss()
        self.pay(LENDERS, HOSPITAL, self.balance[HOSPITAL] * ((1.0 + q.interest) ** (1.0 / 12.0) - 1.0))
        self.pay(PAYERS, HOSPITAL, q.revenue / 12.0)
        costs = q.revenue * (1.0 - q.margin - q.margin_sd * self.noise) - self.payroll_at_start
        self.pay(HOSPITAL, SUPPLIERS, costs / 12.0)

    def outcomes(self) -> dict[str, float]:
        """Work, morale and money at the end."""
        result = {f"{name}_cost": cost for name, cost in self.cost.items()}
        result |= {f"{name}_donated": self.donated[name] for name in self.cost if self.donated[name] > 0.0}
        for c, name in enumerate(("doctors", "specialists")):
            result[f"{name}_morale"] = self.morale[c]
            result[f"{name}_workload"] = self.workload[c]
            result[f"{name}_work_done"] = self.effective[c]
        result["hours_given"] = self.hours_given
        result["payroll"] = self.payroll
        result["payroll_paid"] = self.payroll_paid
        result["spent_on_partners"] = self.on_partners
        result["cash"] = self.balance[HOSPITAL]
        result["present_value"] = self.worth
        return result
