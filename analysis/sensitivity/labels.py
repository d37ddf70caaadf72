"""What figures and tables call an uncertain number: short, unique, and nothing of what is private."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from analysis import say
from analysis.value.factors import Factor

__all__ = ["labels"]

LONGEST = 60
"""Letters of a label; a longer one loses its middle."""


def labels(factors: Mapping[str, Factor]) -> dict[str, str]:
    """A label a draw: `medical officer: leave to specialise`, with more of the address where two would be alike."""
    short = {draw: _short(factor, 1) for draw, factor in factors.items()}
    many = Counter(short.values())
    found, hidden = {}, 0
    for draw, factor in factors.items():
        if factor.private:
            hidden += 1
            found[draw] = f"private number {hidden}"
        else:
            found[draw] = short[draw] if many[short[draw]] == 1 else _short(factor, 0)
    twice = Counter(found.values())
    return {draw: label if twice[label] == 1 else f"{label} ({say.safe(draw)})" for draw, label in found.items()}


def _short(factor: Factor, left_out: int) -> str:
    """The place of the number in its file, without the first words of a long one."""
    parts = factor.first.path.split(".")
    parts = parts[left_out:] if len(parts) > 2 else parts
    text = ": ".join(map(say.words, parts))
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2 - 1]} … {text[-LONGEST // 2 + 2 :]}"
