"""The planner of time: half-widths fall with the root of time, and lengths of time are read and written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sim.study.planner import (
    DurationError,
    Outcome,
    amount,
    blocks_within,
    duration,
    half_width,
    parse_duration,
    resolutions,
    sentences,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90.0), ("10m", 600.0), ("2h", 7200.0), ("1h30m", 5400.0), (" 1.5 H ", 5400.0), ("10 min", 600.0)],
)
def test_lengths_of_time_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "ten minutes", "-5m", "0s", "0h0m", "1e3s", "5m2h", "nan s", "10m!"])
def test_other_texts_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(DurationError, match=r"time .*: expected .*10m"):
        parse_duration(text)


@given(some.integers(0, 99), some.integers(0, 59), some.integers(0, 59))
def test_hours_minutes_and_seconds_add_up(hours: int, minutes: int, seconds: int) -> None:
    total = 3600 * hours + 60 * minutes + seconds
    if total:
        assert parse_duration(f"{hours}h{minutes}m{seconds}s") == total


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1.0, "1 second"), (45.0, "45 seconds"), (60.0, "1 minute"), (600.0, "10 minutes"), (2400.0, "40 minutes"),
     (3600.0, "1 hour"), (5400.0, "1.5 hours"), (80.0, "80 seconds"), (0.0, "0 seconds")],
)  # fmt: skip
def test_lengths_of_time_are_written(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_four_times_the_time_resolves_half() -> None:
    # a failure probability whose paired differences have s = 0.6316: 1,200 blocks give ± 3 points
    failing = Outcome("failure probability", "share", 0.03 * math.sqrt(1200.0) / 1.645)
    staff = Outcome("specialists in post", "people", 11.0)
    found = resolutions([failing, staff], 0.5, [600.0, 2400.0], 20_000)
    assert [one.blocks for one in found] == [1200, 4800]
    assert found[0].halves["specialists in post"] == pytest.approx(1.645 * 11.0 / math.sqrt(1200.0))
    assert sentences([failing, staff], found) == [
        "10 minutes resolve 3 points of failure probability; 40 minutes 1.5 points",
        '10 minutes resolve 0.52 people in "specialists in post"; 40 minutes 0.26 people',
    ]


def test_no_block_more_than_the_cap_and_nothing_promised_of_what_never_differed() -> None:
    same = Outcome("failure probability", "share of runs", 0.0)
    found = resolutions([same], 1e-3, [600.0], 20_000)
    assert found[0].blocks == 20_000
    assert "nothing to plan with" in sentences([same], found)[0]


@given(some.floats(1e-3, 1e6), some.integers(1, 20_000))
def test_half_width_is_what_the_number_of_blocks_was_chosen_for(deviation: float, blocks: int) -> None:
    needed = (1.645 * deviation / half_width(deviation, blocks)) ** 2
    assert needed == pytest.approx(blocks)


def test_amounts_and_room() -> None:
    assert amount(0.03, "share") == "3 points" and amount(0.0045, "share of runs") == "0.45 points"
    assert amount(0.000123, "from 0 to 1") == "0.00012"
    assert amount(12_345.0, "USD") == "12,000 USD" and amount(0.0, "people") == "0 people"
    assert blocks_within(10.0, 3.0) == 3 and blocks_within(1.0, 3.0) == 1
