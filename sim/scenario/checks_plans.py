"""What must hold of shocks and of contingency actions for them to be able to happen."""

from __future__ import annotations

from sim.scenario.checks_partners import with_donor
from sim.scenario.plain import Plain, at, each, items
from sim.scenario.problems import shown
from sim.scenario.report import Report

__all__ = ["check_plans"]

OF_PROGRAMMES = ("donor gives notice", "funding ends", "partnership ends")
BEGINS = " begins"


def check_plans(plain: Plain, report: Report) -> None:
    """Notes what is wrong with the shocks of futures and the actions of plans."""
    for _, future, path in each(plain, "futures"):
        for i, shock in items(future, "shocks"):
            _shock(plain, report, shock, f"{path}.shocks.{i}")
    for _, plan, path in each(plain, "plans"):
        for i, action in items(plan, "contingency"):
            inner = f"{path}.contingency.{i}"
            _touches(plain, report, action, inner)
            _terms(plain, report, action, inner)
            if isinstance(action.get("when"), dict):
                _when(report, action["when"], f"{inner}.when")
                _event(plain, report, action["when"], f"{inner}.when")
            if action.get("do") == "ministry_takes_payroll":
                _given(plain, report, action, inner)
            if action.get("do") in ("raise_pay", "retention_allowance") and action.get("paid_by") is not None:
                _pays(plain, report, action, inner)


def _shock(plain: Plain, report: Report, shock: Plain, path: str) -> None:
    _touches(plain, report, shock, path)
    if shock.get("kind") == "funding_withdrawn":
        _given(plain, report, shock, path, one_only=False)
    programme = plain.get("programmes", {}).get(shock.get("programme"))
    if (
        shock.get("kind") == "degree_not_recognised"
        and isinstance(programme, dict)
        and programme.get("place") != "home"
    ):
        report.wrong(at(report, f"{path}.programme"), f"{path}.programme", "a training programme at home")


def _touches(plain: Plain, report: Report, one: Plain, path: str) -> None:
    """The employer and the cadre, or the cadre and the country, that it touches must go together."""
    cadre, country, party = one.get("cadre"), one.get("country"), one.get("party")
    careers = plain.get("people", {}).get(cadre, {})
    if country is not None and careers and careers.get("country") != country:
        expected = f"the country of {shown(str(cadre))}, or nothing"
        report.wrong(at(report, f"{path}.country"), f"{path}.country", expected)
    if one.get("kind", one.get("do")) not in ("posts_not_funded", "freeze_posts", "fund_posts"):
        return
    employers = {name: p.get("posts", {}) for name, p, _ in each(plain, "parties") if party in (None, name)}
    if employers and not any(cadre in posts if cadre else posts for posts in employers.values()):
        key = "party" if party is not None else "cadre"
        expected = "a party with posts" + (f" for {shown(cadre)}" if cadre else "")
        report.wrong(at(report, f"{path}.{key}", path), f"{path}.{key}", expected)


def _given(plain: Plain, report: Report, one: Plain, path: str, *, one_only: bool = True) -> None:
    """It must be about a programme that a donor pays for."""
    given, programme = with_donor(plain), one.get("programme")
    if programme is not None and programme in plain.get("programmes", {}) and programme not in given:
        report.wrong(at(report, f"{path}.programme"), f"{path}.programme", "a programme that a donor pays for")
    elif programme is None and (not given or (one_only and len(given) > 1)):
        got = "none of several" if given else "no programme with a `donor`"
        expected = (
            "one of " + ", ".join(shown(name) for name in given[:8]) if given else "a programme that a donor pays for"
        )
        report.wrong(at(report, path), f"{path}.programme", expected, got=got)


def _terms(plain: Plain, report: Report, action: Plain, path: str) -> None:
    """Who pays what, who is asked, and how often."""
    if action.get("times", 1) < 1:
        report.wrong(at(report, f"{path}.times"), f"{path}.times", "1 or more")
    cost = action.get("cost", 0.0)
    if cost < 0.0:
        report.wrong(at(report, f"{path}.cost"), f"{path}.cost", "an amount that is paid, not received")
    if cost > 0.0 and action.get("paid_by") is None and action.get("by") is None:
        report.wrong(at(report, f"{path}.cost"), f"{path}.paid_by", "the party that pays, or `by`", got="nobody")
    pays = action.get("do") in ("raise_pay", "retention_allowance", "ministry_takes_payroll")
    if action.get("paid_by") is not None and cost == 0.0 and not pays:
        expected = "a `cost` beside it: this action has no other price"
        report.wrong(at(report, f"{path}.paid_by"), f"{path}.paid_by", expected)
    if action.get("consents") is not None and not action.get("needs"):
        report.wrong(at(report, f"{path}.consents"), f"{path}.needs", "those who are asked", got="nobody")


def _pays(plain: Plain, report: Report, action: Plain, path: str) -> None:
    """An allowance is part of pay, so it is paid by whoever pays these people."""
    metric = (action.get("when") or {}).get("metric", "").split(".")
    cadre = action.get("cadre") or (metric[1] if len(metric) > 1 and metric[1] in plain.get("people", {}) else None)
    payers = {
        party.get("paid_by") or name
        for name, party, _ in each(plain, "parties")
        if (cadre in party.get("posts", {}) if cadre else party.get("posts"))
    }
    if payers != {action["paid_by"]}:
        expected = "whoever pays these people, because it is part of their pay: " + ", ".join(
            map(shown, sorted(payers))
        )
        report.wrong(at(report, f"{path}.paid_by"), f"{path}.paid_by", expected)


def _when(report: Report, when: Plain, path: str) -> None:
    """It must name one thing, and no more about it than belongs to it."""
    heads = [key for key in ("event", "date", "metric") if when.get(key) is not None]
    if len(heads) != 1:
        got = " and ".join(f"`{key}`" for key in heads) or "none of them"
        report.wrong(at(report, path), path, "one of `event`, `date` and `metric`", got=got)
        return
    levels = [key for key in ("above", "below") if when.get(key) is not None]
    if heads == ["metric"] and len(levels) != 1:
        got = "both" if levels else "neither"
        report.wrong(at(report, path), path, "either `above` or `below`", got=got)
    if heads != ["metric"]:
        for key in (*levels, *(["for"] if "for" in when else [])):
            report.wrong(at(report, f"{path}.{key}"), f"{path}.{key}", f"nothing like it beside `{heads[0]}`")
    if when.get("programme") is not None and when.get("event") not in OF_PROGRAMMES:
        expected = "nothing like it but beside " + ", ".join(f"`{event}`" for event in OF_PROGRAMMES)
        report.wrong(at(report, f"{path}.programme"), f"{path}.programme", expected)


def _event(plain: Plain, report: Report, when: Plain, path: str) -> None:
    """An event must be able to happen."""
    event = when.get("event") or ""
    node = at(report, f"{path}.event", path)
    if event in OF_PROGRAMMES[:2]:
        given, programme = with_donor(plain), when.get("programme")
        if not given or (programme in plain.get("programmes", {}) and programme not in given):
            report.wrong(node, path, "an event that can happen; no donor pays for such a programme", severity="warning")
    elif event == OF_PROGRAMMES[2] and not plain.get("partnerships"):
        report.wrong(node, path, "an event that can happen; there is no partnership", severity="warning")
    elif event.endswith(BEGINS):
        kinds = {shock.get("kind") for _, future, _ in each(plain, "futures") for _, shock in items(future, "shocks")}
        if event.removesuffix(BEGINS) not in kinds:
            report.wrong(node, path, "an event that can happen; no future has such a shock", severity="warning")
