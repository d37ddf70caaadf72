"""Inverse distribution functions: a uniform number in, a value out.

One uniform gives one value, so a draw keeps its rank when a parameter moves: two plans that differ in a rate meet
the same luck. Only functions of `math` are used; they give the same bits compiled and interpreted.
"""

from __future__ import annotations

import math

from sim.engine.compiled import formula

__all__ = [
    "exponential", "gamma", "gamma_cdf", "gompertz", "lognormal", "normal", "normal_cdf", "poisson", "truncated_normal",
]  # fmt: skip

INFINITY = math.inf
HALF_LOG_2PI = 0.91893853320467274178


@formula
def exponential(u: float) -> float:
    """Exponential with mean 1."""
    return -math.log1p(-u)


@formula
def normal_cdf(x: float) -> float:
    """The standard normal distribution function."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@formula
def normal(u: float) -> float:
    """Standard normal: the rational approximations of Wichura (1988, AS 241), relative error about 1e-16."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
               + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
               + 133.14166789178437745) * r + 3.387132872796366608)  # fmt: skip
        low = (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
               + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
               + 42.313330701600911252) * r + 1.0)  # fmt: skip
        return q * top / low
    tail = u if q < 0.0 else 1.0 - u
    r = math.sqrt(-math.log(tail))
    if r <= 5.0:
        r -= 1.6
        top = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
               + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
               + 4.6303378461565452959) * r + 1.42343711074968357734)  # fmt: skip
        low = (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
               + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
               + 2.05319162663775882187) * r + 1.0)  # fmt: skip
    else:
        r -= 5.0
        top = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
               + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
               + 5.4637849111641143699) * r + 6.6579046435011037772)  # fmt: skip
        low = (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
               + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
               + 0.59983220655588793769) * r + 1.0)  # fmt: skip
    return -top / low if q < 0.0 else top / low


@formula
def truncated_normal(u: float, mean: float, sd: float, low: float) -> float:
    """Normal given that it exceeds `low`; `low` itself when sd is 0 and the mean lies below."""
    if sd <= 0.0:
        return max(mean, low)
    below = normal_cdf((low - mean) / sd)
    if below >= 1.0 - 1e-15:
        return low
    # The upper tail is worked with directly: 1 - p keeps its digits when p is close to 1.
    above = (1.0 - below) * (1.0 - u)
    return max(low, mean - sd * normal(above))


@formula
def lognormal(u: float, median: float, sigma: float) -> float:
    """Log-normal by its median and the standard deviation of its logarithm."""
    return median * math.exp(sigma * normal(u))


@formula
def gompertz(u: float, age: float, rate_at_40: float, doubling: float) -> float:
    """Years left to someone of an age under the hazard rate_at_40 · 2^((age − 40)/doubling) per year."""
    if rate_at_40 <= 0.0:
        return INFINITY
    threshold = -math.log1p(-u)
    growth = math.log(2.0) / doubling
    now = rate_at_40 * math.exp(growth * (age - 40.0))
    return math.log1p(growth * threshold / now) / growth


@formula
def poisson(u: float, mean: float) -> int:
    """Poisson count by summation; meant for means up to a few hundred."""
    probability = math.exp(-mean)
    total = probability
    n = 0
    while u > total and n < 100000:
        n += 1
        probability *= mean / n
        if probability < 1e-300 and n > mean:
            break
        total += probability
    return n


@formula
def log_gamma(x: float) -> float:
    """The logarithm of the gamma function for x > 0: Stirling's series above 10, reached by recurrence.

    `math.lgamma` is one function in Python and another in compiled code; their last bits differ.
    """
    product = 1.0
    while x < 10.0:
        product *= x
        x += 1.0
    r = 1.0 / (x * x)
    series = (1.0 / 12.0 - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r * (1.0 / 1680.0 - r / 1188.0)))) / x
    return (x - 0.5) * math.log(x) - x + HALF_LOG_2PI + series - math.log(product)


@formula
def gamma_cdf(shape: float, x: float) -> float:
    """The regularised lower incomplete gamma function P(shape, x)."""
    if x <= 0.0:
        return 0.0
    return gamma_below(shape, x, math.exp(shape * math.log(x) - x - log_gamma(shape)))


@formula
def gamma_below(shape: float, x: float, front: float) -> float:
    """P(shape, x) from its factor x^shape e^-x / Gamma(shape): series below shape + 1, fraction above."""
    if x < shape + 1.0:
        term = 1.0 / shape
        total = term
        n = shape
        for _ in range(10000):
            n += 1.0
            term *= x / n
            total += term
            if term < total * 1e-17:
                break
        return front * total
    # Lentz's method for the continued fraction of the upper function.
    b = x + 1.0 - shape
    c = 1e300
    d = 1.0 / b
    h = d
    for i in range(1, 10000):
        a = -i * (i - shape)
        b += 2.0
        d = 1.0 / (a * d + b)
        c = b + a / c
        delta = c * d
        h *= delta
        if abs(delta - 1.0) < 1e-16:
            break
    return 1.0 - front * h


@formula
def gamma_start(u: float, shape: float) -> float:
    """A first guess: Wilson & Hilferty's cube, or the power law that holds near 0."""
    near_zero = math.exp((math.log(u) + log_gamma(shape + 1.0)) / shape)
    if shape < 0.5 or near_zero < 0.05 * shape:
        return near_zero
    z = normal(u)
    cube = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * math.sqrt(shape))
    return max(shape * cube * cube * cube, 1e-3 * shape)


@formula
def gamma(u: float, shape: float) -> float:
    """Gamma with this shape and rate 1, by Halley steps held inside a shrinking bracket."""
    x = gamma_start(u, shape)
    logarithm = log_gamma(shape)
    low = 0.0
    high = INFINITY
    for _ in range(100):
        front = math.exp(shape * math.log(x) - x - logarithm)
        error = gamma_below(shape, x, front) - u
        if error > 0.0:
            high = x
        else:
            low = x
        density = front / x
        step = 0.0
        if density > 0.0:
            newton = error / density
            step = newton / (1.0 - 0.5 * min(1.0, newton * ((shape - 1.0) / x - 1.0)))
            # A Halley step cubes the error: after one of 1e-5, nothing is left to correct.
            if abs(step) <= 1e-5 * x:
                return x - step
        new = x - step
        if not low < new < high or step == 0.0:
            new = 2.0 * x if high == INFINITY else 0.5 * (low + high)
        x = new
    return x
