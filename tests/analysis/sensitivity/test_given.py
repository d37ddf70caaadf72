"""Given-data methods on known orderings, dummies that exceed themselves as often as said, and refusals in words."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from analysis.sensitivity.estimates import Estimate, Refusal
from analysis.sensitivity.gates import (
    Convergence,
    convergence,
    failures,
    more_rows,
    refuse_failed,
    rows_needed,
)
from analysis.sensitivity.given import METHODS, Factors, Given, base_rows, given
from analysis.sensitivity.morris import morris
from analysis.sensitivity.sobol import sobol
from analysis.sensitivity.surrogate import surrogate
from analysis.sensitivity.swings import swings
from tests.analysis.sensitivity.functions import Floats, ishigami

NAMES = ("a", "b", "c")


def ensemble(rows: int, seed: int, noise: float = 0.3) -> tuple[Floats, Floats]:
    """4 a + 2 b + chance: S of a and b in proportion 4 to 1, the third does nothing."""
    draw = np.random.default_rng(seed)
    x = draw.random((rows, 3))
    return x, 4.0 * x[:, 0] + 2.0 * x[:, 1] + noise * draw.normal(size=rows)


@pytest.mark.parametrize("method", METHODS)
def test_factors_come_in_their_known_order(method: str) -> None:
    """The first moves most, then the second, both above the dummies (by over ten standard errors, all methods)."""
    rows = 250 if method == "delta" else 500
    x, y = ensemble(rows, 1)
    y[7] = np.nan
    found = given(method, Factors(NAMES), x, y, 1)
    assert isinstance(found, Given), found
    first, second, inert = (estimate.value for estimate in found.index)
    assert first > second > inert
    assert found.above[:2] == (True, True)
    assert inert < found.threshold * 1.5
    assert (found.rows, found.left_out) == (rows - 1, 1)
    assert found.note == f"1 of {rows} rows failed and are left out."


@pytest.mark.parametrize(("method", "rows"), [("rbd_fast", 1000), ("hdmr", 1000)])
def test_first_order_shares_are_the_known_ones(method: str, rows: int) -> None:
    """V of parts 16/12, 4/12 and 0.09: shares 0.759 and 0.190; bounds are three standard errors or more."""
    x, y = ensemble(rows, 2)
    found = given(method, Factors(NAMES), x, y, 1)
    assert isinstance(found, Given)
    whole = 20.0 / 12.0 + 0.09
    assert [e.value for e in found.index] == pytest.approx([16 / 12 / whole, 4 / 12 / whole, 0.0], abs=0.06)


def test_a_factor_that_does_nothing_exceeds_the_threshold_once_in_twenty() -> None:
    """PAWN, three inert factors in each of 40 studies: 6 of 120 expected, 1 to 14 pass (chance: 0.5%)."""
    exceeded = 0
    for seed in range(40):
        draw = np.random.default_rng(seed)
        found = given("pawn", Factors(NAMES), draw.random((100, 3)), draw.normal(size=100), seed)
        assert isinstance(found, Given)
        exceeded += sum(found.above)
    assert 1 <= exceeded <= 14


@pytest.mark.parametrize("method", ["pawn", "rbd_fast"])
def test_a_constant_and_a_scale_leave_indices_alone(method: str) -> None:
    x, y = ensemble(200, 3)
    plain, moved = given(method, Factors(NAMES), x, y, 1), given(method, Factors(NAMES), x, 7.0 * y - 100.0, 1)
    assert isinstance(plain, Given)
    assert isinstance(moved, Given)
    assert [e.value for e in moved.index] == pytest.approx([e.value for e in plain.index], abs=1e-9)
    assert moved.threshold == pytest.approx(plain.threshold, abs=1e-9)


def test_kinds_are_compared_by_pawn_and_refused_by_smooth_methods() -> None:
    draw = np.random.default_rng(1)
    x = np.column_stack([draw.integers(0, 2, 400).astype(float), draw.random((400, 2))])
    y = 2.0 * x[:, 0] + draw.normal(size=400)
    factors = Factors(NAMES, categorical=frozenset({"a"}))
    found = given("pawn", factors, x, y, 1)
    assert isinstance(found, Given)
    assert found.above[0]
    for method in ("rbd_fast", "hdmr"):
        answer = given(method, factors, x, y, 1)
        assert isinstance(answer, Refusal)
        assert "kinds without an order" in answer.reason


def test_salib_leaves_the_global_generator_and_warnings_as_they_were() -> None:
    np.random.seed(5)  # noqa: NPY002
    before, written = np.random.get_state()[1].copy(), warnings.formatwarning  # type: ignore[index] # noqa: NPY002
    x, y = ensemble(100, 1)
    given("pawn", Factors(NAMES), x, y, 1)
    assert (np.random.get_state()[1] == before).all()  # type: ignore[index] # noqa: NPY002
    assert warnings.formatwarning is written


def test_the_base_of_a_sobol_design_is_an_independent_sample() -> None:
    x = np.arange(24.0).reshape(4, 3, 2)
    y = np.arange(24.0).reshape(4, 3, 2)
    points, outcomes = base_rows(x, y)
    assert points.tolist() == x[:2].reshape(6, 2).tolist()
    assert outcomes.tolist() == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]


Case = tuple[int, Floats, str]

CASES: list[Case] = [
    (0, np.zeros((2, 40, 4)), "No number of this scenario is uncertain."),
    (1, np.random.default_rng(1).random((3, 40, 4)), "Only one factor varies"),
    (3, np.full((5, 40, 4), 2.5), "The outcome is 2.5 in all 800 runs"),
    (3, np.full((5, 40, 4), np.nan), "All 800 runs failed"),
    (3, np.random.default_rng(1).random((5, 4, 4)), "4 rows are too few to judge: at least 30"),
    (3, np.where(np.arange(800).reshape(5, 40, 4) == 9, np.nan, 1.0), "1 of 800 runs failed"),
]


@pytest.mark.parametrize(("factors", "y", "reason"), CASES)
def test_what_cannot_be_judged_is_said_in_words(factors: int, y: Floats, reason: str) -> None:
    """The same words from every method, and never a traceback."""
    names = [f"x{place}" for place in range(factors)]
    answer = sobol(names, y, 1)
    assert isinstance(answer, Refusal)
    assert answer.reason.startswith(reason)
    assert answer.what_would_help.endswith(".")
    rows = y.reshape(-1, 4)
    x = np.random.default_rng(1).random((len(rows), factors))
    for other in (
        surrogate(names, x[:20], rows[:20], 1),
        swings(names, x[:20], rows[:20, 0]),
        *(given(method, Factors(tuple(names)), x[:20], rows[:20, 0], 1) for method in METHODS),
        morris(names, np.zeros((2, factors + 1, factors)), np.full((2, factors + 1, 4), np.nan), 1),
    ):
        assert isinstance(other, Refusal)
        assert len(other.what_would_help) > 10


def test_failed_runs_are_listed_by_cause_and_point() -> None:
    failed = np.zeros((5, 10, 2), dtype=bool)
    failed[2, 3] = True
    failed[4, 7, 0] = True
    causes = np.where(failed, "queue overflow", "")
    causes[4, 7, 0] = "time ran out"
    points = np.array([[f"row {row}, AB {point}" for row in range(10)] for point in range(5)])[..., None]
    found = failures(failed, causes, points)
    assert [(one.cause, one.runs, one.points) for one in found] == [
        ("queue overflow", 2, ("row 3, AB 2",)),
        ("time ran out", 1, ("row 7, AB 4",)),
    ]
    answer = refuse_failed(failed, causes, points)
    assert answer is not None
    assert answer.reason.startswith("3 of 100 runs failed (3%): queue overflow (2 runs, at row 3, AB 2); time ran out")
    assert "given-data method by name" in answer.what_would_help
    assert refuse_failed(np.zeros(5, dtype=bool)) is None


def test_many_failures_are_no_sample() -> None:
    x, y = ensemble(400, 1)
    y[:100] = np.nan
    answer = given("pawn", Factors(NAMES), x, y, 1)
    assert isinstance(answer, Refusal)
    assert answer.reason.startswith("25% of rows failed")


def test_hdmr_says_how_many_rows_it_needs() -> None:
    draw = np.random.default_rng(1)
    few = given("hdmr", Factors(NAMES), *ensemble(299, 1), 1)
    many = Factors(tuple(f"x{place}" for place in range(60)))
    wide = given("hdmr", many, draw.random((400, 60)), draw.normal(size=400), 1)
    assert isinstance(few, Refusal)
    assert isinstance(wide, Refusal)
    assert "at least 300" in few.reason
    assert wide.what_would_help.startswith("Run 1,580 rows")


def test_groups_are_refused_with_the_reason() -> None:
    answer = given("delta", Factors(NAMES, groups=(frozenset({"a", "b"}),)), *ensemble(200, 1), 1)
    assert isinstance(answer, Refusal)
    assert answer.reason.startswith("a, b are drawn together")


def test_rows_needed_follow_the_root_of_the_sample() -> None:
    assert rows_needed(256, 0.2) == 1024
    answer = more_rows(["pay"], {"ST": [Estimate(0.5, 0.3, 0.7)]}, 256)
    assert answer is not None
    assert answer.reason.startswith("1 of 1 indices are not printed, because 256 rows")
    assert answer.what_would_help == "About 1,100 rows would do, 844 more than now."
    assert more_rows(["pay"], {"ST": [Estimate(0.5, 0.45, 0.55)]}, 256) is None


def test_convergence_takes_nested_parts_and_names_what_moves() -> None:
    asked: list[int] = []

    def estimate(rows: int) -> list[Estimate] | Refusal:
        asked.append(rows)
        steady = Estimate(0.5, 0.4, 0.6)
        moving = Estimate(0.1 if rows < 80 else 0.6, 0.1, 0.2)
        return Refusal("few", "more") if rows < 20 else [steady, moving]

    found = convergence(["steady", "moving"], 80, estimate)
    assert asked == [10, 20, 40, 80]
    assert found.estimates[0] == (None, None)
    assert found.settled == (True, False)
    assert found.unsettled is not None
    assert "disagree about moving" in found.unsettled.reason
    assert Convergence(("x",), (4,), ((None,),)).settled == (False,)


def test_intervals_of_a_deterministic_function_shrink_with_the_sample() -> None:
    """On the first N/8 … N rows of one Ishigami design, the interval of ST halves from N/4 to N (within 30%)."""
    from tests.analysis.sensitivity.functions import design

    x = design(3, 1024, np.random.default_rng(1))
    y = np.repeat(ishigami(x)[..., None], 2, axis=2)

    def estimate(rows: int) -> tuple[Estimate, ...] | Refusal:
        answer = sobol(list(NAMES), y[:, :rows], 1)
        return answer if isinstance(answer, Refusal) else answer.total

    found = convergence(list(NAMES), 1024, estimate)
    assert found.rows == (128, 256, 512, 1024)
    quarter, whole = found.estimates[1][0], found.estimates[3][0]
    assert quarter is not None
    assert whole is not None
    assert whole.half / quarter.half == pytest.approx(0.5, rel=0.3)
