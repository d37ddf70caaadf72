"""The outcomes of money and of endings, and the ratios made of them; see `outcomes`."""

from __future__ import annotations

from sim.model.kinds import Cause, Measure
from sim.model.outcome import Outcome, Ratio
from sim.scenario import Scenario

__all__ = ["MONEY", "RATIOS", "measured_money"]

_M = Measure
PARTIES = [
    Outcome("payroll", _M.PAYROLL, "payroll", "USD a year", "neither", "5%",
            "Pay of a year for the staff whom the party pays, as they stood when the month was closed: everyone who "
            "holds a post, and residents in training at home.", "party"),
    Outcome("payroll_paid", _M.PAYROLL_PAID, "payroll paid", "USD", "neither", "5%",
            "Pay that the party has paid since the start.", "party"),
    Outcome("arrears", _M.ARREARS, "pay owed", "USD", "less", "10000",
            "Pay that is owed, because the budget did not reach.", "party"),
    Outcome("cash", _M.CASH, "cash", "USD", "more", "50000",
            "What is in the party's account. For a party that lives on a budget: what it has received less what it "
            "has spent.", "party"),
    Outcome("present_value", _M.PRESENT_VALUE, "present value", "USD", "more", "50000",
            "Everything received less everything spent since the start, discounted to the start at the party's rate.",
            "party"),
    Outcome("spent_on_partnership", _M.SPENT, "spent on partnerships", "USD", "less", "50000",
            "What the party has spent since the start on partnerships and programmes.", "party"),
    Outcome("received_from_partnership", _M.RECEIVED, "received from partnerships", "USD", "more", "50000",
            "What the party has received since the start from partnerships and programmes.", "party"),
    Outcome("insolvent", _M.INSOLVENT, "insolvent", "share of runs", "less", "0.01",
            "Whether the party has ever owed more than it can.", "party"),
    Outcome("training_lost", _M.TRAINING_LOST, "public training cost lost", "USD", "less", "5%",
            "What the public had spent on training those who have left the country since the start, counted at each "
            "departure.", "party"),
]  # fmt: skip

CADRES = [
    Outcome("local_cost", _M.LOCAL_COST, "cost of local staff", "USD", "neither", "5%",
            "Pay of the cadre's people in post since the start, and the cost of the programmes that train it."),
    Outcome("public_cost", _M.PUBLIC_COST, "cost of local staff without gifts", "USD", "less", "5%",
            "The cost of local staff since the start, less what donors gave for training."),
    Outcome("visiting_cost", _M.VISITING_COST, "cost of visitors", "USD", "neither", "5%",
            "The cost since the start of the exchanges under which visitors work beside the cadre."),
    Outcome("visiting_years", _M.VISITING_YEARS, "clinical work of visitors", "FTE-years", "neither", "1",
            "Years of clinical work done by visitors beside the cadre since the start, in full-time equivalents."),
]  # fmt: skip

PROGRAMMES = [
    Outcome("cost", _M.COST, "cost", "USD", "less", "5%",
            "What the programme has cost since the start, whoever paid.", "programme"),
    Outcome("funded", _M.FUNDED, "part that is paid for", "share", "more", "0.05",
            "The part of the programme's cost that a donor, a successor or its own payer pays now.", "programme"),
    Outcome("ran_on", _M.RAN_ON, "ran on", "share of runs", "more", "0.02",
            "Whether the programme took people in three years after its partnership ended, and somebody was in it.",
            "programme"),
    Outcome("observed", _M.OBSERVED, "seen for three years", "share of runs", "neither", "0.02",
            "Whether the run saw three years after the end of the programme's partnership.", "programme"),
]  # fmt: skip

CAUSES: dict[Cause, tuple[str, str]] = {
    Cause.GOALS_MET: ("ended: goals met", "all goals were met in time"),
    Cause.HANDED_OVER: ("ended: handed over", "the last donor's payments ended and enough of them is taken over"),
    Cause.EXPIRED: ("ended: term over", "the term of the contract was over"),
    Cause.NEVER_STARTED: ("ended: never started", "no programme had started in time"),
    Cause.FADED: ("ended: faded", "nobody had been in any programme for long"),
    Cause.FUNDER_EXIT: ("ended: funder left", "the last donor's payments ended and too little of them is taken over"),
    Cause.ACCOUNT_EXHAUSTED: ("ended: account empty", "its account was overdrawn further than agreed"),
    Cause.PARTY_INSOLVENT: ("ended: a party insolvent", "a party of it owed more than it can"),
    Cause.COVENANT: ("ended: covenant missed", "a party of it had too few days of cash, two months running"),
    Cause.TARGETS_MISSED: ("ended: goals missed", "a goal had not been met when the last one was due"),
    Cause.STRATEGIC_EXIT: ("ended: a party left", "a party had lost what it was willing to lose, and left"),
}

PARTNERSHIPS = [
    Outcome("account", _M.ACCOUNT, "account", "USD", "more", "10000",
            "What is in the partnership's own account.", "partnership"),
    Outcome("lasted", _M.LASTED, "time that it lasted", "years", "more", "0.5",
            "Time from the first programme's start until the partnership ended, or until now.", "partnership"),
    Outcome("ended", _M.ENDED, "ended", "share of runs", "neither", "0.02",
            "Whether the partnership has ended, for whatever cause.", "partnership"),
    Outcome("ended_well", _M.ENDED_WELL, "ended well", "share of runs", "more", "0.02",
            "Whether the partnership has ended because its goals were met or it was handed over.", "partnership"),
    Outcome("ended_badly", _M.ENDED_BADLY, "ended badly", "share of runs", "less", "0.02",
            "Whether the partnership has ended in failure; the end of an agreed term is none.", "partnership"),
    *(
        Outcome(f"ended_{cause.name.lower()}", _M.ENDED_BY + cause, label, "share of runs",
                "more" if cause <= Cause.HANDED_OVER else "neither" if cause == Cause.EXPIRED else "less", "0.02",
                f"Whether the partnership has ended because {why}.", "partnership")
        for cause, (label, why) in CAUSES.items()
    ),
]  # fmt: skip

MONEY = [*PARTIES, *CADRES, *PROGRAMMES, *PARTNERSHIPS]
"""Every outcome of money and of endings."""

RATIOS = {
    r.name: r
    for r in [
        Ratio("cost_per_graduate", "cost", "graduates", "cost per graduate", "USD", "less",
              "The cost of a training programme over its graduates, both since the start."),
        Ratio("mean_years_before_leaving", "years_before_leaving", "left_later", "years at home before leaving",
              "years", "more", "Years at home between graduation and departure, over the graduates who left later."),
        Ratio("local_cost_per_year", "local_cost", "public_years", "cost per specialist-year, local", "USD", "less",
              "The cost of local staff, training included, over their years of public practice since the start."),
        Ratio("visiting_cost_per_year", "visiting_cost", "visiting_years", "cost per specialist-year, visiting", "USD",
              "less", "The cost of visitors over their years of clinical work since the start."),
        Ratio("years_per_public_dollar", "public_years", "public_cost", "specialist-years per public dollar",
              "person-years per USD", "more",
              "Years of public practice over the cost of local staff without gifts since the start."),
    ]
}  # fmt: skip
"""Ratios by name. Analyses divide sums over runs, not run by run."""


def measured_money(s: Scenario, metric: str, entity: str) -> bool:
    """Whether a file says enough for an outcome of money to be more than a column of zeros."""
    if metric in ("payroll", "payroll_paid"):
        return pays_staff(s, entity)
    if metric == "arrears":
        return pays_staff(s, entity) and s.parties[entity].finance.budget is not None
    if metric == "insolvent":
        return s.parties[entity].finance.kind == "earning"
    if metric == "training_lost":
        return s.parties[entity].kind == "ministry" or pays_staff(s, entity)
    if metric == "funded":
        return s.programmes[entity].donor is not None
    if metric in ("ran_on", "observed"):
        return bool(s.partnerships)
    return True


def pays_staff(s: Scenario, party: str) -> bool:
    """Whether a party pays people of this file."""
    return any((one.paid_by or name) == party and one.posts for name, one in s.parties.items())
