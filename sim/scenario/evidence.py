"""The evidence registry: each source once, in `scenarios/evidence`."""

from __future__ import annotations

from functools import lru_cache

from sim.scenario.fields import Accepts
from sim.scenario.library import LIBRARY
from sim.scenario.problems import Problem
from sim.scenario.read import Node, read
from sim.scenario.report import Place, Report
from sim.scenario.targets import Source
from sim.scenario.walk import walk

__all__ = ["registry", "registry_problems"]


@lru_cache(maxsize=1)
def _read() -> tuple[dict[str, Source], tuple[Problem, ...]]:
    report = Report()
    found: dict[str, Source] = {}
    accepts = Accepts("map", inner=Accepts("block", blocks=(Source,)))
    for path in sorted((LIBRARY / "evidence").glob("*.yaml")):
        tree = read(path, report.problems)
        plain = walk(tree if tree is not None else Node({}), accepts, Place(), report)
        for key, source in plain.items():
            if key in found:
                report.wrong(report.nodes[key], key, "each source once", got="a source a second time")
            elif {"citation", "status"} <= source.keys():
                found[key] = Source.model_validate(source)
    return found, tuple(report.problems)


def registry() -> dict[str, Source]:
    """Every source of the registry, by its key."""
    return _read()[0]


def registry_problems() -> tuple[Problem, ...]:
    """What is wrong with the registry itself."""
    return _read()[1]
