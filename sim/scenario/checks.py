"""What the types cannot say: names that must exist, dates in order, posts that add up, wide guesses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from sim.scenario.checks_metrics import Measured, check_metrics
from sim.scenario.checks_partners import check_partners
from sim.scenario.checks_plans import check_plans
from sim.scenario.library import LIBRARY
from sim.scenario.passports import Passport
from sim.scenario.plain import Plain, at, each, items
from sim.scenario.problems import nearest, shown
from sim.scenario.read import Node
from sim.scenario.report import Report

__all__ = ["RESERVED", "check", "too_narrow"]

RESERVED = {"futures": ("baseline",), "plans": ("none", "no_partnership")}
"""Names that always exist, without being written."""
LAST_YEAR = 2300
MOST_COHORTS = 62
"""A person's cohorts are the bits of one number."""


def check(plain: Plain, report: Report, metrics: Mapping[str, Measured], sources: Iterable[str]) -> None:
    """Notes every problem of a plain tree that reading it value by value cannot see."""
    for rule in (_references, _reserved, _careers, _posts, _streams, _training, _cohorts, _dates, _decision):
        rule(plain, report)
    check_partners(plain, report)
    check_plans(plain, report)
    check_metrics(plain, report, metrics)
    _evidence(report, set(sources) | set(plain.get("sources", {})))


def _references(plain: Plain, report: Report) -> None:
    for one in report.references:
        if one.to == "metric":
            continue
        names = [*plain.get(one.to, {}), *RESERVED.get(one.to, ())]
        if one.name not in names:
            _unknown(report, one.node, one.path, one.name, one.to, names)


def _unknown(report: Report, node: Node, path: str, name: str, to: str, names: list[str]) -> None:
    close = nearest(name, names)
    listed = ", ".join(shown(n, quoted=False) for n in sorted(names)[:12]) or "it has none"
    expected = f"a name from `{to}`" if close else f"a name from `{to}` ({listed})"
    report.wrong(node, path, expected, got=shown(name), hint=close)


def _reserved(plain: Plain, report: Report) -> None:
    for group, names in RESERVED.items():
        for name in names:
            node = at(report, f"{group}.{name}")
            if name in plain.get(group, {}) and not (group == "futures" and not node.entries()):
                report.wrong(
                    node,
                    f"{group}.{name}",
                    "another name; this one always exists and stands for no change",
                    got=f"changes to `{name}`",
                )


def _careers(plain: Plain, report: Report) -> None:
    people = plain.get("people", {})
    for name, cadre, path in each(plain, "people"):
        if cadre.get("entry_age", 0.0) >= cadre.get("retirement_age", 1e9):
            node = at(report, f"{path}.entry_age", path)
            report.wrong(node, f"{path}.entry_age", "an age below `retirement_age`")
        ring, step = [name], cadre.get("trained_from")
        while step is not None and step in people and step not in ring:
            ring.append(step)
            step = people[step].get("trained_from") if isinstance(people[step], dict) else None
        if step == name:
            circle = shown(" -> ".join([*ring, name]), quoted=False)
            node = at(report, f"{path}.trained_from", path)
            report.wrong(node, f"{path}.trained_from", "cadres that start somewhere", got=f"a circle ({circle})")
        if "leave_country" not in cadre and cadre.get("trained_from") is None:
            expected = "`leave_country`, or `trained_from` a cadre that has it"
            report.wrong(at(report, path), f"{path}.leave_country", expected, got="neither")


def _posts(plain: Plain, report: Report) -> None:
    for _, party, inner in each(plain, "parties"):
        for cadre, posts in party.get("posts", {}).items():
            path = f"{inner}.posts.{cadre}"
            steps = [(key, posts[key]) for key in ("established", "funded", "filled") if posts.get(key) is not None]
            for (more, most), (key, value) in pairwise(steps):
                if value > most:
                    node = at(report, f"{path}.{key}", path)
                    report.wrong(node, f"{path}.{key}", f"at most `{more}` ({most:g})", got=f"{value:g}")


def _streams(plain: Plain, report: Report) -> None:
    parties = plain.get("parties", {})
    for _, stream, path in each(plain, "streams"):
        party, cadre = parties.get(stream.get("employer")), stream.get("cadre")
        if isinstance(party, dict) and cadre not in party.get("posts", {}):
            node = at(report, f"{path}.employer", path)
            expected = f"a party with posts for {shown(str(cadre))}"
            report.wrong(node, f"{path}.employer", expected, severity="warning")


def _training(plain: Plain, report: Report) -> None:
    for _, one, path in each(plain, "programmes"):
        length = one.get("training_years", float("inf"))
        for key, used in (
            ("months_abroad_after", one.get("months_abroad_after", 0.0) + one.get("months_abroad", 0.0)),
            ("months_in_district", one.get("months_in_district", 0.0)),
        ):
            if used > length + 1e-9 and one.get("place") == "home":
                node = at(report, f"{path}.{key}", path)
                report.wrong(node, f"{path}.{key}", f"an end within the {length:g} years of training")
        sites = one.get("sites", [])
        if one.get("place") == "home" and not sites:
            node = at(report, f"{path}.sites", path)
            report.wrong(node, f"{path}.sites", "the schools that train at home", got="none")
        if one.get("place") == "abroad" and sites:
            report.wrong(at(report, f"{path}.sites"), f"{path}.sites", "no sites for training abroad")
        target = plain.get("people", {}).get(one.get("graduates"), {})
        if one.get("admits") is not None and one.get("admits") == one.get("graduates"):
            node = at(report, f"{path}.graduates", path)
            report.wrong(node, f"{path}.graduates", "another cadre than the one it admits from")
        elif target and target.get("trained_from") != one.get("admits"):
            node = at(report, f"{path}.graduates", path)
            expected = "a cadre that is `trained_from` the one it admits from"
            report.wrong(node, f"{path}.graduates", expected, severity="warning")


def _cohorts(plain: Plain, report: Report) -> None:
    rows = 0
    for _, one, path in each(plain, "programmes"):
        years = one.get("cohorts", [])
        rows += max(1, len(years))
        if years and (len(years) < 2 or any(a >= b for a, b in pairwise(years)) or years[-1] > LAST_YEAR):
            expected = "two years or more in ascending order: the first of each cohort, and the one after the last"
            report.wrong(at(report, f"{path}.cohorts"), f"{path}.cohorts", expected)
    if rows > MOST_COHORTS:
        expected = f"at most {MOST_COHORTS} programmes and cohorts together"
        report.wrong(at(report, "programmes"), "programmes", expected, got=str(rows))


def _dates(plain: Plain, report: Report) -> None:
    start, years = plain.get("start"), plain.get("years")
    if start is None or years is None:
        return
    dated = [
        (f"{path}.shocks.{i}", one, "from") for _, f, path in each(plain, "futures") for i, one in items(f, "shocks")
    ]
    dated += [
        (f"{path}.contingency.{i}.when", one.get("when", {}), "date")
        for _, p, path in each(plain, "plans")
        for i, one in items(p, "contingency")
    ]
    dated += [
        (f"{path}.goals.{i}", one, "by") for _, p, path in each(plain, "partnerships") for i, one in items(p, "goals")
    ]
    aims = plain.get("decision") or {}
    dated += [(f"decision.aims.{name}", aim, "at") for name, aim in aims.get("aims", {}).items()]
    dated += [(f"decision.must_not.{i}", one, "at") for i, one in items(aims, "must_not")]
    for path, one, key in dated:
        when = one.get(key)
        if when is not None and not start <= when <= start + years + 1e-9:
            node = at(report, f"{path}.{key}", path)
            report.wrong(node, f"{path}.{key}", f"a date within the run ({start:g} to {start + years:g})")
    for _, target, path in each(plain, "targets"):
        if not start <= target.get("at", start) <= start + years + 1e-9:
            node = at(report, f"{path}.at", path)
            expected = f"a date within the run ({start:g} to {start + years:g}); the nearest is used"
            report.wrong(node, f"{path}.at", expected, severity="info")
        if target.get("count", 0.0) > target.get("of", float("inf")):
            report.wrong(at(report, f"{path}.count"), f"{path}.count", f"at most `of` ({target['of']:g})")


def _decision(plain: Plain, report: Report) -> None:
    decision = plain.get("decision") or {}
    weights = decision.get("weights")
    if weights is not None and abs(sum(weights.values()) - 1.0) > 1e-6:
        got = f"weights that sum to {100.0 * sum(weights.values()):g}%"
        report.wrong(at(report, "decision.weights"), "decision.weights", "100% in all", got=got)
    for i, one in items(decision, "must_not"):
        path = f"decision.must_not.{i}"
        if ("below" in one) == ("above" in one):
            got = "both" if "below" in one else "neither"
            report.wrong(at(report, path), path, "either `below` or `above`", got=got)


def _evidence(report: Report, sources: set[str]) -> None:
    for one in report.passports.values():
        node = Node(None, one.file, one.line)
        if one.source and one.source not in sources:
            expected = "a source of the evidence registry, or of `sources`"
            close = nearest(one.source, sources)
            report.wrong(node, f"{one.path}.source", expected, got=shown(one.source), hint=close)
        if too_narrow(one):
            expected = "a guess that is wide: `high` at least 3 times `low`, or 30 points apart for a share"
            severity = _severity(one.file)
            got = f"`{one.low_text or one.low}` to `{one.high_text or one.high}`"
            report.wrong(node, one.path, expected, got=got, severity=severity)


def too_narrow(one: Passport) -> bool:
    """Whether a guess pretends to know: a grade D with a spread that is small."""
    if one.grade != "D" or one.kind in ("none", "choice"):
        return False
    if one.unit == "share" and one.most == 1.0:
        return one.high - one.low < 0.3 - 1e-9 and one.high < 3.0 * one.low * (1.0 - 1e-9)
    if one.low > 0.0:
        return one.high < 3.0 * one.low * (1.0 - 1e-9)
    return False


@cache
def _severity(file: str) -> Any:
    """A shipped file must not be narrow; a user's own file is only told."""
    return "error" if Path(file).resolve().is_relative_to(LIBRARY) else "warning"
