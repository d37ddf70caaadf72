"""Reading the peers' numbers of exchanges, work, morale and money off a benchmark scenario."""

from __future__ import annotations

from benchmarks.partnership import BooksCase, DonorCase, ExchangeCase
from sim.engine.tables import NONE
from sim.model.kinds import CAUSES, FIRST_CAUSE, Kind
from sim.model.simulate import Worker
from sim.scenario import Scenario
from sim.scenario.exchange import Exchange
from sim.scenario.funding import Donor
from sim.scenario.training import Training

__all__ = ["read_books", "read_exchanges"]

CADRES = ("doctor", "specialist")


def read_exchanges(s: Scenario, worker: Worker) -> tuple[ExchangeCase, ...]:
    """The exchange programmes.

    Raises:
        AssertionError: one is paid for or staffed in a way that the peers do not model.
    """
    found = {name: p for name, p in s.programmes.items() if isinstance(p, Exchange)}
    settles = [settle_rate(worker, int(row["group"])) for row in worker.memory.tables["exchanges"]]
    assert sum(p.cadre is not None for p in found.values()) <= 1
    return tuple(
        read_exchange(s, name, found[name], settle)
        for name, settle in zip(worker.cell.blueprint.exchanges, settles, strict=True)
    )


def settle_rate(worker: Worker, group: int) -> float:
    """The hazard of settling of the people on an exchange; 0 for visitors, who are of no group."""
    if group == NONE:
        return 0.0
    tables = worker.memory.tables
    clock = int(tables["exposed"][(group * len(CAUSES) + Kind.SETTLE - FIRST_CAUSE) * 2])
    return float(tables["clocks"]["rate"][clock])


def read_exchange(s: Scenario, name: str, p: Exchange, settle: float) -> ExchangeCase:
    """An exchange programme's numbers."""
    assert p.paid_by is None and (p.supports is None or p.supports == "residency")
    names = (
        "willing", "visitors", "places", "per_supervisor", "patience", "stay", "stay_varies", "early_end",
        "settle_grace", "debrief", "effect_lasts", "effect_leaving", "backfilled", "travel_cost", "backfill_pay",
    )  # fmt: skip
    return ExchangeCase(
        name=name,
        staff=None if p.cadre is None else CADRES.index(p.cadre),
        host=None if p.host_cadre is None else CADRES.index(p.host_cadre),
        papers=max(p.visa.takes, p.licence.takes),
        granted=(1.0 - p.visa.refused) * (1.0 - p.licence.refused),
        settle=settle,
        supervises=0.0 if p.supports is None else p.supervises,
        work=p.permitted * max(0.0, 1.0 - p.orientation / p.stay),
        hosting=p.host_hours / s.work.week,
        living_cost=p.living_cost + p.duty_of_care,
        donor=None if p.donor is None else read_donor(s, p.donor),
        **{field: getattr(p, field) for field in names},
    )


def read_donor(s: Scenario, donor: Donor) -> DonorCase:
    """A donor's terms."""
    assert donor.ends is not None and donor.taken_over_by == "hospital"
    return DonorCase(donor.ends - s.start, donor.taper, donor.share, donor.delay)


def read_books(s: Scenario, training: Training) -> BooksCase:
    """The numbers of work, morale and money.

    Raises:
        AssertionError: something is written of money that the peers do not model.
    """
    party, work, morale = s.parties["hospital"], s.work, s.morale
    (agreement,) = s.partnerships.values()
    money, people = party.finance, [s.people[name] for name in CADRES]
    assert money.kind == "earning" and money.margin_noise == "normal" and agreement.account == 0.0
    assert work.bought_out + work.donated <= 1.0 and all(c.pay_growth_home == 0.0 for c in people)
    assert training.paid_by == "hospital" and training.places_per_year > 0.0
    districts = min(1.0, training.months_in_district / training.training_years)
    required = [p.established if p.required is None else p.required for p in (party.posts[name] for name in CADRES)]
    fields = ("cash", "revenue", "margin", "margin_sd", "margin_memory", "interest", "discount", "recruitment")
    return BooksCase(
        required=(required[0], required[1]),
        bought=work.bought_out,
        donated=work.donated,
        hours=work.week * work.weeks,
        teaching=work.teaching / work.week,
        committee=agreement.committee / work.week,
        service=training.service_by_residents * (1.0 - districts),
        pay=(people[0].pay_home, people[1].pay_home),
        resident_cost=training.resident_cost,
        rotation_cost=training.rotation_cost,
        visiting_cost=training.visiting_supervisors * training.visiting_cost,
        contributes=agreement.parties["hospital"].contributes,
        level=morale.level,
        follows=morale.follows,
        workload=morale.workload,
        taking_part=morale.taking_part,
        leaving=morale.leaving,
        **{field: getattr(money, field) for field in fields},
    )
