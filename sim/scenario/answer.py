"""What a verb has to say, and which file its user means."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.scenario.library import LIBRARY

__all__ = ["Answer", "find"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb has to say.

    Attributes:
        text: for people.
        data: the same for `--json`.
        status: the exit status, 0 or 2.
    """

    text: str
    data: Any = field(default_factory=dict)
    status: int = 0


def find(name: str) -> Path:
    """The file that a user means: a path, or the name of a scenario in the library."""
    if Path(name).exists():
        return Path(name)
    for place in (LIBRARY / name, LIBRARY / f"{name}.yaml"):
        if place.is_file():
            return place
    return Path(name)
