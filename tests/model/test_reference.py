"""The shipped rules on the engine and on a plain SimPy environment: the same run. And compiled as not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.reference import digests
from tests.reference.bugs import BUGS

ROOT = Path(__file__).resolve().parents[2]
FAST = range(0, 12)
LONG = range(1000, 1100)
BIT_FOR_BIT, BIT_FOR_BIT_LONG = range(2, 4), range(2000, 2008)


def interpreted(module: str, *arguments: object) -> Any:
    """What a helper prints when rules run uncompiled."""
    command = [sys.executable, "-m", f"tests.reference.{module}", *map(str, arguments)]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@cache
def compared() -> Any:
    """One process for all: random scripts and worlds as they are, and again with each bug planted."""
    return interpreted("compare", FAST.start, len(FAST), *(bug for bug in BUGS if bug != "none"))


def test_the_reference_agrees() -> None:
    """Same events in the same order, times within 1e-9, the same reports and answers."""
    assert compared()["found"]["none"] == []


def test_the_worlds_let_every_kind_of_event_happen() -> None:
    from sim.model.kinds import Kind

    elsewhere = {Kind.CONSENT, Kind.NOTICE, Kind.FUNDING_ENDS}  # small worlds have no donors and no contingencies
    assert [Kind(k).name for k in compared()["kinds"]] == [k.name for k in Kind if k not in elsewhere]
    assert compared()["events"]["world"] > 1000


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug != "none"])
def test_a_planted_bug_is_caught(bug: str) -> None:
    assert compared()["found"][bug], f"no difference with this bug in the engine: {bug}"


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_the_reference_agrees_on_many_worlds() -> None:
    assert interpreted("compare", LONG.start, len(LONG))["found"]["none"] == []


def test_programmes_may_stop_and_start_at_any_moment() -> None:
    done = interpreted("stops", FAST.start, len(FAST))
    assert done["found"] == []
    assert done["stopped"] > 50
    assert interpreted("stops", FAST.start, len(FAST), "careless")["found"]


def bit_for_bit(seeds: range) -> None:
    compiled = digests.worlds(seeds) | digests.scripts()
    assert interpreted("digests", *seeds) == compiled
    assert any(name.startswith("world") and not name.endswith(" 0 stays") for name in compiled)


def test_compiled_equals_interpreted() -> None:
    """Log and series of small worlds, byte by byte."""
    bit_for_bit(BIT_FOR_BIT)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_compiled_equals_interpreted_on_many_worlds() -> None:
    bit_for_bit(BIT_FOR_BIT_LONG)
