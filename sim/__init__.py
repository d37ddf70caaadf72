"""Simulate a partnership between health institutions, person by person, before it is signed.

    import sim
    scenario = sim.load("scenarios/ghana_obgyn.yaml")
    result = sim.simulate(scenario, plan="train_home")
    study = sim.compare(scenario, replications=200)

Names are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.study.api import Result, compare, load, simulate

__all__ = ["Result", "compare", "load", "simulate"]


def __getattr__(name: str) -> Any:
    """Load a public name at its first use."""
    if name not in __all__:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    from sim.study import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted(__all__)
