"""A scenario and a model small enough to know by heart, for tests of studies."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from statistics import NormalDist
from types import SimpleNamespace
from typing import Any

import numpy as np

OUTCOMES = ["ghana.obgyn.public_practice", "ghana.obgyn.abroad", "ghana.obgyn.any_left"]
COLUMNS = ["ghana.obgyn.public_practice", "ghana.obgyn.abroad"]
CONTROLS = ["ghana.obgyn.leave_post", "ghana.obgyn.work_abroad"]
TIMES = np.arange(0.0, 21.01, 0.25)


PEOPLE = [1 << 40 | rank for rank in range(20)]
"""Names of the people; so many of them leave as the run says."""
PLACES = ["in_post", "waiting", "elsewhere", "training_home", "on_exchange", "training_abroad", "abroad"]
WORDS = {
    "cadre": ["ghana.obgyn"],
    "origin": ["founder", "stream"],
    "status": PLACES,
    "cause": ["specialise", "work_abroad"],
    "programme": ["home_residency"],
    "trained": ["abroad", "home"],
    "left_cause": ["specialise", "work_abroad"],
}


class RunFailed(Exception):
    """A run that could not be finished."""


@dataclass
class FakeRun:
    values: Any
    series: Any
    event_count: int
    events: Any
    factors: dict[str, float]
    controls: Any
    scores: dict[str, float]


def lives(count: int) -> dict[str, Any]:
    """What became of everybody, if so many of them have left."""
    size = len(PEOPLE)
    gone = np.arange(size) < count
    people = {"person": np.array(PEOPLE), "status": np.where(gone, 6, 0), "cause": np.where(gone, 1, -1)}
    people |= {"cadre": np.zeros(size, np.int64), "origin": np.ones(size, np.int64)}
    people |= {"programme": np.zeros(size, np.int64), "trained": np.ones(size, np.int64)}
    people |= {"left_cause": np.where(gone, 1, -1), "qualified": np.arange(float(size))}
    left = np.where(gone, np.arange(float(size)) + 1.5, np.nan)
    return people | {"left_public": left, "left_country": left, "ended": np.full(size, np.nan)}


@dataclass
class FakeWorker:
    seed: int
    effect: float
    failing: frozenset[int]
    gone: int = 0

    def lives(self) -> dict[str, Any]:
        return lives(self.gone)

    def run(self, design_point: int, replication: int, parameters: Any = "central") -> FakeRun:
        if design_point in self.failing:
            raise RunFailed("the pool of people is full")
        key = blake2b(repr((self.seed, design_point, replication)).encode(), digest_size=8).digest()
        luck = np.random.Generator(np.random.Philox(int.from_bytes(key, "big")))
        score = float(luck.normal()) if parameters == "sampled" else 0.0
        if isinstance(parameters, dict):
            score = NormalDist().inv_cdf(parameters.get("drain", 0.5))
        drain = 0.06 * np.exp(0.3 * score)
        steps = np.cumsum(luck.normal(0, 0.8, len(TIMES)))
        stay = np.maximum(0, np.round(20 + self.effect * TIMES - drain * TIMES * 5 + steps))
        gone = np.maximum(0, np.round(10 + drain * TIMES * 10 - self.effect * TIMES / 2 + steps / 2))
        values = np.array([stay[-1], gone[-1], float(gone[-1] > 14)])
        factors = {"people.obgyn.drain": drain, "plans.bond.served": 0.7}
        scores = {"drain": score, "plans.bond.served": 0.25} if parameters != "central" else {}
        self.gone = int(gone[-1])
        # the walk's end has mean 0; a plan bends it, as a plan's own people would
        surplus = np.array([steps[-1] * (1.0 + self.effect / 4.0), steps[-1] / 2.0])
        return FakeRun(values, np.column_stack([stay, gone]), 100, None, factors, surplus, scores)


@dataclass
class FakeCell:
    seed: int
    effect: float
    failing: frozenset[int] = frozenset()
    outcomes: list[str] = field(default_factory=lambda: list(OUTCOMES))
    controls: list[str] = field(default_factory=lambda: list(CONTROLS))
    columns: list[str] = field(default_factory=lambda: list(COLUMNS))
    times: Any = field(default_factory=lambda: TIMES)
    people_words: Any = field(default_factory=lambda: dict(WORDS))

    def worker(self, trace: bool = False) -> FakeWorker:
        return FakeWorker(self.seed, self.effect, self.failing)

    def event_rows(self, run: Any) -> list[tuple[float, str, str, str]]:
        return [(0.5, "hire", "a", ""), (1.0, "retire", "a", "")]


MUST_NOT = [
    {"metric": OUTCOMES[0], "below": {"value": 0.5, "relative": True}, "at": None, "in_more_than": 0.1},
    {"metric": OUTCOMES[1], "above": {"value": 20.0, "relative": False}, "at": 2000.0, "in_more_than": 0.5},
]
EFFECTS = {"no_partnership": 0.0, "send_abroad": 0.1, "train_home": 1.2, "train_home_bonded": 1.25}
FUTURES = {"baseline": 0.0, "doors_open_abroad": -0.3}
DRAWS = {"people.obgyn.drain": "drain", "plans.bond.served": "plans.bond.served"}
PRIVATE = {"people.obgyn.drain"}
HOSTILE = '<script>alert("[red]x[/red]")</script>'


def build_cell(case: Any, seed: int, *_: Any) -> FakeCell:
    return FakeCell(seed, EFFECTS[case.plan] + FUTURES[case.future], frozenset(case.failing))


class Entry(SimpleNamespace):
    def model_dump(self, **_: Any) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "entries"}


class FakeLoaded:
    hash = "f00d"
    futures = list(FUTURES)
    plans = list(EFFECTS)

    def __init__(self, failing: tuple[int, ...] = ()) -> None:
        self.hash = f"{self.hash}{failing}"
        self.failing = failing
        self.passports = {name: SimpleNamespace(private=name in PRIVATE) for name in {*DRAWS, *PRIVATE}}
        aim = {"metric": OUTCOMES[0], "at": 2010.0, "better": "more", "matters": None}
        target = {
            "metric": "ghana.obgyn.public_practice", "at": 2006.85, "count": 37, "of": 38, "role": "target",
            "source": "anderson2007", "grade": "A", "note": "",
        }  # fmt: skip
        self.scenario = Entry(
            title="Ghana " + HOSTILE,
            question="Train abroad or at home?",
            reviewed_by={"ministry": "not asked", "us_partner": HOSTILE},
            start=1989.0,
            years=21.0,
            seed=7,
        )
        hidden = {
            "decision": Entry(asked_by="ministry", aims={"ministry": aim}, must_not=list(MUST_NOT), weights=None),
            "targets": {"after_17_years": Entry(**target)},
            "futures": {"doors_open_abroad": SimpleNamespace(title="Doors open abroad")},
            "plans": {name: SimpleNamespace(title="") for name in EFFECTS},
            "countries": {"ghana": SimpleNamespace(name="Ghana")},
            "parties": {"ministry": SimpleNamespace(name="Ministry of Health", kind="ministry")},
            "partnerships": {},
            "programmes": {},
        }
        self.scenario.model_dump = lambda **_: {  # type: ignore[method-assign]
            name: getattr(self.scenario, name) for name in ("title", "question", "reviewed_by", "start", "years")
        }
        for name, value in hidden.items():
            setattr(self.scenario, name, value)

    def canonical_future(self, name: str) -> str:
        return name

    def canonical_plan(self, name: str) -> str:
        if name not in (*EFFECTS, "none"):
            raise KeyError(f"no plan {name}, did you mean train_home?")
        return "no_partnership" if name == "none" else name

    def resolved_yaml(self) -> str:
        return "title: fake\n"

    def case(self, future: str = "baseline", plan: str = "none") -> Any:
        passports = {name: SimpleNamespace(address=name, draw_key=key) for name, key in DRAWS.items()}
        if plan != "train_home_bonded":
            del passports["plans.bond.served"]
        factors = list(passports.values())
        return SimpleNamespace(
            future=future,
            plan=plan,
            passports=passports,
            factors=factors,
            failing=self.failing,
            hash=f"{self.hash} {plan}",
        )


def describe(names: Any) -> dict[str, dict[str, Any]]:
    table = {
        "public_practice": ("Specialists in public practice", "people", "more", "5%", ""),
        "abroad": ("Specialists abroad", "people", "less", "5%", ""),
        "any_left": ("Runs with more than 14 abroad", "share", "less", 0.05, ""),
    }
    fields = ("label", "unit", "better", "matters", "note")
    return {name: dict(zip(fields, table[name.rsplit(".", 1)[-1]], strict=True)) for name in names}
