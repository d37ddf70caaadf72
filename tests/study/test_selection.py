"""Selection of the best plan: how often it is right where the best is exactly as far ahead as matters."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.study.selection import BATCH, FIRST, select
from tests.study.truths import TRUTHS

Floats = NDArray[np.float64]


def slippage(name: str, plans: int, luck: np.random.Generator, blocks: int) -> tuple[Floats, float]:
    """Plans that are equal but for the first, which is ahead by exactly what matters; all share half of their luck."""
    truth = TRUTHS[name]
    matters = truth.deviation / 10.0
    values = truth.draw(luck, (blocks, plans)) + luck.normal(0.0, truth.deviation, (blocks, 1))
    values[:, 0] += matters
    return values, matters


def right(name: str, plans: int, studies: int, seed: int) -> tuple[float, float]:
    """The share of studies that select the best, and the mean number of batches."""
    luck = np.random.default_rng(seed)
    chosen, batches = 0, 0
    for _ in range(studies):
        values, matters = slippage(name, plans, luck, 2500)
        found = select(values, matters)
        while not found.ended:  # a variance that looks large asks for more than the usual blocks
            more, _ = slippage(name, plans, luck, 2500)
            values = np.concatenate([values, more])
            found = select(values, matters)
        chosen += found.chosen == 0
        batches += found.batches
    return chosen / studies, batches / studies


@pytest.mark.parametrize("plans", [3, 8])
@pytest.mark.parametrize("name", TRUTHS)
def test_the_best_is_selected(name: str, plans: int) -> None:
    # 200 studies: were the chance exactly 0.9, its standard error of 0.021 would let this fail once in 700 seeds
    found, batches = right(name, plans, 200, 21)
    assert found >= 0.9 - 3 * 0.0212
    assert batches >= FIRST


@pytest.mark.long
@pytest.mark.parametrize("plans", [3, 8])
@pytest.mark.parametrize("name", TRUTHS)
def test_good_selection_in_4000_studies(name: str, plans: int) -> None:
    # the procedure is conservative; at a true 0.91 the bound would be missed with a chance of 1.4%
    found, batches = right(name, plans, 4000, 22)
    print(f"{name}, {plans} plans: best selected {found:.4f}, {batches * BATCH:.0f} blocks on average")
    assert found >= 0.9


def by_the_book(means: Floats, matters: float) -> tuple[list[int], int]:
    """The procedure as published, term by term, on observations that are given."""
    plans, alpha = means.shape[1], 0.1
    eta = 0.5 * ((2 * alpha / (plans - 1)) ** (-2 / (FIRST - 1)) - 1)
    h2 = 2 * eta * (FIRST - 1)
    every = range(plans)
    s2 = np.array([[np.var(means[:FIRST, i] - means[:FIRST, j], ddof=1) for j in every] for i in every])
    most = [max(math.floor(h2 * s2[i, j] / matters**2) for j in every if j != i) for i in every]
    alive, r = list(range(plans)), FIRST
    while True:
        average = means[:r].mean(axis=0)
        margin = np.maximum(0.0, matters / (2 * r) * (h2 * s2 / matters**2 - r))
        alive = [i for i in alive if all(average[i] >= average[j] - margin[i, j] for j in alive if j != i)]
        if len(alive) == 1 or r >= max(most[i] for i in alive) + 1:
            return alive, r
        r += 1


def test_it_is_the_published_procedure() -> None:
    luck = np.random.default_rng(9)
    for _ in range(100):
        values, matters = slippage("normal", 4, luck, 6000)
        found = select(values, matters)
        means = values.reshape(-1, BATCH, 4).mean(axis=1)
        survivors, batches = by_the_book(means, matters)
        assert (list(found.survivors), found.batches) == (survivors, batches)


def test_it_looks_at_no_more_blocks_than_it_asks_for_and_says_how_many_may_follow() -> None:
    luck = np.random.default_rng(13)
    values, matters = slippage("normal", 3, luck, 10_000)
    found = select(values, matters)
    assert found.ended and found.batches > FIRST and found.blocks < 10_000
    assert select(values[: found.blocks], matters) == found
    part = select(values[: found.blocks - 1], matters)
    assert not part.ended and part.chosen is None and found.chosen in part.survivors
    assert found.batches <= part.at_most
    few = select(values[: BATCH * FIRST - 1], matters)
    assert not few.ended and few.survivors == (0, 1, 2) and few.at_most == 0


def test_direction_ties_and_a_single_plan() -> None:
    luck = np.random.default_rng(12)
    shared = luck.normal(0.0, 1.0, (800, 1))
    values = shared + np.array([[0.0, 5.0, 5.0, 9.0]]) + luck.normal(0.0, 0.1, (800, 1))
    assert select(values, 1.0).chosen == 3 and select(values, 1.0, more_is_better=False).chosen == 0
    tied = select(values[:, 1:3], 1.0)
    assert tied.chosen == 0 and tied.survivors == (0, 1)
    assert select(values[:, :1], 1.0).chosen == 0


def test_what_it_refuses() -> None:
    with pytest.raises(ValueError, match="above 0"):
        select(np.zeros((500, 2)), 0.0)
    with pytest.raises(ValueError, match="defined in every block"):
        select(np.full((500, 2), np.nan), 1.0)
