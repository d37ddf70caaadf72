"""What the tutorial prints is what the program says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.scenario import LIBRARY, load, verbs
from sim.scenario.training import Training

TUTORIAL = LIBRARY.parent / "docs" / "tutorial.md"
BLOCKS = re.findall(r"^```(yaml|text) (.+)\n([^`]*(?:`[^`]+)*?)^```$", TUTORIAL.read_text(), re.MULTILINE)


def said(command: str) -> str:
    verb, *names = command.split()
    if verb == "list":
        return verbs.list_scenarios().text
    return verbs.explain(names[0]).text if verb == "explain" else verbs.validate(names).text


def test_the_page_is_as_the_program_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").symlink_to(LIBRARY)
    kinds = [kind for kind, _, _ in BLOCKS]
    assert (kinds.count("yaml"), kinds.count("text")) == (6, 4)
    for kind, name, text in BLOCKS:
        if kind == "yaml":
            Path(name).write_text(text, encoding="utf-8")
            if name.startswith("my_"):
                load(name)
        else:
            assert said(name).replace(f"{LIBRARY}/", "scenarios/") == text.rstrip("\n")


def test_the_reviewed_file_has_the_partners_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for kind, name, text in BLOCKS:
        if kind == "yaml":
            Path(name).write_text(text, encoding="utf-8")
    loaded = load("my_ghana_reviewed.yaml")
    assert loaded.passports["people.obgyn.rejoin"].text == "8% a year"
    assert loaded.futures[:3] == ["baseline", "nobody_takes_over", "doors_open_abroad"]
    assert loaded.futures[-1] == "they_come_back"
    home = loaded.case("they_come_back", "train_more").scenario.programmes["home_residency"]
    assert isinstance(home, Training) and home.places_per_year == 8.0
