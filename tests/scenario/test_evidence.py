"""Every number that ships has a source or says that it is a guess, and no guess pretends to know."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import LIBRARY, load
from sim.scenario.checks import too_narrow
from sim.scenario.evidence import registry, registry_problems

SCENARIOS = [path for path in sorted(LIBRARY.glob("*.yaml")) if path.name != "defaults.yaml"]
PLANNED = ("start", "years", "seed", "decision", "futures", "plans", "targets")
"""Parts that state what is planned or asked, not what is known of the world."""


def test_the_registry_is_in_order() -> None:
    assert registry_problems() == ()
    assert len(registry()) >= 15
    for source in registry().values():
        assert source.seen or source.status == "unverified"


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_number_that_ships_has_a_source_or_is_declared_a_guess(path: Path) -> None:
    for one in load(path).passports.values():
        if one.path.split(".")[0] not in PLANNED:
            assert one.source in registry() or (one.grade == "D" and one.why), one
            assert one.why != "stated by the author", f"{one.file}:{one.line} says nothing of {one.path}"


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_no_guess_is_narrow(path: Path) -> None:
    for one in load(path).passports.values():
        assert not too_narrow(one), one


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_published_figures_are_marked(path: Path) -> None:
    for target in load(path).scenario.targets.values():
        assert target.source in registry()
        assert target.grade in tuple("ABC")


def test_every_source_is_mentioned() -> None:
    """A source that nothing rests on, and no note mentions, is not evidence."""
    text = "".join(path.read_text() for path in LIBRARY.rglob("*.yaml") if path.parent.name != "evidence")
    text += (LIBRARY.parent / "sim" / "scenario" / "interview.py").read_text()
    assert [key for key in registry() if key not in text] == []
