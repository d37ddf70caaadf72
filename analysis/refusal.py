"""What is said in place of a finding that the runs can't support."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Refusal"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """No finding: why, and what would give one, as two sentences for a reader."""

    reason: str
    what_would_help: str

    def __str__(self) -> str:
        return f"{_sentence(self.reason)} {_sentence(self.what_would_help)}"


def _sentence(text: str) -> str:
    """A text with a capital letter and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
