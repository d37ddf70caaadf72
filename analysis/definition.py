"""What an outcome means, as stored results carry it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Definition"]


@dataclass(frozen=True, slots=True)
class Definition:
    """An outcome's label, unit and direction."""

    name: str
    label: str
    unit: str
    better: str
    """`more`, `less`, or nothing where neither is better."""
    matters: float | str | None
    """The smallest difference that counts: a number, or a share of the centre as in `5%`."""
    note: str = ""

    @property
    def group(self) -> str:
        """Whose outcome it is: the name without its metric."""
        return self.name.rpartition(".")[0]

    @property
    def metric(self) -> str:
        """What is measured: the last part of the name."""
        return self.name.rpartition(".")[2]
