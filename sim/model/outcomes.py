"""The outcomes: one definition each, with its unit, its direction, and the smallest difference that matters.

An outcome is named after what it is measured of: `country.cadre.metric`, `party.cadre.metric` for an employer's posts,
`country.cadre.programme.metric` for training (the cadre is the one that its graduates join),
`sender.programme.metric` for an exchange, `party.metric`, `partnership.metric`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sim.model.kinds import Measure
from sim.model.outcome import Of, Outcome
from sim.model.outcomes_money import MONEY, RATIOS, measured_money
from sim.scenario import Scenario
from sim.scenario.training import Training, cohort_names

__all__ = ["OUTCOMES", "RATIOS", "Column", "Outcome", "cohorts", "names", "outcome_of"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the reports: an outcome of one entity.

    Attributes:
        name: its full name.
        measure: the rule that measures it.
        of: what kind of entity it is measured of.
        entity: which one.
    """

    name: str
    measure: int
    of: Of
    entity: str


_M = Measure
OUTCOMES: dict[str, Outcome] = {
    o.metric: o
    for o in [
        Outcome("in_country", _M.IN_COUNTRY, "in the country", "people", "more", "5%",
                "People of the cadre in the country and of working life: in post, waiting, other work, in training."),
        Outcome("public_practice", _M.PUBLIC_PRACTICE, "in public practice", "people", "more", "5%",
                "People of the cadre at work in a post of a public employer; those preparing to leave included."),
        Outcome("clinical_fte", _M.CLINICAL_FTE, "clinical full-time equivalents", "FTE", "more", "5%",
                "Public practice, and the clinical work of residents in training at home."),
        Outcome("district_fte", _M.DISTRICT_FTE, "residents' work in districts", "FTE", "more", "1",
                "Clinical work of residents during the months of training that they spend in district hospitals."),
        Outcome("waiting", _M.WAITING, "waiting for a post", "people", "less", "1",
                "People of the cadre who look for a post, or are promised one and wait for clearance."),
        Outcome("elsewhere", _M.ELSEWHERE, "in other work at home", "people", "neither", "1",
                "People of the cadre in the country, outside public practice: private, projects, not practising."),
        Outcome("in_training", _M.IN_TRAINING, "in training at home", "people", "more", "1",
                "People being trained at home to join the cadre, their months at a partner abroad included."),
        Outcome("training_abroad", _M.TRAINING_ABROAD, "in training abroad", "people", "neither", "1",
                "People being trained abroad to join the cadre, sent by a programme or on their own account."),
        Outcome("abroad", _M.ABROAD, "abroad", "people", "less", "5%",
                "People of the cadre, from this country, who live abroad after leaving or after settling there."),
        Outcome("vacant_posts", _M.VACANT_POSTS, "vacant posts", "posts", "less", "1",
                "Posts of the cadre that are established and funded, and that nobody holds or is promised."),
        Outcome("time_to_fill", _M.TIME_TO_FILL, "time to fill a post", "months", "less", "1",
                "Mean time for which the posts filled since the start had been vacant; 0 if none was filled."),
        Outcome("public_years", _M.PUBLIC_YEARS, "years of public practice", "person-years", "more", "5%",
                "Person-years of the cadre at work in posts of public employers since the start."),
        Outcome("applications_to_leave", _M.APPLICATIONS, "applications to leave", "per person-year", "less", "0.005",
                "Applications to leave the country in the last quarter, per year and person in the country."),
        Outcome("emigrated", _M.EMIGRATED, "left the country", "people", "less", "5%",
                "Departures from the country since the start, of people who then were of the cadre."),
        Outcome("returned", _M.RETURNED, "came back", "people", "more", "1",
                "Returns to the country since the start, after training or work abroad."),
        Outcome("left_public", _M.LEFT_PUBLIC, "left public practice for other work", "people", "less", "1",
                "People who left a public post for other work at home since the start."),
        Outcome("rejoined", _M.REJOINED, "rejoined public practice", "people", "more", "1",
                "People who came back to public practice from other work at home since the start."),
        Outcome("retired", _M.RETIRED, "retired", "people", "neither", "1",
                "People of the cadre who retired since the start, wherever they were."),
        Outcome("died", _M.DIED, "died before retirement", "people", "less", "1",
                "People of the cadre who died since the start, before they retired, wherever they were."),
        Outcome("defaulted", _M.DEFAULTED, "left owing service", "people", "less", "1",
                "People who left the country or public practice since the start while they owed service."),
        Outcome("coverage", _M.COVERAGE, "need for care that is met", "share", "more", "0.02",
                "The part of the population's need for the cadre that is met: work times its quality, saturating."),
        Outcome("at_work", _M.AT_WORK, "people at work", "people", "more", "5%",
                "People at work in these posts; those on an exchange are not.", "unit"),
        Outcome("work_done", _M.WORK_DONE, "work done", "FTE", "more", "5%",
                "People at work, residents and visitors as far as they do clinical work, and what is bought in, less "
                "the time taken from patients.", "unit"),
        Outcome("shortage", _M.SHORTAGE, "shortage", "share", "less", "0.05",
                "The part of the work needed that is not done.", "unit"),
        Outcome("workload", _M.WORKLOAD, "workload", "times the start", "less", "0.1",
                "Work needed and donated, per work done, relative to the start.", "unit"),
        Outcome("morale", _M.MORALE, "morale", "from 0 to 1", "more", "0.05",
                "Morale of the staff, which follows their conditions.", "unit"),
        Outcome("hours_bought_out", _M.HOURS_BOUGHT_OUT, "hours given, bought out", "hours", "neither", "1000",
                "Working hours given to visitors, residents, committees and stays elsewhere since the start that were "
                "replaced by paid work.", "unit"),
        Outcome("hours_donated", _M.HOURS_DONATED, "hours given, donated", "hours", "less", "1000",
                "Hours given since the start that staff worked beyond their time.", "unit"),
        Outcome("hours_taken", _M.HOURS_TAKEN, "hours given, taken from patients", "hours", "less", "1000",
                "Hours given since the start that patients at home went without.", "unit"),
        Outcome("capability_clinical", _M.CLINICAL, "clinical capability", "from 0 to 1", "more", "0.02",
                "What the institution can do in the care of patients.", "party"),
        Outcome("capability_education", _M.EDUCATION, "capability in education", "from 0 to 1", "more", "0.02",
                "What the institution can do in teaching.", "party"),
        Outcome("capability_research", _M.RESEARCH, "capability in research", "from 0 to 1", "more", "0.02",
                "What the institution can do in research.", "party"),
        Outcome("reputation", _M.REPUTATION, "reputation", "from 0 to 1", "more", "0.02",
                "How well the institution is thought of.", "party"),
        Outcome("graduates", _M.GRADUATES, "graduates", "people", "more", "5%",
                "Graduates of the programme since the start.", "cohort"),
        Outcome("graduates_in_country", _M.GRADUATES_IN_COUNTRY, "graduates in the country", "people", "more", "5%",
                "Graduates of the programme who are not abroad; those who retired or died at home are counted.",
                "cohort"),
        Outcome("first_jobs_at_home", _M.FIRST_JOBS_AT_HOME, "first jobs at home", "people", "more", "5%",
                "Graduates of the programme who did not go abroad as they graduated, or stay there.", "cohort"),
        Outcome("left_later", _M.LEFT_LATER, "left after a first job at home", "people", "less", "5%",
                "Graduates of the programme who began at home and have left the country since, be it for training.",
                "cohort"),
        Outcome("years_before_leaving", _M.YEARS_BEFORE_LEAVING, "years at home before leaving", "person-years",
                "more", "5%",
                "Years from graduation to the departure of those who left later, summed over them.", "cohort"),
        Outcome("residents", _M.RESIDENTS, "residents", "people", "more", "1",
                "People in training in the programme.", "training"),
        Outcome("admitted", _M.ADMITTED, "admitted", "people", "more", "1",
                "People admitted to the programme since the start.", "training"),
        Outcome("dropped_out", _M.DROPPED_OUT, "dropped out", "people", "less", "1",
                "People who gave up training in the programme since the start.", "training"),
        Outcome("not_returned", _M.NOT_RETURNED, "did not return", "people", "less", "1",
                "People who settled abroad at the end of a stay that the programme sent them on.", "training"),
        Outcome("supervisors", _M.SUPERVISORS, "supervisors", "people", "more", "1",
                "Supervisors at the programme's schools: their specialists at work, and partners' visitors.",
                "training"),
        Outcome("asked", _M.ASKED, "asked to go", "people", "neither", "1",
                "Requests to go on the exchange since the start, by staff or by visitors from outside.", "exchange"),
        Outcome("refused", _M.REFUSED, "refused", "people", "less", "1",
                "Requests refused since the start for want of a visa or a licence.", "exchange"),
        Outcome("gave_up", _M.GAVE_UP, "gave up waiting", "people", "less", "1",
                "People whose patience ran out in the exchange's queue since the start.", "exchange"),
        Outcome("delivered", _M.DELIVERED, "stays begun", "people", "more", "1",
                "Stays begun under the exchange since the start.", "exchange"),
        Outcome("cut_short", _M.CUT_SHORT, "stays cut short", "people", "less", "1",
                "Stays that ended before their term since the start.", "exchange"),
        Outcome("settled_there", _M.SETTLED_THERE, "did not come back", "people", "less", "1",
                "Staff who settled abroad at the end of a stay on the exchange, since the start.", "exchange"),
        Outcome("exchange_months", _M.EXCHANGE_MONTHS, "months of exchange", "person-months", "more", "5%",
                "Months spent on stays under the exchange since the start.", "exchange"),
        Outcome("in_queue", _M.IN_QUEUE, "in the queue", "people", "less", "1",
                "People who have papers and wait for a place and a supervisor.", "exchange"),
        Outcome("there", _M.THERE, "on a stay", "people", "neither", "1",
                "People who are on a stay under the exchange.", "exchange"),
        Outcome("queue_months", _M.QUEUE_MONTHS, "months in the queue", "person-months", "less", "1",
                "Months that those who have left the queue had spent in it, since the start.", "exchange"),
        *MONEY,
    ]
}  # fmt: skip
"""Every outcome by its metric."""

COHORT = re.compile(r"_(\d{4})_(\d{4})$", re.ASCII)
"""What the metric of a cohort of some years ends in."""


def names(scenario: Scenario) -> Iterator[Column]:
    """The outcomes of a scenario, in the order of the table."""
    for of, entity, prefix in entities(scenario):
        for o in OUTCOMES.values():
            if o.of == of and measured(scenario, o, entity):
                yield Column(f"{prefix}.{o.metric}{years(of, entity)}", o.measure, of, entity)


def years(of: Of, entity: str) -> str:
    """What a metric's name ends in: the years of a cohort that is not all graduates."""
    _, dot, cohort = entity.partition(".")
    return f"_{cohort}" if of == "cohort" and dot else ""


def cohorts(s: Scenario) -> list[str]:
    """The cohorts of a scenario: a programme's name for all its graduates, `programme.2004_2008` for those of years."""
    found: list[str] = []
    for name, programme in s.programmes.items():
        if isinstance(programme, Training):
            found += [name, *(f"{name}.{years}" for years in cohort_names(programme.cohorts))]
    return found


def entities(s: Scenario) -> Iterator[tuple[Of, str, str]]:
    """What outcomes are measured of: the kind of entity, its name, and what stands before the metric."""
    for cadre, careers in s.people.items():
        yield "cadre", cadre, f"{careers.country}.{cadre}"
        for party in s.parties:
            if cadre in s.parties[party].posts:
                yield "unit", f"{party}.{cadre}", f"{party}.{cadre}"
    for name, programme in s.programmes.items():
        if isinstance(programme, Training):
            prefix = f"{s.people[programme.graduates].country}.{programme.graduates}.{name}"
            for cohort in cohorts(s):
                if cohort.partition(".")[0] == name:
                    yield "cohort", cohort, prefix
            yield "training", name, prefix
        else:
            prefix = f"{programme.sends}.{name}"
            yield "exchange", name, prefix
        yield "programme", name, prefix
    for party in s.parties:
        yield "party", party, party
    for partnership in s.partnerships:
        yield "partnership", partnership, partnership


def measured(s: Scenario, o: Outcome, entity: str) -> bool:
    """Whether a file says enough for an outcome to be measured."""
    if o.metric == "coverage":
        careers = s.people[entity]
        return careers.need is not None and s.countries[careers.country].population is not None
    if o.metric.startswith("capability") or o.metric == "reputation":
        return bool(s.parties[entity].posts) or entity in partners(s)
    return measured_money(s, o.metric, entity)


def partners(s: Scenario) -> set[str | None]:
    """The institutions that take part in a programme."""
    found: set[str | None] = set()
    for programme in s.programmes.values():
        found |= {programme.partner} if isinstance(programme, Training) else {programme.sends, programme.hosts}
    return found


def outcome_of(name: str) -> Outcome:
    """The definition behind an outcome's full name.

    Raises:
        KeyError: no outcome is called that.
    """
    metric = name.rsplit(".", 1)[-1]
    cohort = COHORT.search(metric)
    found = OUTCOMES.get(metric[: cohort.start()]) if cohort else None
    if cohort is None or found is None or found.of != "cohort":
        return OUTCOMES[metric]
    span = f"{cohort[1]} to {cohort[2]}"
    definition = f"{found.definition} Only those who graduated from {span}."
    return replace(found, metric=metric, label=f"{found.label}, {span}", definition=definition)
