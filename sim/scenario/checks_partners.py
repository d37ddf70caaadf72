"""What must hold of institutions, partnerships, exchanges and donors for a file to make sense."""

from __future__ import annotations

from sim.scenario.plain import Plain, at, each, items
from sim.scenario.problems import shown
from sim.scenario.report import Report

__all__ = ["check_partners", "donors_of", "with_donor"]


def check_partners(plain: Plain, report: Report) -> None:
    """Notes what is wrong between partners."""
    for rule in (_names, _payers, _partnerships, _memberships, _exchanges, _donors):
        rule(plain, report)


def _names(plain: Plain, report: Report) -> None:
    """Outcomes begin with these names, so no two of them may be the same."""
    seen: dict[str, str] = {}
    for group in ("countries", "parties", "partnerships"):
        for name, _, path in each(plain, group):
            if name in seen:
                report.wrong(at(report, path), path, f"a name that `{seen[name]}` does not have", got=shown(name))
            seen.setdefault(name, group)


def _payers(plain: Plain, report: Report) -> None:
    parties = plain.get("parties", {})
    for name, party, path in each(plain, "parties"):
        payer = party.get("paid_by")
        if payer == name:
            report.wrong(at(report, f"{path}.paid_by"), f"{path}.paid_by", "another party, or nothing")
        elif payer in parties and parties[payer].get("paid_by") not in (None, payer):
            expected = f"a party that pays its own staff; this one is paid by {shown(parties[payer]['paid_by'])}"
            report.wrong(at(report, f"{path}.paid_by"), f"{path}.paid_by", expected)


def _partnerships(plain: Plain, report: Report) -> None:
    for _, one, path in each(plain, "partnerships"):
        members = one.get("parties", {})
        if len(members) < 2:
            got = f"{len(members)} of them"
            report.wrong(at(report, f"{path}.parties", path), f"{path}.parties", "two parties or more", got=got)
        for i, goal in items(one, "goals"):
            if ("above" in goal) == ("below" in goal):
                got = "both" if "above" in goal else "neither"
                inner = f"{path}.goals.{i}"
                report.wrong(at(report, inner), inner, "either `above` or `below`", got=got)


def _memberships(plain: Plain, report: Report) -> None:
    names = list(plain.get("partnerships", {}))
    for _, one, path in each(plain, "programmes"):
        if one.get("partnership") is None and len(names) > 1:
            expected = "the one that it belongs to: " + " or ".join(shown(name) for name in names[:8])
            report.wrong(at(report, path), f"{path}.partnership", expected, got="none of several")


def _exchanges(plain: Plain, report: Report) -> None:
    for _, one, path in each(plain, "programmes"):
        if one.get("kind") != "exchange":
            continue
        if one.get("sends") == one.get("hosts"):
            report.wrong(at(report, f"{path}.hosts", path), f"{path}.hosts", "another party than `sends`")
        _has_posts(plain, report, path, ("sends", one.get("sends")), ("cadre", one.get("cadre")))
        _has_posts(plain, report, path, ("hosts", one.get("hosts")), ("host_cadre", one.get("host_cadre")))
        who, rate = ("staff", "asks") if one.get("cadre") is not None else ("visitors", "visitors")
        if one.get(rate, 1.0) <= 0.0:
            expected = (
                "more than 0: its own staff ask to go" if who == "staff" else "more than 0, or a `cadre` that goes"
            )
            report.wrong(at(report, f"{path}.{rate}", path), f"{path}.{rate}", expected)
        supported = plain.get("programmes", {}).get(one.get("supports"))
        if isinstance(supported, dict) and supported.get("place") != "home":
            expected = "a training programme at home"
            report.wrong(at(report, f"{path}.supports"), f"{path}.supports", expected)


def _has_posts(
    plain: Plain, report: Report, path: str, whom: tuple[str, str | None], what: tuple[str, str | None]
) -> None:
    """A party of an exchange must have posts for the cadre that the exchange is about."""
    party = plain.get("parties", {}).get(whom[1])
    if what[1] is not None and isinstance(party, dict) and what[1] not in party.get("posts", {}):
        expected = f"a cadre for which {shown(str(whom[1]))} has posts"
        report.wrong(at(report, f"{path}.{what[0]}", path), f"{path}.{what[0]}", expected, got=shown(what[1]))


def donors_of(plain: Plain) -> list[str]:
    """The parties that are donors."""
    return [name for name, party, _ in each(plain, "parties") if party.get("kind") == "donor"]


def with_donor(plain: Plain) -> list[str]:
    """The programmes that a donor pays for."""
    return [name for name, one, _ in each(plain, "programmes") if isinstance(one.get("donor"), dict)]


def _donors(plain: Plain, report: Report) -> None:
    start, years = plain.get("start"), plain.get("years")
    known = donors_of(plain)
    for name in with_donor(plain):
        donor, path = plain["programmes"][name]["donor"], f"programmes.{name}.donor"
        if donor.get("by") is None and len(known) != 1:
            expected = "the party that gives; the file has " + (f"{len(known)} donors" if known else "no donor")
            report.wrong(at(report, path), f"{path}.by", expected, got="none")
        if donor.get("share", 0.0) > 0.0 and donor.get("ends") is not None and donor.get("taken_over_by") is None:
            report.wrong(
                at(report, f"{path}.share", path), f"{path}.taken_over_by", "who takes that over", got="nobody"
            )
        giver = donor.get("by") or (known[0] if len(known) == 1 else None)
        if giver is not None and donor.get("taken_over_by") == giver:
            report.wrong(at(report, f"{path}.taken_over_by"), f"{path}.taken_over_by", "another party than gives")
        ends = donor.get("ends")
        if ends is not None and start is not None and years is not None and not start <= ends <= start + years:
            expected = f"a date within the run ({start:g} to {start + years:g})"
            node = at(report, f"{path}.ends")
            report.wrong(node, f"{path}.ends", expected, severity="error" if ends < start else "info")
