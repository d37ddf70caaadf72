"""Mistakes that somebody might make in the rules of exchange, each with the check that must find it.

Each is planted in a copy of the sources, and verified; what the check says about the quantity named here must then be
wrong, with theory outside of its interval. Few histories are enough for most, and then nothing is compiled.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim.verify import CHECKS

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Mistake:
    """A line of a rule, what somebody might have written instead, what must notice, and from how many histories."""

    file: str
    right: str
    wrong: str
    check: str
    quantity: str
    histories: int = 10


WORTH_COMPILING = 100
MISTAKES = {
    "the last to come goes first": Mistake(
        "visits.py",
        "first = lines.first(w, w.exchanges[exchange].line)",
        "first = w.lines[w.exchanges[exchange].line].tail",
        "exchange_queue", "place: share that waits for long", 2000,
    ),
    "no supervisor is needed": Mistake(
        "visits.py",
        "    if e.host_unit == NONE:\n        return True",
        "    if e.host_unit >= NONE:\n        return True",
        "exchange_queue", "supervisor: share that waits", 200,
    ),
    "one place too many": Mistake(
        "visits.py", "if e.there + 1.0 > e.numbers.places", "if e.there > e.numbers.places",
        "exchange_queue", "place: wait, in mean stays", 200,
    ),
    "stays do not vary": Mistake(
        "visits.py", "if varies <= 0.0:", "if varies <= 1.0:", "exchange_queue", "place: wait, in mean stays", 200,
    ),
    "patience begins with the request": Mistake(
        "visits.py", "    v.waited = 0.0\n",
        "    v.waited = 0.0\n    clocks.expose(w, t, Kind.RENEGE, visit, key, w.exchanges[exchange].patience, 1.0)\n",
        "exchange_patience", "share that gives up", 200,
    ),
    "licence after visa": Mistake(
        "exchange.py", "takes = max(q.visa.takes, q.licence.takes)", "takes = q.visa.takes + q.licence.takes",
        "exchange_papers", "delivered",
    ),
    "only the visa can be refused": Mistake(
        "exchange.py",
        "(1.0 - e.numbers.visa.refused) * (1.0 - e.numbers.licence.refused)",
        "1.0 - e.numbers.visa.refused",
        "exchange_papers", "refused",
    ),
    "whoever comes back rests before asking again": Mistake(
        "exchange.py",
        "t + w.exchanges[v.exchange].numbers.debrief",
        "t + w.exchanges[v.exchange].numbers.debrief + 0.01",
        "exchange_staff", "stays in a year", 20,
    ),
    "no grace": Mistake(
        "stays.py", "    if grace < years:\n        clocks.at(w, t + grace", "    if True:\n        clocks.at(w, t",
        "exchange_settling", "settled after two years, less 30%", 200,
    ),
}  # fmt: skip


def found(tree: Path, mistake: Mistake) -> dict[str, float]:
    """What a check says of a quantity when it is run from a tree of sources."""
    effort = mistake.histories / CHECKS[mistake.check].replications
    command = [sys.executable, "run_sim.py", "verify", mistake.check, "--effort", str(effort), "--json"]
    environment = {**os.environ, "SIM_CACHE_DIR": str(tree / "cache"), "PYTHONPATH": str(tree)}
    environment["NUMBA_DISABLE_JIT"] = str(int(mistake.histories < WORTH_COMPILING))
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    findings = json.loads(done.stdout)["checks"][mistake.check]["findings"]
    return next(f for f in findings if f["quantity"] == mistake.quantity)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found(name: str, tmp_path: Path) -> None:
    mistake = MISTAKES[name]
    for folder in ("sim", "scenarios", "analysis"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "run_sim.py", tmp_path)
    source = tmp_path / "sim" / "model" / mistake.file
    text = source.read_text(encoding="utf-8")
    assert text.count(mistake.right) == 1
    source.write_text(text.replace(mistake.right, mistake.wrong), encoding="utf-8")
    said = found(tmp_path, mistake)
    off = abs(said["estimate"] - said["expected"])
    assert off > said["half_width"] and off > said["margin"]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_about_a_rule_that_stands(name: str) -> None:
    """Cheap, so that a rule that was rewritten is noticed before the long run."""
    mistake = MISTAKES[name]
    assert (ROOT / "sim" / "model" / mistake.file).read_text(encoding="utf-8").count(mistake.right) == 1
