"""What is known about one number: its value, its spread, its source. Uncertain ones are a study's factors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from sim.scenario.beta import beta_quantile

__all__ = ["Z10", "Distribution", "Passport"]

Distribution = Literal["none", "logit-normal", "log-normal", "normal", "uniform", "log-uniform", "beta", "choice"]

Z10 = 1.2815515655446004
"""The standard normal's 90th percentile: `low` and `high` stand at -Z10 and Z10."""


@dataclass(frozen=True, slots=True)
class Passport:
    """One number of a scenario, with everything that is known about it.

    Attributes:
        path: where it is written, as keys of the file joined by dots; what its future or plan owns stands
            under the case itself, as in `bond.served`.
        address: the float that it sets, as attributes joined by dots.
        unit: the unit of the numbers below (`share`, `per year`, `years`, ...).
        value: the central value, in the model's unit; the median where there is a distribution.
        low: the 10th percentile (the least, for `uniform`, `log-uniform` and `choice`), or the value.
        high: the 90th percentile (the most, likewise), or the value.
        kind: the family of its distribution; the normal ones are split at the value.
        least: the smallest value the field may take.
        most: the largest value the field may take.
        options: the values of a structural choice, the central one first.
        counts: k and n of a published count.
        source: the key of its source in the evidence registry.
        grade: A to D; D is a guess, or stated by the author.
        why: what its reader should know.
        private: whether shared reports must leave it out.
        group: factors of one group share one draw.
        file: the file that set it.
        line: the line there.
        text: the value as written.
        low_text: `low` as written.
        high_text: `high` as written.
        dist_given: whether the file chose the family itself.
    """

    path: str
    address: str
    unit: str
    value: float
    low: float
    high: float
    kind: Distribution = "none"
    least: float = -math.inf
    most: float = math.inf
    options: tuple[float, ...] = ()
    counts: tuple[float, float] = (0.0, 0.0)
    source: str = ""
    grade: str = "D"
    why: str = "stated by the author"
    private: bool = False
    group: str = ""
    file: str = ""
    line: int = 0
    text: str = ""
    low_text: str = ""
    high_text: str = ""
    dist_given: bool = False

    @property
    def uncertain(self) -> bool:
        """Whether it has a distribution: then it is a factor of a study."""
        return self.kind != "none"

    @property
    def draw_key(self) -> str:
        """What a study keys its uniform number by: the group's name, or the address."""
        return self.group or self.address

    def quantile(self, u: float) -> float:
        """The value at probability `u` in (0, 1), in the model's unit (inverse distribution function)."""
        if not 0.0 < u < 1.0:
            raise ValueError(f"u = {u}: a probability strictly between 0 and 1 is needed")
        if self.kind == "none":
            return self.value
        if self.kind == "choice":
            return self.options[min(int(u * len(self.options)), len(self.options) - 1)]
        if self.kind == "beta":
            # Jeffreys' prior: after k of n the share is Beta(k + 1/2, n - k + 1/2).
            return beta_quantile(self.counts[0] + 0.5, self.counts[1] - self.counts[0] + 0.5, u)
        if self.kind == "uniform":
            return self.low + u * (self.high - self.low)
        if self.kind == "log-uniform":
            return self.low * math.exp(u * math.log(self.high / self.low))
        return min(max(self._split(u), self.least), self.most)

    def _split(self, u: float) -> float:
        """A normal on a transformed scale, with one spread below the median and another above it."""
        z = NormalDist().inv_cdf(u) / Z10
        ends = (self.low, self.value, self.high)
        if self.kind == "logit-normal":
            low, middle, high = (math.log(x / (1.0 - x)) for x in ends)
            return 1.0 / (1.0 + math.exp(-_between(low, middle, high, z)))
        if self.kind == "log-normal":
            low, middle, high = (math.log(x) for x in ends)
            return math.exp(_between(low, middle, high, z))
        return _between(*ends, z)


def _between(low: float, middle: float, high: float, z: float) -> float:
    return middle + z * (middle - low if z < 0.0 else high - middle)
