"""A scenario ready to use: its values, what is known of each, and one resolved case a future and plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.scenario.changes import ROOT, apply_changes, changes_of, read_changes
from sim.scenario.checks import check
from sim.scenario.checks_metrics import Measured
from sim.scenario.contingency import Action
from sim.scenario.evidence import registry
from sim.scenario.inherit import resolve
from sim.scenario.passports import Passport
from sim.scenario.plans import Bond, Future, Plan, Shock
from sim.scenario.problems import Problem, ScenarioError, nearest, shown
from sim.scenario.read import Node
from sim.scenario.report import Place, Report
from sim.scenario.resolved import Note, as_yaml, meaning
from sim.scenario.scenario import Scenario
from sim.scenario.walk import walk

__all__ = ["Case", "Loaded", "load", "problems"]

NO_METRICS: Mapping[str, Measured] = {}
"""When the names of outcomes are not to be checked."""


@dataclass(frozen=True)
class Case:
    """One future under one plan: what a run is made of.

    Attributes:
        future: the future's canonical name.
        plan: the plan's canonical name.
        scenario: every value, the future's and the plan's changes applied.
        passports: what is known of each number, by its address in this case.
        starts: the programmes that run from the start.
        bond: what graduates owe, or None.
        shocks: what happens, and when.
        contingency: what is done later, and when.
    """

    future: str
    plan: str
    scenario: Scenario
    passports: dict[str, Passport]
    starts: list[str]
    bond: Bond | None
    shocks: list[Shock]
    contingency: list[Action]

    @property
    def factors(self) -> list[Passport]:
        """The uncertain numbers, in the order of their addresses."""
        return sorted((one for one in self.passports.values() if one.uncertain), key=lambda one: one.address)

    @property
    def hash(self) -> str:
        """The name of what this case means: the same for two files that say the same."""
        bare = self.scenario.model_copy(update={"futures": {}, "plans": {}, "signed": [], "seed": 0})
        bare = bare.model_copy(update={"decision": None, "targets": {}})
        more = [
            self.starts,
            self.bond and self.bond.model_dump(),
            [one.model_dump() for one in self.shocks],
            [one.model_dump() for one in self.contingency],
        ]
        return meaning(bare, self.passports, more)


@dataclass(frozen=True)
class Loaded:
    """A scenario file with everything it stands on.

    Attributes:
        path: the file.
        scenario: every value, central numbers, without the changes of any future or plan.
        passports: what is known of each number, by its path.
        origins: `file:line` of whatever set each value, by its path.
        warnings: what its author should know; nothing that stops a run.
    """

    path: Path
    scenario: Scenario
    passports: dict[str, Passport]
    origins: dict[str, str]
    warnings: list[Problem]
    tree: Node
    covered: set[str]
    _cases: dict[tuple[str, str], Case] = field(default_factory=dict, repr=False)

    @property
    def futures(self) -> list[str]:
        """`baseline`, then every future that changes something, in the file's order."""
        names = (name for name in self.scenario.futures if self.canonical_future(name) == name)
        return ["baseline", *(name for name in names if name != "baseline")]

    @property
    def plans(self) -> list[str]:
        """`no_partnership`, `none` where something is signed, then the plans in the file's order."""
        always = ["no_partnership", *(["none"] if self.scenario.signed else [])]
        return always + [name for name in self.scenario.plans if self.canonical_plan(name) == name != "none"]

    def canonical_future(self, name: str) -> str:
        """The future that stands for this one: `baseline` for every future that changes nothing.

        Raises:
            KeyError: there is no such future.
        """
        future = self.scenario.futures.get(name)
        if future is None and name != "baseline":
            raise KeyError(_no_such("future", name, ["baseline", *self.scenario.futures]))
        return name if future is not None and (future.shocks or future.changes) else "baseline"

    def canonical_plan(self, name: str) -> str:
        """The plan that stands for this one: `no_partnership` for every plan that starts and does nothing.

        Raises:
            KeyError: there is no such plan.
        """
        if name in ("none", "no_partnership"):
            return name if self.scenario.signed else "no_partnership"
        if name not in self.scenario.plans:
            raise KeyError(_no_such("plan", name, ["no_partnership", "none", *self.scenario.plans]))
        plan = self.scenario.plans[name]
        active = self._starts(plan) or plan.contingency or plan.changes
        return name if active else "no_partnership"

    def _starts(self, plan: Plan) -> list[str]:
        return list(self.scenario.signed if plan.start is None else plan.start)

    def case(self, future: str = "baseline", plan: str = "none") -> Case:
        """The resolved scenario of one future and one plan.

        Raises:
            KeyError: there is no such future or plan.
            ScenarioError: the two together contradict each other.
        """
        key = self.canonical_future(future), self.canonical_plan(plan)
        if key not in self._cases:
            self._cases[key] = self._case(*key)
        return self._cases[key]

    def _case(self, future: str, plan: str) -> Case:
        changes = changes_of(self.tree, "futures", future) | changes_of(self.tree, "plans", plan)
        scenario, passports = self.scenario, self.passports
        if changes:
            plain, report = _read(apply_changes(self.tree, changes), NO_METRICS)
            _stop(report.problems)
            scenario, passports = _build(plain, report), _grouped(report.passports, self.passports)
        what = scenario.futures.get(future, Future())
        done = scenario.plans.get(plan, Plan(start=[] if plan == "no_partnership" else None))
        return Case(
            future,
            plan,
            scenario,
            _of_case(passports, future, plan),
            self._starts(done),
            done.bond,
            list(what.shocks),
            list(done.contingency),
        )

    def resolved_yaml(self, note: Note | None = None) -> str:
        """YAML that needs no other file and means the same; `note` comments the line of a path."""
        used = {one.source for one in self.passports.values()} | {
            target.source for target in self.scenario.targets.values()
        }
        sources = {key: source for key, source in sorted(registry().items()) if key in used}
        return as_yaml(self.tree, self.covered, sources | self.scenario.sources, note)

    @property
    def hash(self) -> str:
        """The name of what the file means: of values and distributions, not of prose, order or layout."""
        return meaning(self.scenario, self.passports)


def load(path: str | Path, *, metrics: Mapping[str, Measured] = NO_METRICS) -> Loaded:
    """Reads a scenario file and everything it stands on.

    Args:
        path: the file.
        metrics: the outcomes by metric, to check those that the file mentions; unchecked when empty.

    Raises:
        ScenarioError: with every problem of the file at once.
    """
    found: list[Problem] = []
    tree = resolve(Path(path), found)
    if tree is None:
        raise ScenarioError(found)
    plain, report = _read(tree, metrics, found)
    for group, names in (("futures", plain.get("futures", {})), ("plans", plain.get("plans", {}))):
        for name in names:
            changes = changes_of(tree, group, name)
            if changes and not any(p.severity == "error" for p in report.problems):
                found.extend(_read(apply_changes(tree, changes), metrics)[1].problems)
    found.extend(report.problems)
    _stop(found)
    origins = {key: node.place for key, node in report.nodes.items() if key and node.line}
    warnings = sorted(set(found))
    return Loaded(Path(path), _build(plain, report), report.passports, origins, warnings, tree, report.covered)


def problems(path: str | Path, *, metrics: Mapping[str, Measured] = NO_METRICS) -> list[Problem]:
    """Everything that is wrong with a file, or worth knowing about it; never raises."""
    try:
        return load(path, metrics=metrics).warnings
    except ScenarioError as error:
        return error.problems


def _read(tree: Node, metrics: Mapping[str, Measured], found: Iterable[Problem] = ()) -> tuple[dict[str, Any], Report]:
    report = Report()
    plain = walk(tree, ROOT, Place(), report)
    read_changes(tree, plain, report)
    check(plain, report, metrics, registry())
    return plain, report


def _build(plain: dict[str, Any], report: Report) -> Scenario:
    try:
        return Scenario.model_validate(plain)
    except ValidationError as error:
        # Reading against the schema has already said what is wrong; this is for what a class alone can see.
        for one in error.errors():
            path = ".".join(str(step) for step in one["loc"])
            node = next((report.nodes[p] for p in (path, "") if p in report.nodes), Node(None))
            report.wrong(node, path, one["msg"], got=shown(str(one["input"])))
        raise ScenarioError(report.problems) from None


def _stop(found: list[Problem]) -> None:
    if any(problem.severity == "error" for problem in found):
        raise ScenarioError(found)


def _grouped(changed: dict[str, Passport], base: dict[str, Passport]) -> dict[str, Passport]:
    """Changed numbers in the groups they were in: a block draws the same quantile before a change and after it."""
    return {
        path: one if one.group or path not in base else replace(one, group=base[path].group)
        for path, one in changed.items()
    }


def _of_case(passports: dict[str, Passport], future: str, plan: str) -> dict[str, Passport]:
    """The passports of one case: those of its own future and plan move up to the case's own addresses."""
    kept: dict[str, Passport] = {}
    for path, one in passports.items():
        group, _, rest = path.partition(".")
        if group in ("futures", "plans"):
            name, _, inner = rest.partition(".")
            if name == (future if group == "futures" else plan) and inner.split(".")[0] in _OWN:
                address = one.address.split(".", 2)[2]
                kept[address] = replace(one, path=inner, address=address)
        elif group not in ("targets", "decision"):
            kept[one.address] = one
    return kept


_OWN = ("bond", "shocks", "contingency")


def _no_such(what: str, name: str, names: list[str]) -> str:
    close = nearest(name, names)
    return f"no {what} {shown(name)}" + (f"; did you mean {close}?" if close else f"; there are {', '.join(names)}")
