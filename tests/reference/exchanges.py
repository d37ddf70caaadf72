"""Random exchange programmes for small worlds: of staff and of visitors, several beside the same people."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from sim.scenario import LIBRARY, load

__all__ = ["add_exchanges", "fellowship"]

NAMES = ("fellowship", "swap", "second_swap", "visitors", "lecturers", "officers")


@cache
def preset(name: str) -> dict[str, Any]:
    """A shipped exchange, whose numbers are then drawn anew; those that are not drawn stay."""
    loaded = load(f"{LIBRARY}/verify/{name}.yaml")
    return next(iter(loaded.scenario.programmes.values())).model_dump(by_alias=True)


def fellowship(sends: str, hosts: str, cadre: str | None) -> dict[str, Any]:
    """An exchange of staff of a cadre, or of visitors, in which everybody has a place."""
    route = {"sends": sends, "hosts": hosts, "cadre": cadre, "host_cadre": None, "places": 1000.0}
    return preset("exchange_staff") | route


def add_exchanges(r: random.Random, raw: dict[str, Any]) -> None:
    """Put exchange programmes into a world, in an order of their own."""
    schools = [name for name in ("accra_school", "kumasi_school") if name in raw["parties"]]
    programmes = raw["programmes"]
    for name in r.sample(NAMES, len(NAMES)):
        if r.random() < 0.7:
            programmes[name] = {**random_exchange(r, name), **route(r, name, schools)}


def route(r: random.Random, name: str, schools: list[str]) -> dict[str, Any]:
    """Who goes where."""
    at, other = r.choice(schools), r.choice(schools)
    if name in ("visitors", "lecturers"):
        supports = r.choice([None, "home_residency"])
        beside = r.choice([None, "obgyn", "obgyn"])
        return {"sends": "us_partner", "hosts": at, "cadre": None, "host_cadre": beside, "supports": supports}
    if name == "officers":
        beside = r.choice([None, "obgyn"])
        return {"sends": "ministry", "cadre": "medical_officer", "hosts": at, "host_cadre": beside, "supports": None}
    if name == "fellowship":
        return {"sends": at, "cadre": "obgyn", "hosts": "us_partner", "host_cadre": None, "supports": None}
    supports = r.choice([None, "home_residency"])
    return {"sends": at, "cadre": "obgyn", "hosts": other, "host_cadre": "obgyn", "supports": supports}


def papers(r: random.Random) -> dict[str, float]:
    return {"takes": r.choice([0.0, r.uniform(0.02, 0.5)]), "refused": r.choice([0.0, r.uniform(0.0, 0.5)])}


def random_exchange(r: random.Random, name: str) -> dict[str, Any]:
    """The numbers of an exchange; busy ones, so that queues form within a few years."""
    return preset("exchange_queue" if name in ("visitors", "lecturers") else "exchange_staff") | {
        "asks": r.uniform(0.3, 4.0), "willing": r.choice([1.0, 0.7]), "visitors": r.uniform(0.5, 5.0),
        "visa": papers(r), "licence": papers(r), "places": float(r.randint(0, 3)),
        "per_supervisor": r.choice([0.3, 0.5, 1.0, 2.0]), "patience": r.choice([0.0, 0.05, 0.5, 3.0]),
        "stay": r.uniform(0.1, 1.5), "stay_varies": r.choice([0.0, 0.3, 1.0]), "early_end": r.choice([0.0, 0.2, 1.5]),
        "return_home": r.uniform(0.1, 1.0), "settle_grace": r.choice([0.0, 0.2, 0.6]),
        "debrief": r.choice([0.0, 0.1]), "effect_lasts": r.choice([0.0, 0.5, 2.0]),
        "effect_leaving": r.choice([0.0, 0.5, 1.0, 3.0]), "supervises": r.choice([0.0, 0.5]),
    }  # fmt: skip
