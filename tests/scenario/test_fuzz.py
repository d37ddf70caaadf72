"""Mutations of the shipped files: each is accepted and means what it says, or is explained. Never a crash.

`SIM_FUZZ` sets the number of mutations; 500 unless given, 10,000 in the long run.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from sim.scenario import LIBRARY, ScenarioError, load

COUNT = int(os.environ.get("SIM_FUZZ", "500"))
BATCHES = 10
SEEDS = [LIBRARY / "ghana_obgyn.yaml", LIBRARY / "bases" / "ghana_1989.yaml"]
SCRAPS = (
    "", " ", "  ", "\n", "\t", ":", ": ", "- ", "#", "{", "}", "[", "]", ",", "&a ", "*a", "!!str ",
    "!x ", "'", '"', "|", ">", "%", "%%", "? ", "---\n", "...\n", "<<: ", "null", "~", "no", "true",
    ".nan", ".inf", "-", "0", "1e999", "999999999999999999999", "-1", "x2", "5 years", "6% a year",
    "$3M", "1989-01", "\u2028", "\ufeff", "\x07", "\xe9", "\U0001fa7a", "\\", "\x00", "extends: ",
    "value: ", "low: ", "source: ", "a" * 300,
)  # fmt: skip


def mutate(text: str, rng: random.Random) -> str:
    """One to three small accidents: a letter, a word, a line lost, doubled, moved, or replaced by a scrap."""
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(text) + 1)
        length = rng.choice((0, 1, 1, 2, 5, 20))
        kind = rng.randrange(6)
        lines = text.split("\n")
        line = rng.randrange(len(lines))
        if kind == 0:
            text = text[:at] + text[at + length :]
        elif kind == 1:
            text = text[:at] + rng.choice(SCRAPS) + text[at + length :]
        elif kind == 2:
            lines.insert(rng.randrange(len(lines)), lines[line])
            text = "\n".join(lines)
        elif kind == 3:
            del lines[line]
            text = "\n".join(lines)
        elif kind == 4:
            lines[line] = " " * rng.randrange(4) + lines[line].lstrip()
            text = "\n".join(lines)
        else:
            words = lines[line].split(" ")
            words[rng.randrange(len(words))] = rng.choice(rng.choice(lines).split(" ") or [""])
            lines[line] = " ".join(words)
            text = "\n".join(lines)
    return text


def whole(path: Path) -> str:
    """A file with its parent's place written out, so that it may stand anywhere."""
    text = path.read_text(encoding="utf-8")
    if path.parent.name == "bases":
        text += "start: 1990-01\nyears: 10\npeople.x: {}\n".replace("people.x: {}\n", "")
        text = text.replace(
            "  medical_officer:\n    country: ghana\n",
            "  medical_officer:\n    country: ghana\n    leave_country: 6% a year\n",
        )
    return text


@pytest.mark.parametrize("batch", range(BATCHES))
def test_mutations_are_accepted_or_explained(batch: int, tmp_path: Path) -> None:
    path, again = tmp_path / "mutant.yaml", tmp_path / "resolved.yaml"
    accepted = 0
    for number in range(COUNT // BATCHES):
        rng = random.Random(batch * 1_000_003 + number)
        text = mutate(whole(SEEDS[number % len(SEEDS)]), rng)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            loaded = load(path)
        except ScenarioError as error:
            assert error.problems, text
            for problem in error.problems:
                assert problem.line > 0 and problem.got and problem.expected, (problem, text)
                assert str(problem).isprintable()
            continue
        accepted += 1
        # What was accepted means what it says: it survives being written out and read again.
        again.write_text(loaded.resolved_yaml(), encoding="utf-8")
        assert load(again).hash == loaded.hash, text
        assert [one.text for one in load(again).passports.values()] == [
            one.text for one in loaded.passports.values()
        ], text
    assert 0 < accepted < COUNT // BATCHES


def test_the_files_that_are_mutated_are_right(tmp_path: Path) -> None:
    for seed in SEEDS:
        path = tmp_path / "whole.yaml"
        path.write_text(whole(seed))
        load(path)
