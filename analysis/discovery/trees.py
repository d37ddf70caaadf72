"""Scenario discovery by a small tree: failures in a few exclusive conditions that together cover all histories.

CART (Breiman, Friedman, Olshen & Stone 1984), by scikit-learn; the workbench's own wraps the same tree and adds no
cross-validation. Its cost of complexity is chosen by cross-validation, and its worth is judged outside of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import say
from analysis.discovery.rows import Rows, between, checked, seeded
from analysis.refusal import Refusal
from sim.study.intervals import interval_of, wilson

__all__ = ["Rule", "Split", "Tree", "find_tree"]

Floats = NDArray[np.float64]

DEEPEST, LEAST_LEAF = 3, 0.05
COSTS = np.geomspace(0.003, 0.1, 6)
"""Costs of a leaf that are tried, as parts of the variance of failures."""
FOLDS, TREE = 5, 3


@dataclass(frozen=True, slots=True)
class Split:
    """The bounds of a rule on one factor; None where there is none."""

    column: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A leaf: a condition, how many histories it holds and how many of them fail."""

    splits: tuple[Split, ...]
    mass: float
    failing: float
    low: float
    high: float
    """Wilson's 90% interval of `failing` on the rows that the tree was grown in, and so too narrow."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Conditions that exclude each other and cover all histories."""

    rows: Rows
    rules: tuple[Rule, ...]
    """The most failing first."""
    skill: tuple[float, float, float]
    """The part of the squared error of the overall share that the tree saves on rows it hasn't seen, with its 90%
    interval: 0 is no better than the overall share, 1 is perfect."""

    @property
    def holds(self) -> bool:
        """Whether the tree foretells failures of rows it hasn't seen."""
        return len(self.rules) > 1 and self.skill[1] > 0.0

    def condition(self, rule: Rule) -> str:
        """A rule for a reader, with units."""
        return " and ".join(between(self.rows.factors[one.column], one.low, one.high) for one in rule.splits)

    def words(self) -> list[str]:
        """A sentence a rule, or the one that there is none."""
        if not self.holds:
            return [f"{self.rows.what}: no tree foretells failure in histories that it hasn't seen"]
        return [
            f"where {self.condition(rule)}: {say.number(rule.failing, 'share')} "
            f"({say.span(rule.low, rule.high, 'share')}) fail; {say.number(rule.mass, 'share')} of histories"
            for rule in self.rules
        ]


def find_tree(rows: Rows) -> Tree | Refusal:
    """A tree of at most three questions, its size chosen by cross-validation; or why none is grown."""
    from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict
    from sklearn.tree import DecisionTreeRegressor

    refused = checked(rows)
    if refused is not None:
        return refused
    state = int(seeded(rows.seed, TREE).integers(2**31))
    # On failures of 0 and 1 the squared error is half of Gini's impurity, and rows of several lucks need no other tree.
    leaf = DecisionTreeRegressor(max_depth=DEEPEST, min_samples_leaf=LEAST_LEAF, random_state=state)
    folds = KFold(FOLDS, shuffle=True, random_state=state)
    search = GridSearchCV(
        leaf, {"ccp_alpha": COSTS * rows.y.var()}, scoring="neg_mean_squared_error",
        cv=KFold(FOLDS, shuffle=True, random_state=state + 1),
    )  # fmt: skip
    fitted = cross_val_predict(search, rows.x, rows.y, cv=folds)
    overall = np.empty_like(rows.y)
    for used, rest in folds.split(rows.x):
        overall[rest] = rows.y[used].mean()
    best = search.fit(rows.x, rows.y).best_estimator_
    rules = sorted(_rules(best, rows), key=lambda rule: -rule.failing)
    return Tree(rows, tuple(rules), _skill(rows.y, fitted, overall))


def _skill(y: Floats, fitted: Floats, overall: Floats) -> tuple[float, float, float]:
    base = (y - overall) ** 2
    saved = base - (y - fitted) ** 2
    found = interval_of(saved, int(np.count_nonzero(saved)))
    return found.mean / base.mean(), found.low / base.mean(), found.high / base.mean()


def _rules(tree: Any, rows: Rows) -> Iterator[Rule]:
    """Every leaf of a fitted tree."""
    shape, leaves = tree.tree_, tree.apply(rows.x)

    def walk(node: int, low: Floats, high: Floats) -> Iterator[Rule]:
        column, bound = shape.feature[node], shape.threshold[node]
        if column < 0:
            here = rows.y[leaves == node]
            yield Rule(
                tuple(_splits(low, high)),
                here.size / rows.y.size,
                float(here.mean()),
                *wilson(round(float(here.sum())), here.size),
            )
            return
        for child, side in ((shape.children_left[node], high), (shape.children_right[node], low)):
            kept = side[column]
            side[column] = bound
            yield from walk(child, low, high)
            side[column] = kept

    yield from walk(0, np.full(rows.x.shape[1], -np.inf), np.full(rows.x.shape[1], np.inf))


def _splits(low: Floats, high: Floats) -> Iterator[Split]:
    for column in np.flatnonzero(np.isfinite(low) | np.isfinite(high)):
        lower, upper = float(low[column]), float(high[column])
        yield Split(int(column), lower if np.isfinite(lower) else None, upper if np.isfinite(upper) else None)
