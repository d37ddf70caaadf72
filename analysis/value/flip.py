"""The decision margin: the smallest plausible change of one number, or of several, that flips the advice.

A change holds some draws at a point and leaves all others as uncertain as they are, so that it is judged as advice is:
by the expected outcome. One number is moved along its own spline; several by the shortest move in standard-normal score
space to where the fitted surface of some rival reaches the recommended plan, which is the design point of first-order
reliability (A. M. Hasofer & N. C. Lind 1974, J. Eng. Mech. Div. 100, 111-121). A fit only proposes: runs confirm
(analysis/value/confirm.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.value.choice import Choice
from analysis.value.surface import ALPHAS, Surface, explained, folds, splines, strength

__all__ = ["STEP", "Z99", "Flip", "Margin", "influential", "margin"]

Floats = NDArray[np.float64]

Z99 = 2.3263478740408408
"""The 99th percentile's score: a change beyond it, or below the 1st, is not plausible."""

STEP = 0.25
"""Runs confirm a flip at so many standard deviations before it and behind it: at the flip itself plans are equal."""

FAMILY = 0.05
"""In so large a share of studies whose numbers are all inert, one of them would be looked at."""
PERMUTED = 20
"""Permutations for each number looked at."""
RESAMPLED = 200
"""Resamples of rows behind a flip's interval."""
GRID = np.linspace(0.0, Z99, 201)


@dataclass(frozen=True, slots=True)
class Flip:
    """A change after which a rival is expected to serve the party better than the recommended plan."""

    rival: str
    scores: dict[str, float]
    """Where the two plans are equal, as standard normal scores of the draws that move; 0 is the median."""
    low: float
    """The distance's 90% interval, from resampled rows; infinite where resamples have no flip within range."""
    high: float
    lead: float
    """What the rival leads by a STEP behind the flip, by the fit, in the aim's unit."""
    most: float
    """What the rival leads by at the 99th (or 1st) percentile in this direction, by the fit."""
    by_runs: bool = False
    """Whether runs have moved it from where the fit put it; its interval is then of those runs."""

    @property
    def distance(self) -> float:
        """How far the move is, in standard deviations from the medians."""
        return float(np.linalg.norm(list(self.scores.values())))

    @property
    def at(self) -> dict[str, float]:
        """The flip point: the uniform number of each draw that moves."""
        return _uniforms(self.scores, 1.0)

    @property
    def before(self) -> dict[str, float]:
        """A STEP before it, where the recommended plan should still be ahead; at the medians where those are nearer.

        Where the rival is ahead at the medians already, before is where nothing is held: the advice as it stands.
        """
        return _uniforms(self.scores, max(0.0, 1.0 - STEP / self.distance)) if self.distance else {}

    @property
    def behind(self) -> dict[str, float]:
        """A STEP behind it, where the rival should be ahead."""
        return _uniforms(self.scores, 1.0 + STEP / self.distance if self.distance else 1.0)


@dataclass(frozen=True, slots=True)
class Margin:
    """How near a party's choice in one future is to another one."""

    choice: Choice
    looked_at: tuple[str, ...]
    """The draws that visibly move some rival's gain, the strongest first; others are not searched."""
    single: tuple[Flip, ...]
    """Flips by one number within its 1st to 99th percentile, the nearest first."""
    joint: Flip | None
    """The shortest move of several, if one of at most Z99 standard deviations flips the choice."""
    explained: float
    """What the joint fit explains, cross-fitted, of the gain of the joint move's rival, or else of the nearest."""


def margin(choice: Choice) -> Margin:
    """Find the flips of a choice; they are proposals until runs confirm them."""
    looked_at = influential(choice)
    place = {name: column for column, name in enumerate(choice.draws)}
    single = [flip for name in looked_at if (flip := _single(choice, name, choice.scores[:, [place[name]]]))]
    single.sort(key=lambda flip: flip.distance)
    names = looked_at[:8]
    if not names:
        return Margin(choice, (), (), None, 0.0)
    scores = choice.scores[:, [place[name] for name in names]]
    fitted = np.empty_like(choice.gains)
    for fit, held in folds(len(scores), choice.seed):
        fitted[held] = Surface(scores[fit], choice.gains[fit])(scores[held])
    joint = _joint(choice, names, scores) if len(names) > 1 else None
    rival = choice.rivals.index(joint.rival) if joint else choice.nearest
    quality = float(explained(choice.gains, fitted)[rival])
    return Margin(choice, looked_at, tuple(single), joint, quality)


def influential(choice: Choice) -> tuple[str, ...]:
    """Draws that explain more of some rival's gain than all the permuted ones do in 95% of studies, strongest first."""
    rows, numbers = choice.scores.shape
    luck = np.random.Generator(np.random.Philox([choice.seed, rows, numbers, 1]))
    found = strength(choice.scores, choice.gains).max(axis=1)
    inert = np.concatenate(
        [strength(choice.scores[luck.permutation(rows)], choice.gains).max(axis=1) for _ in range(PERMUTED)]
    )
    level = float(np.quantile(inert, (1.0 - FAMILY) ** (1.0 / numbers)))
    return tuple(choice.draws[place] for place in np.argsort(-found, kind="stable") if found[place] > level)


def _uniforms(scores: dict[str, float], times: float) -> dict[str, float]:
    from scipy.special import ndtr

    return {name: float(ndtr(times * score)) for name, score in scores.items()}


def _crossing(lead: Floats) -> float:
    """The first score on the grid's side at which a lead, one a grid point, reaches 0; infinite if it never does."""
    ahead = np.flatnonzero(lead > 0.0)
    if not ahead.size:
        return np.inf
    first = int(ahead[0])
    if first == 0:
        return 0.0
    before, after = lead[first - 1], lead[first]
    return float(GRID[first - 1] + (GRID[first] - GRID[first - 1]) * before / (before - after))


def _curves(scores: Floats, gains: Floats, grid: Floats) -> Floats:
    """Expected gains along one draw: a row a grid point, a column a rival."""
    from sklearn.linear_model import RidgeCV

    fit = RidgeCV(ALPHAS, alpha_per_target=True).fit(splines(scores), gains)
    return np.asarray(fit.predict(splines(grid[:, None]))).reshape(len(grid), -1)


def _single(choice: Choice, name: str, scores: Floats) -> Flip | None:
    """The nearest flip by one number, up or down."""
    best: tuple[float, float] = (np.inf, 1.0)
    for side in (1.0, -1.0):
        best = min(best, (_crossing(_curves(scores, choice.gains, side * GRID).max(axis=1)), side))
    distance, side = best
    if not np.isfinite(distance):
        return None
    points = side * np.array([distance + 1e-6, distance + STEP, Z99])
    leads = _curves(scores, choice.gains, points)
    rival = int(leads[0].argmax())
    luck = np.random.Generator(np.random.Philox([choice.seed, len(scores), 2]))
    again = []
    for _ in range(RESAMPLED):
        rows = luck.integers(0, len(scores), len(scores))
        again.append(_crossing(_curves(scores[rows], choice.gains[rows], side * GRID).max(axis=1)))
    low, high = np.quantile(again, [0.05, 0.95], method="inverted_cdf")
    return Flip(
        choice.rivals[rival], {name: side * distance}, float(low), float(high),
        float(leads[1, rival]), float(leads[2].max()),
    )  # fmt: skip


def _joint(choice: Choice, names: tuple[str, ...], scores: Floats) -> Flip | None:
    """The shortest move of several numbers at which some rival's fitted gain is 0."""
    surface = Surface(scores, choice.gains)
    found = [(_shortest(surface, rival, len(names)), rival) for rival in range(len(choice.rivals))]
    moves = [(move, rival) for move, rival in found if move is not None]
    if not moves:
        return None
    move, rival = min(moves, key=lambda one: float(np.linalg.norm(one[0])))
    distance = float(np.linalg.norm(move))
    if distance > Z99:
        return None
    if distance == 0.0:
        lead = float(surface(move[None])[0, rival])
        return Flip(choice.rivals[rival], dict.fromkeys(names, 0.0), 0.0, 0.0, lead, lead)
    behind = surface(np.stack([move * (1.0 + STEP / distance), move * Z99 / distance]))
    low, high = _resampled(choice, scores, move / distance)
    point = {name: float(score) for name, score in zip(names, move, strict=True)}
    return Flip(choice.rivals[rival], point, low, high, float(behind[0, rival]), float(behind[1].max()))


def _shortest(surface: Surface, rival: int, size: int) -> Floats | None:
    """The point nearest to the medians at which a rival's fitted gain is 0; None where none is found.

    The medians themselves where the rival is ahead there.
    """
    from scipy.optimize import NonlinearConstraint, minimize

    def lead(point: Any) -> Any:
        return float(surface(point[None])[0, rival]) / scale

    def length(point: Any) -> float:
        return 0.5 * float(point @ point)

    scale = 1.0
    centre = np.zeros(size)
    if lead(centre) >= 0.0:
        return centre
    scale = -lead(centre)
    slope = np.array([lead(0.3 * unit) - lead(-0.3 * unit) for unit in np.eye(size)])
    slope /= np.linalg.norm(slope) or 1.0
    best: Floats | None = None
    for start in (0.5 * slope, 2.0 * slope):
        found = minimize(
            length, start, method="SLSQP", bounds=[(-Z99, Z99)] * size,
            constraints=[NonlinearConstraint(lead, 0.0, np.inf)],
        )  # fmt: skip
        reached = found.success and lead(found.x) > -1e-4
        if reached and (best is None or np.linalg.norm(found.x) < np.linalg.norm(best)):
            best = np.asarray(found.x)
    return best


def _resampled(choice: Choice, scores: Floats, direction: Floats) -> tuple[float, float]:
    """The 90% interval of the distance along the found direction, over resampled rows."""
    luck = np.random.Generator(np.random.Philox([choice.seed, *scores.shape, 3]))
    again = []
    for _ in range(RESAMPLED // 4):
        rows = luck.integers(0, len(scores), len(scores))
        again.append(_crossing(Surface(scores[rows], choice.gains[rows])(GRID[:, None] * direction).max(axis=1)))
    low, high = np.quantile(again, [0.05, 0.95], method="inverted_cdf")
    return float(low), float(high)
