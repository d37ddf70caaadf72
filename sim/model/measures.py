"""What a report measures, one definition each: of cadres and training here, of institutions next door."""

from __future__ import annotations

from sim.engine.compiled import rule
from sim.engine.tables import NONE
from sim.model.care import coverage
from sim.model.kinds import Measure, Place
from sim.model.measures_institutions import of_party, of_unit
from sim.model.measures_money import money
from sim.model.state import World
from sim.model.training import supervisors_of
from sim.model.visits import count_months

__all__ = ["report", "rewrite"]


MONTHS = 12.0


@rule
def people_in(w: World, cadre: int, place: int) -> float:
    """People of a cadre in a place."""
    total = 0.0
    for group in range(len(w.groups)):
        g = w.groups[group]
        if g.cadre == cadre and g.place == place:
            total += g.count
    return total


@rule
def practising(w: World, t: float, cadre: int, years: int) -> float:
    """People of a cadre in post at public employers; or the person-years that they have spent there."""
    total = 0.0
    for unit in range(w.cadres[cadre].first_unit, w.cadres[cadre].last_unit):
        if w.units[unit].public:
            g = w.groups[w.units[unit].group]
            total += g.years + g.count * (t - g.since) if years else g.count
    return total


@rule
def trained_for(w: World, cadre: int, at_home: int) -> float:
    """People being trained to join a cadre, by programmes at home or abroad, or abroad on their own account."""
    total = 0.0
    for training in range(len(w.trainings)):
        g = w.trainings[training]
        if g.graduates_to == cadre and g.at_home == at_home:
            total += w.groups[g.abroad].count
            if at_home:
                total += w.groups[g.home].count
    if not at_home:
        for c in range(len(w.cadres)):
            if w.cadres[c].becomes == cadre:
                total += w.groups[w.cadres[c].self_training].count
    return total


@rule
def service(w: World, cadre: int, in_districts: int) -> float:
    """Clinical work done by residents in training for a cadre, in full-time equivalents of a specialist."""
    total = 0.0
    for training in range(len(w.trainings)):
        g = w.trainings[training]
        if g.graduates_to == cadre and g.at_home:
            districts = min(1.0, g.numbers.months_in_district / g.numbers.training_years)
            part = districts if in_districts else 1.0
            total += w.groups[g.home].count * g.numbers.service_by_residents * part
    return total


@rule
def vacant(w: World, cadre: int) -> float:
    """Funded posts of a cadre that nobody holds."""
    total = 0.0
    for unit in range(w.cadres[cadre].first_unit, w.cadres[cadre].last_unit):
        u = w.units[unit]
        for seat in range(u.first_seat, u.first_seat + min(u.seats, u.funded)):
            if w.seats[seat].holder == NONE:
                total += 1.0
    return total


@rule
def time_to_fill(w: World, cadre: int) -> float:
    """Mean months that the posts filled so far had been vacant; 0 when none was filled."""
    months = 0.0
    filled = 0
    for unit in range(w.cadres[cadre].first_unit, w.cadres[cadre].last_unit):
        months += w.units[unit].search_time * MONTHS
        filled += w.units[unit].filled
    return months / filled if filled > 0 else 0.0


@rule
def applications(w: World, t: float, cadre: int) -> float:
    """Applications to leave since the last report, per year and person in the country."""
    c = w.cadres[cadre]
    new = c.applied - c.applied_before
    c.applied_before = c.applied
    years = t - w.setting.last_report
    people = in_country(w, cadre)
    return new / years / people if years > 0.0 and people > 0.0 else 0.0


@rule
def in_country(w: World, cadre: int) -> float:
    """People of a cadre in the country, in working life."""
    total = 0.0
    for place in range(Place.ON_EXCHANGE + 1):
        total += people_in(w, cadre, place)
    return total


@rule
def stock(w: World, t: float, m: int, of: int) -> float:
    """A measure of a cadre that counts where people are now."""
    if m == Measure.IN_COUNTRY:
        return in_country(w, of)
    if m == Measure.PUBLIC_PRACTICE:
        return practising(w, t, of, 0)
    if m == Measure.WAITING:
        return people_in(w, of, Place.WAITING)
    if m == Measure.ELSEWHERE:
        return people_in(w, of, Place.ELSEWHERE)
    if m == Measure.IN_TRAINING:
        return trained_for(w, of, 1)
    if m == Measure.TRAINING_ABROAD:
        return trained_for(w, of, 0)
    if m == Measure.ABROAD:
        return people_in(w, of, Place.ABROAD) + people_in(w, of, Place.SETTLED)
    if m == Measure.VACANT_POSTS:
        return vacant(w, of)
    if m == Measure.CLINICAL_FTE:
        return practising(w, t, of, 0) + service(w, of, 0)
    if m == Measure.DISTRICT_FTE:
        return service(w, of, 1)
    if m == Measure.PUBLIC_YEARS:
        return practising(w, t, of, 1)
    if m == Measure.COVERAGE:
        return coverage(w, t, of)
    if m == Measure.APPLICATIONS:
        return applications(w, t, of)
    return time_to_fill(w, of)


@rule
def flow(w: World, m: int, of: int) -> float:
    """A measure of a cadre that counts what has happened since the start."""
    c = w.cadres[of]
    if m == Measure.EMIGRATED:
        return float(c.emigrated)
    if m == Measure.RETURNED:
        return float(c.returned)
    if m == Measure.LEFT_PUBLIC:
        return float(c.left_post)
    if m == Measure.REJOINED:
        return float(c.rejoined)
    if m == Measure.RETIRED:
        return float(c.retired)
    if m == Measure.DIED:
        return float(c.died)
    return float(c.defaulted)


@rule
def of_training(w: World, m: int, of: int) -> float:
    """A measure of a training programme."""
    g = w.trainings[of]
    if m == Measure.RESIDENTS:
        return float(w.groups[g.abroad].count + (w.groups[g.home].count if g.at_home else 0))
    if m == Measure.ADMITTED:
        return float(g.admitted)
    if m == Measure.DROPPED_OUT:
        return float(g.dropped_out)
    if m == Measure.NOT_RETURNED:
        return float(g.not_returned)
    total = 0.0
    for site in range(g.first_site, g.first_site + g.sites):
        total += supervisors_of(w, site)
    return total


@rule
def of_cohort(w: World, m: int, of: int) -> float:
    """A measure of a programme's graduates, all or those of some years."""
    c = w.cohorts[of]
    if m == Measure.GRADUATES:
        return float(c.graduated)
    if m == Measure.GRADUATES_IN_COUNTRY:
        return float(c.at_home)
    if m == Measure.FIRST_JOBS_AT_HOME:
        return float(c.first_jobs_at_home)
    if m == Measure.LEFT_LATER:
        return float(c.left)
    return c.years_before_leaving


@rule
def of_exchange(w: World, t: float, m: int, of: int) -> float:
    """A measure of an exchange."""
    e = w.exchanges[of]
    if m == Measure.ASKED:
        return float(e.asked)
    if m == Measure.REFUSED:
        return float(e.refused)
    if m == Measure.GAVE_UP:
        return float(e.gave_up)
    if m == Measure.DELIVERED:
        return float(e.delivered)
    if m == Measure.CUT_SHORT:
        return float(e.cut_short)
    if m == Measure.SETTLED_THERE:
        return float(e.not_returned)
    if m == Measure.IN_QUEUE:
        return float(w.lines[e.line].waiting)
    if m == Measure.THERE:
        return float(e.there)
    if m == Measure.QUEUE_MONTHS:
        return e.waited
    count_months(w, t, of)
    return e.months


@rule
def measure(w: World, t: float, m: int, of: int) -> float:
    """The value of a measure now."""
    if m >= Measure.PAYROLL:
        return money(w, t, m, of)
    if m >= Measure.AT_WORK and m <= Measure.HOURS_TAKEN:
        return of_unit(w, m, of)
    if m >= Measure.CLINICAL and m <= Measure.REPUTATION:
        return of_party(w, m, of)
    if m >= Measure.RESIDENTS and m <= Measure.SUPERVISORS:
        return of_training(w, m, of)
    if m >= Measure.GRADUATES and m <= Measure.YEARS_BEFORE_LEAVING:
        return of_cohort(w, m, of)
    if m >= Measure.ASKED and m <= Measure.QUEUE_MONTHS:
        return of_exchange(w, t, m, of)
    if m >= Measure.EMIGRATED and m <= Measure.DEFAULTED:
        return flow(w, m, of)
    return stock(w, t, m, of)


@rule
def report(w: World, t: float) -> None:
    """Write one row of the panel."""
    row = w.setting.reports * len(w.columns)
    for i in range(len(w.columns)):
        column = w.columns[i]
        w.panel[row + i] = measure(w, t, column.measure, column.of)
    w.setting.reports += 1
    w.setting.last_report = t


@rule
def rewrite(w: World, t: float) -> None:
    """Write what the latest report says of partnerships anew: its own figures have ended one."""
    row = (w.setting.reports - 1) * len(w.columns)
    for i in range(len(w.columns)):
        column = w.columns[i]
        if column.measure >= Measure.ACCOUNT:
            w.panel[row + i] = measure(w, t, column.measure, column.of)
