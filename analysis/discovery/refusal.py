"""What is said in place of a finding that the runs can't support."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Refusal"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """No finding: why, and what would give one."""

    reason: str
    what_would_help: str
