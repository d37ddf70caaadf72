"""A laboratory for the sensitivity pipeline: plans whose expected outcome is a known function of uniform numbers.

A scenario, its cells and its workers stand in for the real model; everything between a command and its page is the
project's own. Luck is keyed by row and replication, and shared by all points of a row and by all plans.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import blake2b
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from analysis.sensitivity import question as asking
from sim.scenario.passports import Passport
from sim.study import cells, manifest, study
from sim.study.results import StoredStudy
from sim.study.study import Request, make_plan, run_study
from tests.study import fake

__all__ = ["OUTCOME", "Lab", "lab", "number", "run", "use"]

OUTCOME = "ghana.obgyn.public_practice"
BAD_END = "pact.ended_badly"
OUTCOMES = [OUTCOME, "ghana.obgyn.abroad", BAD_END]
TIMES = np.arange(0.0, 4.01, 0.25)
START, YEARS = 2000.0, 4.0
Effect = Callable[[list[float]], float]


class RunFailed(Exception):
    """A run that could not be finished."""


def number(place: int, **more: Any) -> Passport:
    """An uncertain number, uniform from 0 to 1."""
    address = f"people.obgyn.x{place}"
    return Passport(**{"path": address, "address": address, "unit": "number", "value": 0.5, "low": 0.0, "high": 1.0,
                       "kind": "uniform", "grade": "ABCD"[place % 4], **more})  # fmt: skip


@dataclass
class Lab:
    """What is known of a made-up decision."""

    numbers: list[Passport]
    effects: Mapping[str, Effect]
    """By plan, the expected outcome from the uniform numbers, in the order of `numbers`."""
    luck: float = 0.0
    """Standard deviation of luck that all points of a row share; as much again is a point's own."""
    common: float = 0.0
    """Standard deviation of luck that all points of a row share, under every plan, and nothing more."""
    fails: Callable[[list[float]], str] = lambda x: ""
    """Why a run fails at a point; empty where it doesn't."""
    aims: bool = True
    pact: bool = False
    """Whether there is a partnership, which ends badly where the first number is over 0.7."""
    title: str = "A laboratory"
    plan_titles: Mapping[str, str] = field(default_factory=dict)
    seed: int = 7


def _key(*parts: object) -> int:
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=8).digest(), "big")


@cache
def drawn(seed: int, row: int, draw: str) -> float:
    """The uniform number of a draw in a row."""
    return (_key(seed, row, draw) + 0.5) / 2.0**64


@cache
def luck_of(*key: object) -> float:
    """A standard normal number of its own for a key."""
    from scipy.special import ndtri

    return float(ndtri((_key("luck", *key) + 0.5) / 2.0**64))


@dataclass
class Worker:
    """Runs of one plan."""

    lab: Lab
    plan: str
    asked: list[Any]

    def lives(self) -> dict[str, Any]:
        """Nobody lives here but twenty people who stay."""
        return fake.lives(0)

    def run(self, design_point: int, replication: int, parameters: Any = "central") -> fake.FakeRun:
        """One history: the plan's effect and luck."""
        from scipy.special import ndtri

        self.asked.append(parameters)
        lab, names = self.lab, [one.draw_key for one in self.lab.numbers]
        at = dict.fromkeys(names, 0.5)
        if parameters == "sampled":
            at = {name: drawn(lab.seed, design_point, name) for name in names}
        elif parameters != "central":
            at |= {
                name: drawn(lab.seed, design_point, name) if np.isnan(value) else value
                for name, value in parameters.items()
            }
        x = list(at.values())
        if cause := lab.fails(x):
            raise RunFailed(cause)
        shared = luck_of(lab.seed, design_point, replication)
        value = lab.effects[self.plan](x) + lab.common * shared
        if lab.luck:
            own = luck_of(lab.seed, design_point, replication, *x)
            value += lab.luck * (shared + own)
        other = luck_of(lab.seed, design_point, replication, "control")
        values = np.array([value, -value, float(x[:1] > [0.7])])
        bend = TIMES[:, None] / YEARS
        scores = {name: float(ndtri(u)) for name, u in at.items()} if parameters != "central" else {}
        factors = {one.address: one.quantile(at[one.draw_key]) for one in lab.numbers}
        return fake.FakeRun(values, bend * values, 10, None, factors, np.array([other]), scores)


@dataclass
class Cell:
    """A plan of the laboratory."""

    lab: Lab
    plan: str
    outcomes: list[str] = field(default_factory=lambda: list(OUTCOMES))
    controls: list[str] = field(default_factory=lambda: ["ghana.obgyn.leave_post"])
    columns: list[str] = field(default_factory=lambda: list(OUTCOMES))
    times: Any = field(default_factory=lambda: TIMES)
    people_words: Any = field(default_factory=lambda: dict(fake.WORDS))
    asked: list[Any] = field(default_factory=list)
    """Where runs were asked for."""

    def worker(self, trace: bool = False) -> Worker:
        """Memory for a thread."""
        return Worker(self.lab, self.plan, self.asked)

    def event_rows(self, run: Any) -> list[tuple[float, str, str, str]]:
        """Nothing is traced."""
        return []


class Loaded:
    """The laboratory as a scenario."""

    futures = ("baseline",)
    warnings = ()

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.plans = list(lab.effects)
        self.path = Path("lab.yaml")
        self.hash = f"lab{_key(lab.numbers, self.plans, lab.seed, lab.luck, id(lab))}"
        self.passports = {one.path: one for one in lab.numbers}
        party = "ministry"
        aim = {"metric": OUTCOME, "at": START + YEARS, "better": "more", "matters": None}
        decision = SimpleNamespace(asked_by=party, aims={party: aim}, must_not=[], weights=None)
        decision.model_dump = lambda **_: {name: getattr(decision, name) for name in
                                           ("asked_by", "aims", "must_not", "weights")}  # fmt: skip
        told = {"title": lab.title, "question": "Which?", "reviewed_by": {}, "start": START, "years": YEARS}
        self.scenario = SimpleNamespace(
            **told, seed=lab.seed, decision=decision if lab.aims else None, targets={}, programmes={},
            futures={"baseline": SimpleNamespace(title="")},
            partnerships={"pact": SimpleNamespace(title="Pact")} if lab.pact else {},
            plans={name: SimpleNamespace(title=lab.plan_titles.get(name, "")) for name in self.plans},
            countries={"ghana": SimpleNamespace(name="Ghana")},
            parties={party: SimpleNamespace(name="Ministry", kind="ministry")}, model_dump=lambda **_: told,
        )  # fmt: skip

    def canonical_future(self, name: str) -> str:
        """A future's own name."""
        if name not in self.futures:
            raise KeyError(f"no future {name!r}, did you mean 'baseline'?")
        return name

    def canonical_plan(self, name: str) -> str:
        """A plan's own name."""
        if name not in self.plans:
            raise KeyError(f"no plan {name!r}, expected one of {', '.join(self.plans)}")
        return name

    def resolved_yaml(self) -> str:
        """What a folder keeps of it."""
        return f"title: {self.hash}\n"

    def case(self, future: str, plan: str) -> Any:
        """A plan in a future."""
        return SimpleNamespace(
            future=future, plan=plan, passports=self.passports, factors=list(self.lab.numbers), contingency=[],
            hash=f"{self.hash} {plan}",
        )  # fmt: skip


def describe(names: Any) -> dict[str, dict[str, Any]]:
    """What the outcomes mean."""
    told = {
        OUTCOME: ("in public practice", "people", "more", 0.5), OUTCOMES[1]: ("abroad", "people", "less", 0.5),
        BAD_END: ("ended badly", "share", "less", 0.05),
    }  # fmt: skip
    fields = ("label", "unit", "better", "matters")
    return {name: {**dict(zip(fields, told[name], strict=True)), "note": ""} for name in names}


def use(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every command meet this laboratory instead of files and the real model, until the test ends."""
    from analysis import verbs, verbs_sensitivity
    from sim import scenario
    from sim.model import outcomes

    built: dict[str, Cell] = {}

    def build(case: Any, *_: Any) -> Cell:
        return built.setdefault(case.plan, Cell(loaded.lab, case.plan))

    monkeypatch.setattr(cells, "build_cell", build)
    monkeypatch.setattr(cells, "_cells", {})
    monkeypatch.setattr(cells, "_scenarios", {})
    for module in (cells, study):
        monkeypatch.setattr(module, "model_version", lambda: "m1")
    monkeypatch.setattr(manifest, "describe", describe)
    monkeypatch.setattr(asking, "describe", describe)
    monkeypatch.setattr(outcomes, "names", lambda _: [SimpleNamespace(name=name) for name in OUTCOMES])
    monkeypatch.setattr(scenario, "load", lambda *_: loaded)
    monkeypatch.setattr(verbs_sensitivity, "load", lambda *_: loaded)
    monkeypatch.setattr(verbs_sensitivity, "announce", lambda _: None)
    monkeypatch.setattr(verbs, "announce", lambda _: None)


def lab(count: int, effect: Effect, **more: Any) -> Any:
    """A laboratory of some uniform numbers in which one plan has an effect and no partnership has none."""
    effects = {"no_partnership": lambda x: 0.0, "train_home": effect}
    return Loaded(Lab(**{"numbers": [number(place) for place in range(count)], "effects": effects, **more}))


def run(loaded: Any, out: Path, rows: int, **more: Any) -> StoredStudy:
    """A study of random rows."""
    request = Request("compare", replications=rows, parameters="sampled", jobs=2, command=["test"], **more)
    return run_study(loaded, make_plan(loaded, "lab", request), out, request)[0]


def with_private(loaded: Loaded, place: int, **more: Any) -> Any:
    """The same laboratory with one of its numbers private."""
    numbers = list(loaded.lab.numbers)
    numbers[place] = replace(numbers[place], private=True, **more)
    return Loaded(replace(loaded.lab, numbers=numbers))
