"""The names of outcomes that a file mentions: each must be measured of something that the file has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from sim.scenario.plain import Plain, each
from sim.scenario.problems import nearest, shown
from sim.scenario.report import Report
from sim.scenario.training import cohort_names

__all__ = ["Measured", "check_metrics", "entities"]


class Measured(Protocol):
    """What the checks know of an outcome."""

    @property
    def of(self) -> str:
        """What it is measured of: cadre, unit, party, training, exchange, programme or partnership."""


def entities(plain: Plain) -> dict[str, set[str]]:
    """What may stand before a metric, and the kinds of thing that it is."""
    found: dict[str, set[str]] = {}
    for cadre, _, _ in each(plain, "people"):
        for country in homes(plain, cadre):
            found.setdefault(f"{country}.{cadre}", set()).add("cadre")
    for party, content, _ in each(plain, "parties"):
        found.setdefault(party, set()).add("party")
        for cadre in content.get("posts", {}):
            found.setdefault(f"{party}.{cadre}", set()).add("unit")
    for name, one, _ in each(plain, "programmes"):
        if one.get("kind") == "exchange":
            found.setdefault(f"{one.get('sends')}.{name}", set()).update(("exchange", "programme"))
        else:
            for country in homes(plain, one.get("graduates")):
                entity = f"{country}.{one.get('graduates')}.{name}"
                found.setdefault(entity, set()).update(("cohort", "training", "programme"))
    for name in plain.get("partnerships", {}):
        found.setdefault(name, set()).add("partnership")
    return found


def cohorts(plain: Plain) -> Iterator[tuple[str, str]]:
    """Every training programme, as what stands before a metric, with the years of each of its cohorts."""
    people = plain.get("people", {})
    for name, one, _ in each(plain, "programmes"):
        country = people.get(one.get("graduates"), {}).get("country")
        for years in cohort_names(one.get("cohorts", [])):
            yield f"{country}.{one.get('graduates')}.{name}", years


def homes(plain: Plain, cadre: str | None) -> list[str]:
    """The country of a cadre; where that is a mistake, which has a message of its own, every country."""
    countries = list(plain.get("countries", {}))
    country = plain.get("people", {}).get(cadre, {}).get("country")
    return [country] if country in countries else countries


def check_metrics(plain: Plain, report: Report, metrics: Mapping[str, Measured]) -> None:
    """Notes every name of an outcome that nothing is called; without `metrics` only what stands before the last dot."""
    wanted = [one for one in report.references if one.to == "metric"]
    if not wanted:
        return
    known = entities(plain)
    full = {f"{entity}.{m}" for entity, kinds in known.items() for m, one in metrics.items() if one.of in kinds}
    full |= {
        f"{entity}.{m}_{years}" for entity, years in cohorts(plain) for m, o in metrics.items() if o.of == "cohort"
    }
    for one in wanted:
        entity, _, metric = one.name.rpartition(".")
        if one.name in full or (not metrics and entity in known):
            continue
        names = full if metrics else {f"{entity}.{metric}" for entity in known}
        expected = "the full name of an outcome"
        if entity in known and metric in metrics:
            expected += f"; `{shown(metric, quoted=False)}` is measured of a {metrics[metric].of}"
        report.wrong(one.node, one.path, expected, got=shown(one.name), hint=nearest(one.name, names))
