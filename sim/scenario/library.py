"""Where the scenarios that come with the program lie."""

from __future__ import annotations

from pathlib import Path

__all__ = ["LIBRARY"]

LIBRARY = Path(__file__).resolve().parents[2] / "scenarios"
"""The data package: defaults, bases, evidence, the scenarios."""
