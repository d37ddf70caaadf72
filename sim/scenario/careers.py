"""What a planner writes about people's working lives: one block a cadre."""

from __future__ import annotations

from sim.scenario.block import (
    Block,
    CadreName,
    Count,
    CountryName,
    Factor,
    Growth,
    Money,
    Months,
    Number,
    Rate,
    Share,
    Years,
)

__all__ = ["Careers", "Gone", "SpecialiseAbroad"]


class Gone(Block):
    """A share of people gone after a time, as cohort studies publish it: `{gone: 50%, after: 4.5 years}`.

    The share is marginal: it counts everyone, the restless and the settled, under the other ways of leaving.
    """

    gone: Share
    """The share of a cohort that has left."""
    after: Years
    """The time since the cohort started."""


class SpecialiseAbroad(Block):
    """Training abroad that people arrange for themselves."""

    years: Years
    """How long it takes."""
    return_home: Share
    """The share that comes back when it ends; those who come late are counted in."""


class Careers(Block):
    """One cadre of one country: how long its people stay, why they leave, where they go."""

    country: CountryName
    """The country whose cadre this is."""
    trained_from: CadreName | None = None
    """The cadre from which these specialists are trained; they leave to work abroad as often as that cadre
    does, unless `leave_country` is given here."""
    entry_age: Years
    """Mean age of a newcomer to the cadre."""
    entry_age_sd: Years
    """Standard deviation of that age."""
    retirement_age: Years
    """Mean age at which people retire."""
    retirement_age_sd: Years
    """Standard deviation of that age; 0 where retirement is compulsory."""
    mortality_at_40: Rate
    """Deaths per person-year at age 40 (Gompertz)."""
    mortality_doubles: Years
    """Years of age over which mortality doubles."""
    frailty: Factor
    """Variance of the gamma frailty (mean 1) that multiplies a person's leaving causes; 0 for none."""
    leave_country: Gone | None = None
    """People who have left the country, as a cohort study counts them: to specialise and to work together."""
    leave_to_specialise: Share
    """The part of leaving the country that a training place at home removes."""
    leave_post: Gone
    """People who have left public practice for other work at home."""
    rejoin: Rate
    """Return from other work at home to public practice."""
    return_home: Rate
    """Return from abroad of those who left on their own account."""
    preparing: Months
    """Time between an application to leave and departure."""
    withdrawn: Share
    """The share of applications to leave that are withdrawn."""
    waiting_leave: Factor
    """How many times faster people leave for work abroad while they wait for a post."""
    give_up_waiting: Rate
    """People waiting for a post who turn to other work at home."""
    pay_home: Money
    """Pay of a year at home at the start."""
    pay_abroad: Money
    """Pay of a year at the destinations at the start."""
    pay_growth_home: Growth
    """Real growth of pay at home, per year."""
    pay_growth_abroad: Growth
    """Real growth of pay at the destinations, per year."""
    pay_elasticity: Number
    """Change of log leaving for work abroad per unit of log(pay abroad / pay at home)."""
    degree_usable_abroad: Share
    """The share of the cadre's founders and newcomers whose credential is accepted at the destinations."""
    unusable_degree_leaving: Factor
    """How many times as fast those leave for work abroad whose credential is not accepted there."""
    training_cost: Money
    """What the public has spent on training one person of the cadre; lost when that person leaves the country."""
    need: Count | None = None
    """Full-time equivalents per 100,000 people that the population needs; coverage is not worked out unless given."""
    end_of_bond: Years
    """At the end of a debt of service, this many years of leaving for work abroad happen at once."""
    specialise_abroad: SpecialiseAbroad
    """What happens to those who leave to specialise."""
