"""The beta distribution's inverse, in plain Python: scipy takes longer to import than a scenario to load."""

from __future__ import annotations

import math

__all__ = ["beta_probability", "beta_quantile"]

TINY = 1e-300
CLOSE = 1e-15


def beta_quantile(a: float, b: float, u: float) -> float:
    """The x in (0, 1) at which a Beta(a, b) variable is at most x with probability u.

    Newton's steps, held inside a bracket that shrinks: a step that would leave it becomes a bisection.
    """
    low, high = 0.0, 1.0
    x = a / (a + b)
    log_whole = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    for _ in range(200):
        error = beta_probability(a, b, x) - u
        low, high = (low, x) if error > 0.0 else (x, high)
        density = math.exp(log_whole + (a - 1.0) * math.log(x) + (b - 1.0) * math.log1p(-x))
        new = x - error / density if density > TINY else low
        if not low < new < high:
            new = 0.5 * (low + high)
        if abs(new - x) <= CLOSE * x or not low < new < high:
            return new
        x = new
    return x


def beta_probability(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b) (Numerical Recipes, 3rd ed., section 6.4)."""
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1.0) / (a + b + 2.0):
        return math.exp(log_front) * _fraction(a, b, x) / a
    return 1.0 - math.exp(log_front) * _fraction(b, a, 1.0 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of I_x(a, b), by Lentz's method."""
    c, d = 1.0, 1.0 / _away(1.0 - (a + b) * x / (a + 1.0))
    total = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / _away(1.0 + term * d)
            c = _away(1.0 + term / c)
            total *= c * d
        if abs(c * d - 1.0) < CLOSE:
            break
    return total


def _away(x: float) -> float:
    return x if abs(x) > TINY else TINY
