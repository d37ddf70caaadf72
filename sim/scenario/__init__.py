"""What a planner writes: the schema of a scenario file, its loader, and the passports of its numbers."""

from __future__ import annotations

from sim.scenario.library import LIBRARY
from sim.scenario.loaded import Case, Loaded, load, problems
from sim.scenario.passports import Passport
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.scenario import Scenario

__all__ = [
    "LIBRARY",
    "Case",
    "Loaded",
    "Passport",
    "Problem",
    "Scenario",
    "ScenarioError",
    "load",
    "problems",
]
